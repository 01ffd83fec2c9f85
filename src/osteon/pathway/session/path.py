"""What may happen next in a session, and what follows from it? One function of a state and an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.events import Event, Role
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import Stretch, minutes_run
from osteon.pathway.session.start import lacking
from osteon.pathway.session.state import Phase, Reaction, State, Trouble

_HERE = (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
_ALIVE = (*_HERE, Phase.DISCHARGED, Phase.NOT_GIVEN)
_CLINICIANS = (Role.NURSE, Role.PRESCRIBER)
_SEVERE = 3
_MODERATE = 2


class RefusedError(Exception):
    """The event cannot happen now. The message says why, for the person who entered it."""


E = TypeVar("E", bound=happened.Happened)
Follow = Callable[[State, Any, Policy], State]
_follows: dict[type, tuple[tuple[Phase, ...], tuple[Role, ...], Follow]] = {}


def state_of(events: Iterable[Event], policy: Policy) -> State:
    """Where does a session stand after these events, the corrections among them taken in? Raises `RefusedError`."""
    state = State()
    for event in as_corrected(events):
        state = following(state, event, policy)
    return state


def as_corrected(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events as they should have been: wrong ones replaced or left out, doubles counted once."""
    unique: dict[str, Event] = {}
    for event in events:
        unique.setdefault(event.key, event)
    ordered = unique.values()
    right: dict[str, Event | None] = {}
    for event in ordered:
        if isinstance(event, happened.Corrected):
            right[event.wrong] = event.right
    return tuple(
        standing
        for event in ordered
        if not isinstance(event, happened.Corrected) and (standing := right.get(event.key, event)) is not None
    )


def following(state: State, event: Event, policy: Policy) -> State:
    """The state after an event; the same state for one that is there already. Raises `RefusedError`."""
    if event.key in state.seen:
        return state
    phases, roles, follow = _follows[type(event)]
    if state.phase not in phases:
        _refuse(f"“{event.words}” is not possible while the session is {state.phase.value}")
    if event.role not in roles:
        _refuse(f"“{event.words}” is entered by a {' or '.join(roles)}, not by a {event.role.value}")
    return replace(follow(state, event, policy), seen=state.seen | {event.key})


def possible(state: State) -> tuple[type, ...]:
    """Which kinds of events may happen in this phase?"""
    return tuple(kind for kind, (phases, _, _) in _follows.items() if state.phase in phases)


def _refuse(words: str) -> NoReturn:
    raise RefusedError(words)


def _on(kind: type[E], *phases: Phase, roles: tuple[Role, ...] = _CLINICIANS) -> Callable[[Follow], Follow]:
    def register(follow: Follow) -> Follow:
        _follows[kind] = (phases, roles, follow)
        return follow

    return register


# --- before the dose -------------------------------------------------------------------------------------------------


@_on(happened.Arrived, Phase.EXPECTED, roles=(*_CLINICIANS, Role.COORDINATOR))
def _arrived(state: State, event: happened.Arrived, _policy: Policy) -> State:
    owner = event.by if event.role is not Role.COORDINATOR else ""
    return replace(state, phase=Phase.PREPARING, owner=owner)


@_on(happened.Identified, Phase.PREPARING)
def _identified(state: State, event: happened.Identified, policy: Policy) -> State:
    if len(set(event.identifiers)) < policy.identifiers:
        _refuse(f"the identity needs {policy.identifiers} identifiers that agree")
    return replace(state, identifiers=event.identifiers, owner=event.by)


@_on(happened.GateJudged, Phase.PREPARING, roles=(*_CLINICIANS, Role.PROGRAM))
def _gate_judged(state: State, event: happened.GateJudged, policy: Policy) -> State:
    if event.drug != policy.drug:
        _refuse(f"the gate was judged for {event.drug}, and this session gives {policy.drug}")
    return replace(
        state,
        verdict=event.verdict,
        open_stops=event.open_stops,
        open_holds=event.open_holds,
        only_a_result_clears=event.only_a_result_clears,
        overridden=tuple(each for each in state.overridden if each in event.open_holds),
    )


