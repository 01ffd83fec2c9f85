"""When is the next set of vital signs due, and what calls out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.risk.news2 import LABELS, RED, VitalSigns, news2
from osteon.pathway.risk.points import points_of
from osteon.pathway.session.events import VitalsTaken
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import empty_at
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
    found = [
        *_of_vitals(state, policy, knowledge),
        *_of_clock(state, policy, knowledge, now),
        *_of_reaction(state),
        *_of_orders(state, knowledge, now),
    ]
    order = list(Urgency)[::-1]
    return tuple(
        sorted((each for each in found if each.id not in state.answered), key=lambda each: order.index(each.urgency))
    )


def uses_news2(state: State, policy: Policy) -> bool:
    """Does NEWS2 hold for this patient? Not under 16, and not in pregnancy."""
    return policy.uses_news2 and not state.is_pregnant


def _of_vitals(state: State, policy: Policy, knowledge: Knowledge) -> Iterator[Alarm]:
    """What the last confirmed set says, alone and against the first."""
    sets = state.confirmed_vitals
    if not sets:
        return
    last, first = sets[-1], sets[0].signs
    if uses_news2(state, policy):
        yield from _of_score(last, knowledge)
    else:
        yield from _of_single_signs(last, knowledge)
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


def _of_single_signs(last: VitalsTaken, knowledge: Knowledge) -> Iterator[Alarm]:
    """Where NEWS2 does not hold: each sign that alone would score 3 in an adult."""
    points = points_of(knowledge.tables["news2"])
    for name in ("pulse", "respiration_rate"):
        value = getattr(last.signs, name)
        if value is not None and points.of(name, round(value)) >= RED:
            yield Alarm(f"{name}:{last.key}", last.at, Urgency.URGENT, f"{LABELS[name]} {value:g}")
    if last.signs.spo2 is not None and points.of("spo2_scale_1", round(last.signs.spo2)) >= RED:
        yield Alarm(f"spo2:{last.key}", last.at, Urgency.URGENT, f"{LABELS['spo2']} {last.signs.spo2:g} %")
    if last.signs.consciousness not in (None, "alert"):
        yield Alarm(f"consciousness:{last.key}", last.at, Urgency.URGENT, "she is not alert")


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
    empty = empty_at(policy.volume_ml, state.stretches) if policy.is_infusion else None
    if empty is not None and now >= empty:
        words = "by rate and time the infusion has run through"
        yield Alarm(f"empty:{state.stretches[-1].since.isoformat()}", empty, Urgency.LOOK, words)
    if state.phase is Phase.RUNNING and policy.maximum_min and not policy.is_infusion and state.started_at:
        late = state.started_at + timedelta(minutes=policy.maximum_min) + grace
        if now > late:
            yield Alarm("push", late, Urgency.LOOK, f"a push of {policy.name} is long over: enter its end")


def _of_orders(state: State, knowledge: Knowledge, now: datetime) -> Iterator[Alarm]:
    """An order given by voice that was not signed in time."""
    within = timedelta(hours=knowledge.parameter("session.verbal_order_signed_within").value)
    for each in state.unsigned:
        if now > each.at + within:
            words = f"an order given by voice is not signed after {within.total_seconds() / 3600:g} hours"
            yield Alarm(f"unsigned:{each.key}", each.at + within, Urgency.URGENT, words)


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
