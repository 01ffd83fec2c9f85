"""When is the next set of vital signs due, and what calls out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.risk.news2 import RED, VitalSigns, news2
from osteon.pathway.session.events import VitalsTaken
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import minutes_left
from osteon.pathway.session.state import Phase, State


class Urgency(StrEnum):
    """How fast must somebody come?"""

    LOOK = "look"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Alarm(Struct, frozen=True, order=True):
    """What calls out. `id` is the same for the same cause, so that an answer counts once."""

    id: str
    since: datetime
    urgency: Urgency
    words: str


def next_check(state: State, policy: Policy, knowledge: Knowledge) -> datetime | None:
    """When is the next set of vital signs due? None only before the start and after the patient has gone."""
    if state.phase not in _WATCHED or state.started_at is None:
        return None
    minutes = {name: timedelta(minutes=knowledge.parameter(f"session.{name}").value) for name in _CLOCK}
    taken = [each.at for each in state.confirmed_vitals if each.at > state.started_at]
    if state.reaction is not None:
        last = max([state.reaction.began, *taken])
        return last + minutes["vitals_in_reaction_every"]
    if state.phase is Phase.OBSERVING and state.ended_at is not None:
        after = [each for each in taken if each >= state.ended_at]
        return state.ended_at + timedelta(minutes=policy.observation_min) if after else state.ended_at
    return taken[-1] + minutes["vitals_every"] if taken else state.started_at + minutes["first_vitals_after"]


_WATCHED = (Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
_CLOCK = ("first_vitals_after", "vitals_every", "vitals_in_reaction_every", "missed_after")


def alarms(state: State, policy: Policy, knowledge: Knowledge, now: datetime) -> tuple[Alarm, ...]:
    """What calls out at this moment and has not been answered, the most urgent first."""
    found = [*_of_vitals(state, knowledge), *_of_clock(state, policy, knowledge, now), *_of_reaction(state)]
    order = list(Urgency)[::-1]
    return tuple(
        sorted((each for each in found if each.id not in state.answered), key=lambda each: order.index(each.urgency))
    )


def _of_vitals(state: State, knowledge: Knowledge) -> Iterator[Alarm]:
    """What the last confirmed set says, alone and against the first."""
    sets = state.confirmed_vitals
    if not sets:
        return
    last, first = sets[-1], sets[0].signs
    yield from _of_score(last, knowledge)
    signs, limit = last.signs, {name: knowledge.parameter(f"session.{name}").value for name in _LIMITS}
    for is_so, name, words in (
        (
            _below(signs.systolic_pressure, limit["low_pressure"]),
            "low_pressure",
            f"systolic pressure below {limit['low_pressure']:g} mmHg",
        ),
        (
            _rose(signs.systolic_pressure, first.systolic_pressure, -limit["pressure_fall"]),
            "pressure_fall",
            f"systolic pressure fell by {limit['pressure_fall']:g} mmHg or more",
        ),
        (
            _rose(signs.temperature, first.temperature, limit["temperature_rise"]),
            "temperature_rise",
            f"temperature rose by {limit['temperature_rise']:g} °C or more",
        ),
    ):
        if is_so:
            yield Alarm(f"{name}:{last.key}", last.at, Urgency.URGENT, words)


_LIMITS = ("low_pressure", "pressure_fall", "temperature_rise")


def _of_score(last: VitalsTaken, knowledge: Knowledge) -> Iterator[Alarm]:
    score = news2(last.signs, knowledge)
    total = score.figures[0].value
    least = "at least " if score.outcome == "cannot_tell" else ""
    if total >= knowledge.parameter("session.emergency_news2").value:
        yield Alarm(f"news2:{last.key}", last.at, Urgency.EMERGENCY, f"NEWS2 {least}{total:g}")
    elif total >= knowledge.parameter("session.urgent_news2").value:
        yield Alarm(f"news2:{last.key}", last.at, Urgency.URGENT, f"NEWS2 {least}{total:g}")
    elif red := [each.label for each in score.figures[1:] if each.value >= RED]:
        yield Alarm(f"news2:{last.key}", last.at, Urgency.URGENT, f"one sign alone scores 3: {red[0]}")


def _of_clock(state: State, policy: Policy, knowledge: Knowledge, now: datetime) -> Iterator[Alarm]:
    """A set that is missed, and a bag that is empty."""
    due = next_check(state, policy, knowledge)
    grace = timedelta(minutes=knowledge.parameter("session.missed_after").value)
    if due is not None and now > due + grace:
        yield Alarm(f"missed:{due.isoformat()}", due + grace, Urgency.LOOK, "a set of vital signs was missed")
    left = minutes_left(policy.volume_ml, state.stretches, now)
    if policy.is_infusion and left == 0:
        yield Alarm("empty", now, Urgency.LOOK, "by rate and time the infusion has run through")


def _of_reaction(state: State) -> Iterator[Alarm]:
    for each in state.reactions:
        if not each.is_over:
            words = f"{each.kind.value} reaction" if each.kind.value == "other" else each.kind.value
            yield Alarm(f"reaction:{each.began.isoformat()}", each.began, Urgency.EMERGENCY, words)


def _below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _rose(value: float | None, first: float | None, by: float) -> bool:
    """Did it change by so much or more, up for a positive `by`, down for a negative one?"""
    if value is None or first is None:
        return False
    return value - first >= by if by > 0 else value - first <= by


def missing_signs(signs: VitalSigns) -> tuple[str, ...]:
    """Which of the seven signs of NEWS2 were not taken?"""
    return tuple(name for name in VitalSigns.__struct_fields__[:7] if getattr(signs, name) is None)