@_on(happened.HoldOverridden, Phase.PREPARING, roles=(Role.PRESCRIBER,))
def _hold_overridden(state: State, event: happened.HoldOverridden, _policy: Policy) -> State:
    if event.check in state.open_stops:
        _refuse("a stop has no override: only a new fact or another drug clears it")
    if event.check in state.only_a_result_clears:
        _refuse("only the result clears this check, no signature")
    if event.check not in state.open_holds:
        _refuse("this check does not hold the dose")
    if not event.reason.strip():
        _refuse("an override needs a reason")
    return replace(state, overridden=(*state.overridden, event.check))


@_on(happened.Weighed, Phase.PREPARING)
def _weighed(state: State, event: happened.Weighed, _policy: Policy) -> State:
    return replace(state, weight_kg=event.weight_kg)


@_on(happened.Tested, Phase.PREPARING)
def _tested(state: State, event: happened.Tested, _policy: Policy) -> State:
    return replace(state, is_pregnant=event.is_positive)


@_on(happened.Accompanied, *_HERE, roles=(*_CLINICIANS, Role.COORDINATOR))
def _accompanied(state: State, event: happened.Accompanied, _policy: Policy) -> State:
    if not event.how.strip():
        _refuse(f"say who it is, or why it goes without an {event.company.value}")
    return replace(state, company=(*state.company, event.company))


@_on(happened.OrderFound, Phase.PREPARING, roles=(Role.PROGRAM,))
def _order_found(state: State, event: happened.OrderFound, _policy: Policy) -> State:
    return replace(state, order=event)


@_on(happened.Consented, Phase.PREPARING)
def _consented(state: State, _event: happened.Consented, _policy: Policy) -> State:
    return replace(state, has_consented=True)


@_on(happened.LinePlaced, Phase.PREPARING, Phase.PAUSED, Phase.STOPPED)
def _line_placed(state: State, event: happened.LinePlaced, policy: Policy) -> State:
    if not policy.needs_line:
        _refuse(f"{policy.name} needs no line")
    return replace(state, line=event)


@_on(happened.LineTroubled, *_HERE)
def _line_troubled(state: State, event: happened.LineTroubled, _policy: Policy) -> State:
    if state.phase is Phase.RUNNING and event.removed:
        state = _standing_still(state, event, Phase.PAUSED)
    state = replace(state, troubles=(*state.troubles, Trouble(event=event)))
    return replace(state, line=None) if event.removed else state


@_on(happened.TroubleStepped, *_ALIVE)
def _trouble_stepped(state: State, event: happened.TroubleStepped, _policy: Policy) -> State:
    if not state.troubles:
        _refuse("there was no trouble with the line")
    last = state.troubles[-1]
    return replace(state, troubles=(*state.troubles[:-1], replace(last, steps=(*last.steps, event.step))))


@_on(happened.DrugChecked, Phase.PREPARING)
def _drug_checked(state: State, event: happened.DrugChecked, policy: Policy) -> State:
    if event.drug != policy.drug:
        _refuse(f"this is {event.drug}, and the order says {policy.drug}")
    if event.dose_mg != policy.dose_mg:
        _refuse(f"this is {event.dose_mg:g} mg, and the order says {policy.dose_mg:g} mg")
    if event.expires < event.at.date().isoformat():
        _refuse(f"this lot expired on {event.expires}")
    if policy.two_people and event.second in ("", event.by):
        _refuse("two people check this drug, the second with a sign-in of their own")
    return replace(state, drug=event)


# --- the dose --------------------------------------------------------------------------------------------------------


@_on(happened.Started, Phase.PREPARING)
def _started(state: State, event: happened.Started, policy: Policy) -> State:
    if open_ones := lacking(state, policy):
        _refuse(f"not yet: {open_ones[0]}")
    return replace(_running(state, event, policy), started_at=event.at, owner=event.by)


