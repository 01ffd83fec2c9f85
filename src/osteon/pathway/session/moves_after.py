"""After the dose, and what may happen at any time."""

from __future__ import annotations

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.events import Role
from osteon.pathway.session.moves import ALIVE, CLINICIANS, HERE, on, refuse, standing_still
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import minutes_run
from osteon.pathway.session.state import Phase, State


@on(happened.Flushed, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
def _flushed(state: State, _event: happened.Flushed, _policy: Policy) -> State:
    if state.line is None:
        refuse("there is no line to flush")
    return state


@on(happened.Ended, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED)
def _ended(state: State, event: happened.Ended, policy: Policy) -> State:
    whole = event.given_ml + event.wasted_ml
    if min(event.given_ml, event.wasted_ml) < 0 or whole > policy.volume_ml + 0.01:
        refuse(f"given and wasted together are at most the {policy.volume_ml:g} mL of the dose")
    if event.given_ml > 0 and len(state.injected) < policy.injections:
        refuse(f"say where each syringe went: {len(state.injected)} of {policy.injections} so far")
    ran = minutes_run(state.stretches, event.at) if policy.is_infusion else _since_start(state, event)
    shortest = policy.shortest_min(event.given_ml)
    if ran + _ROUNDING_MIN < shortest and not event.reason.strip():
        refuse(
            f"{event.given_ml:g} mL take {_as_time(shortest)} at the label's fastest, and it ran {_as_time(ran)}: "
            "correct the volume or say why"
        )
    state = standing_still(state, event, Phase.OBSERVING)
    return replace(state, ended_at=event.at, given_ml=event.given_ml, wasted_ml=event.wasted_ml)


_ROUNDING_MIN = 1 / 60
"""A second: entries are made by the second."""


def _since_start(state: State, event: happened.Ended) -> float:
    return (event.at - state.started_at).total_seconds() / 60 if state.started_at else 0.0


def _as_time(minutes: float) -> str:
    return f"{minutes:.3g} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


@on(happened.Discharged, Phase.OBSERVING)
def _discharged(state: State, event: happened.Discharged, policy: Policy) -> State:
    if state.reaction is not None:
        refuse("a reaction is not over")
    if state.ended_at and (event.at - state.ended_at).total_seconds() < policy.observation_min * 60:
        refuse(f"she is watched for {policy.observation_min:g} minutes after the dose")
    if not event.card_given:
        refuse("hand over the aftercare card first")
    if policy.needs_escort and happened.Company.ESCORT not in state.company:
        refuse("settle who takes her home first")
    return replace(state, phase=Phase.DISCHARGED)


@on(happened.GivenUp, Phase.EXPECTED, Phase.PREPARING)
def _given_up(state: State, event: happened.GivenUp, _policy: Policy) -> State:
    if not event.reason.strip():
        refuse("say why no dose is given today")
    return replace(state, phase=Phase.NOT_GIVEN)


@on(happened.Closed, Phase.DISCHARGED, Phase.NOT_GIVEN)
def _closed(state: State, _event: happened.Closed, _policy: Policy) -> State:
    if any(not each.grade for each in state.reactions):
        refuse("grade the reaction first")
    if state.unsigned:
        refuse("an order given by voice is not signed yet")
    return replace(state, phase=Phase.CLOSED)


@on(happened.ScaleTwoOrdered, *HERE, roles=(Role.PRESCRIBER,))
def _scale_two_ordered(state: State, event: happened.ScaleTwoOrdered, _policy: Policy) -> State:
    if not event.reason.strip():
        refuse("an order for scale 2 needs its reason")
    return replace(state, scale_2_ordered=True)


@on(happened.VitalsTaken, *HERE, roles=(*CLINICIANS, Role.PROGRAM))
def _vitals_taken(state: State, event: happened.VitalsTaken, _policy: Policy) -> State:
    if event.role is Role.PROGRAM and event.is_confirmed:
        refuse("what a device sends is not confirmed until a nurse accepts it")
    signs = replace(event.signs, scale_2_ordered=state.scale_2_ordered)
    return replace(state, vitals=(*state.vitals, replace(event, signs=signs)))


@on(happened.AlarmAnswered, *ALIVE)
def _alarm_answered(state: State, event: happened.AlarmAnswered, _policy: Policy) -> State:
    return replace(state, answered=(*state.answered, event.alarm))


@on(happened.HandedOver, *HERE)
def _handed_over(state: State, event: happened.HandedOver, _policy: Policy) -> State:
    return replace(state, owner=event.to)