@_on(happened.Injected, Phase.RUNNING)
def _injected(state: State, event: happened.Injected, policy: Policy) -> State:
    if not policy.injections:
        _refuse(f"{policy.name} is not given under the skin")
    if len(state.injected) >= policy.injections:
        _refuse(f"the dose is {policy.injections} and no more")
    if not event.site.strip():
        _refuse("say at which site")
    if any(each.site == event.site for each in state.injected):
        _refuse("each syringe goes to a site of its own")
    return replace(state, injected=(*state.injected, event))


@_on(happened.RateChanged, Phase.RUNNING)
def _rate_changed(state: State, event: happened.RateChanged, policy: Policy) -> State:
    return _running(_standing_still(state, event, Phase.RUNNING), event, policy)


@_on(happened.Paused, Phase.RUNNING)
def _paused(state: State, event: happened.Paused, _policy: Policy) -> State:
    return _standing_still(state, event, Phase.PAUSED)


@_on(happened.Resumed, Phase.PAUSED)
def _resumed(state: State, event: happened.Resumed, policy: Policy) -> State:
    if policy.needs_line and state.line is None:
        _refuse("there is no line: place one first")
    return _running(state, event, policy)


@_on(happened.Stopped, Phase.RUNNING, Phase.PAUSED)
def _stopped(state: State, event: happened.Stopped, _policy: Policy) -> State:
    return _standing_still(state, event, Phase.STOPPED)


def _running(
    state: State,
    event: happened.Started | happened.RateChanged | happened.Resumed | happened.Restarted,
    policy: Policy,
) -> State:
    limit = policy.maximum_rate_ml_h
    if limit is None and event.rate_ml_h:
        _refuse(f"{policy.name} is not an infusion: it has no rate")
    if limit is not None and not 0 < event.rate_ml_h <= limit:
        _refuse(
            f"a rate above 0 and up to {limit:g} mL/h: {policy.volume_ml:g} mL take {policy.minimum_min:g} min or more"
        )
    if state.stretches and event.at < (state.stretches[-1].until or state.stretches[-1].since):
        _refuse("this lies before what happened last")
    return replace(state, phase=Phase.RUNNING, stretches=(*state.stretches, Stretch(event.at, event.rate_ml_h)))


def _standing_still(state: State, event: happened.Happened, phase: Phase) -> State:
    """The same with what runs brought to an end; nothing runs in the phase that follows."""
    if not state.stretches or state.stretches[-1].until is not None:
        return replace(state, phase=phase)
    last = state.stretches[-1]
    if event.at < last.since:
        _refuse("this lies before the infusion ran")
    return replace(state, phase=phase, stretches=(*state.stretches[:-1], replace(last, until=event.at)))


# --- a reaction ------------------------------------------------------------------------------------------------------


@_on(happened.ReactionBegan, *_HERE)
def _reaction_began(state: State, event: happened.ReactionBegan, _policy: Policy) -> State:
    stops = state.phase in (Phase.RUNNING, Phase.PAUSED)
    state = _standing_still(state, event, Phase.STOPPED) if stops else state
    return replace(state, reactions=(*state.reactions, Reaction(kind=event.reaction, began=event.at)))


@_on(happened.ReactionStepped, *_HERE, Phase.NOT_GIVEN)
def _reaction_stepped(state: State, event: happened.ReactionStepped, _policy: Policy) -> State:
    return _last_reaction(state, lambda reaction: replace(reaction, steps=(*reaction.steps, event)))


@_on(happened.ReactionGraded, *_HERE, Phase.NOT_GIVEN)
def _reaction_graded(state: State, event: happened.ReactionGraded, _policy: Policy) -> State:
    if not 1 <= event.grade <= 5:
        _refuse("a grade of CTCAE is a number from 1 to 5")
    return _last_reaction(state, lambda reaction: replace(reaction, grade=event.grade, is_over=event.is_over))


@_on(happened.RestartOrdered, Phase.STOPPED, roles=(Role.PRESCRIBER,))
def _restart_ordered(state: State, event: happened.RestartOrdered, policy: Policy) -> State:
    return _may_go_on(state, event.rate_ml_h, policy)


def _may_go_on(state: State, rate_ml_h: float, policy: Policy) -> State:
    """The state after an order to go on, at most at this rate."""
    if state.worst_grade >= _SEVERE:
        _refuse("after a reaction of grade 3 or worse this infusion never goes on")
    if any(each.kind is happened.ReactionKind.ANAPHYLAXIS for each in state.reactions):
        _refuse("after anaphylaxis this infusion never goes on")
    if policy.restart_share is None or policy.maximum_rate_ml_h is None:
        _refuse(f"{policy.name} is not given again after a reaction")
    limit = policy.maximum_rate_ml_h * policy.restart_share
    if rate_ml_h <= 0:
        _refuse("an order to go on names a rate above 0 mL/h")
    if state.worst_grade >= _MODERATE and rate_ml_h > limit:
        _refuse(f"after a reaction of grade 2 at most {limit:g} mL/h")
    return replace(state, restart_rate_ml_h=rate_ml_h)


@_on(happened.OrderSpoken, *_HERE, roles=(Role.NURSE,))
def _order_spoken(state: State, event: happened.OrderSpoken, policy: Policy) -> State:
    if not event.read_back:
        _refuse("read the order back to who gave it, then enter it")
    if not event.prescriber or event.prescriber == event.by:
        _refuse("say which prescriber gave the order")
    if not event.order.strip():
        _refuse("say what was ordered")
    state = replace(state, spoken=(*state.spoken, event))
    if event.rate_ml_h is None:
        return state
    if state.phase is not Phase.STOPPED:
        _refuse("nothing was stopped: there is nothing to go on with")
    return _may_go_on(state, event.rate_ml_h, policy)


@_on(happened.OrderSigned, *_ALIVE, roles=(Role.PRESCRIBER,))
def _order_signed(state: State, event: happened.OrderSigned, _policy: Policy) -> State:
    order = next((each for each in state.unsigned if each.key == event.order), None)
    if order is None:
        _refuse("no order given by voice waits for a signature")
    if order.prescriber != event.by:
        _refuse("the order is signed by the prescriber who gave it")
    return replace(state, signed=(*state.signed, event.order))


@_on(happened.Restarted, Phase.STOPPED)
def _restarted(state: State, event: happened.Restarted, policy: Policy) -> State:
    if state.reactions and any(not each.grade for each in state.reactions):
        _refuse("grade the reaction first")
    if state.reaction is not None:
        _refuse("the reaction is not over")
    if state.worst_grade >= _SEVERE:
        _refuse("after a reaction of grade 3 or worse this infusion never goes on")
    if any(each.kind is happened.ReactionKind.ANAPHYLAXIS for each in state.reactions):
        _refuse("after anaphylaxis this infusion never goes on")
    if state.worst_grade >= _MODERATE and state.restart_rate_ml_h is None:
        _refuse("after a reaction of grade 2 a prescriber has to order it")
    if state.restart_rate_ml_h is not None and event.rate_ml_h > state.restart_rate_ml_h:
        _refuse(f"the order says at most {state.restart_rate_ml_h:g} mL/h")
    if policy.needs_line and state.line is None:
        _refuse("there is no line: place one first")
    return _running(state, event, policy)


def _last_reaction(state: State, change: Callable[[Reaction], Reaction]) -> State:
    if not state.reactions:
        _refuse("there is no reaction to speak of")
    return replace(state, reactions=(*state.reactions[:-1], change(state.reactions[-1])))


# --- after the dose --------------------------------------------------------------------------------------------------


@_on(happened.Flushed, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
def _flushed(state: State, _event: happened.Flushed, _policy: Policy) -> State:
    if state.line is None:
        _refuse("there is no line to flush")
    return state


@_on(happened.Ended, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED)
def _ended(state: State, event: happened.Ended, policy: Policy) -> State:
    whole = event.given_ml + event.wasted_ml
    if min(event.given_ml, event.wasted_ml) < 0 or whole > policy.volume_ml + 0.01:
        _refuse(f"given and wasted together are at most the {policy.volume_ml:g} mL of the dose")
    if event.given_ml > 0 and len(state.injected) < policy.injections:
        _refuse(f"say where each syringe went: {len(state.injected)} of {policy.injections} so far")
    ran = minutes_run(state.stretches, event.at) if policy.is_infusion else _since_start(state, event)
    shortest = policy.shortest_min(event.given_ml)
    if ran + _ROUNDING_MIN < shortest and not event.reason.strip():
        _refuse(
            f"{event.given_ml:g} mL take {_as_time(shortest)} at the label's fastest, and it ran {_as_time(ran)}: "
            "correct the volume or say why"
        )
    state = _standing_still(state, event, Phase.OBSERVING)
    return replace(state, ended_at=event.at, given_ml=event.given_ml, wasted_ml=event.wasted_ml)


_ROUNDING_MIN = 1 / 60
"""A second: entries are made by the second."""


def _since_start(state: State, event: happened.Ended) -> float:
    return (event.at - state.started_at).total_seconds() / 60 if state.started_at else 0.0


def _as_time(minutes: float) -> str:
    return f"{minutes:.3g} min" if minutes >= 1 else f"{minutes * 60:.0f} s"


@_on(happened.Discharged, Phase.OBSERVING)
def _discharged(state: State, event: happened.Discharged, policy: Policy) -> State:
    if state.reaction is not None:
        _refuse("a reaction is not over")
    if state.ended_at and (event.at - state.ended_at).total_seconds() < policy.observation_min * 60:
        _refuse(f"she is watched for {policy.observation_min:g} minutes after the dose")
    if not event.card_given:
        _refuse("hand over the aftercare card first")
    if policy.needs_escort and happened.Company.ESCORT not in state.company:
        _refuse("settle who takes her home first")
    return replace(state, phase=Phase.DISCHARGED)


@_on(happened.GivenUp, Phase.EXPECTED, Phase.PREPARING)
def _given_up(state: State, event: happened.GivenUp, _policy: Policy) -> State:
    if not event.reason.strip():
        _refuse("say why no dose is given today")
    return replace(state, phase=Phase.NOT_GIVEN)


@_on(happened.Closed, Phase.DISCHARGED, Phase.NOT_GIVEN)
def _closed(state: State, _event: happened.Closed, _policy: Policy) -> State:
    if any(not each.grade for each in state.reactions):
        _refuse("grade the reaction first")
    if state.unsigned:
        _refuse("an order given by voice is not signed yet")
    return replace(state, phase=Phase.CLOSED)


# --- at any time -----------------------------------------------------------------------------------------------------


@_on(happened.ScaleTwoOrdered, *_HERE, roles=(Role.PRESCRIBER,))
def _scale_two_ordered(state: State, event: happened.ScaleTwoOrdered, _policy: Policy) -> State:
    if not event.reason.strip():
        _refuse("an order for scale 2 needs its reason")
    return replace(state, scale_2_ordered=True)


@_on(happened.VitalsTaken, *_HERE, roles=(*_CLINICIANS, Role.PROGRAM))
def _vitals_taken(state: State, event: happened.VitalsTaken, _policy: Policy) -> State:
    if event.role is Role.PROGRAM and event.is_confirmed:
        _refuse("what a device sends is not confirmed until a nurse accepts it")
    signs = replace(event.signs, scale_2_ordered=state.scale_2_ordered)
    return replace(state, vitals=(*state.vitals, replace(event, signs=signs)))


@_on(happened.AlarmAnswered, *_ALIVE)
def _alarm_answered(state: State, event: happened.AlarmAnswered, _policy: Policy) -> State:
    return replace(state, answered=(*state.answered, event.alarm))


@_on(happened.HandedOver, *_HERE)
def _handed_over(state: State, event: happened.HandedOver, _policy: Policy) -> State:
    return replace(state, owner=event.to)
