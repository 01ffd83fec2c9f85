"""What the page of a session shows: where it stands, what is next, what calls out."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from msgspec import Struct

from osteon.clinic.infusion.form import NOTHING_KNOWN, EventForm, Known
from osteon.clinic.infusion.forms import FORMS
from osteon.knowledge import Knowledge
from osteon.pathway.session import events as happened
from osteon.pathway.session.path import possible
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import drops_per_min, minutes_left, volume_run
from osteon.pathway.session.start import lacking
from osteon.pathway.session.state import Phase, State
from osteon.pathway.session.watch import next_check


class Place(Struct, frozen=True):
    """One place on the path: its words, whether it was passed, the form that passes it (or `kind`: gate, order)."""

    words: str
    is_done: bool
    form: EventForm | None
    kind: str = "form"


class Running(Struct, frozen=True):
    """What runs: since when, how much has run and is left, by rate and time. mL, mL/h, minutes."""

    since: datetime
    rate_ml_h: float
    drops_per_min: int
    drops_per_ml: float
    run_ml: float
    left_min: float | None


def form_of(kind: type, policy: Policy, data: Any = None, *, known: Known = NOTHING_KNOWN, **initial: Any) -> EventForm:
    """The form of an event, filled in or empty, with a key of its own."""
    form = FORMS[str(kind.__struct_config__.tag)]  # type: ignore[attr-defined]
    return form(
        data, policy=policy, known=known, initial={"key": str(uuid.uuid4()), **initial}, auto_id=f"{form.__name__}-%s"
    )


def path_of(
    state: State, policy: Policy, filled: EventForm | None, known: Known = NOTHING_KNOWN, *, asks_for_test: bool = False
) -> list[Place]:
    """The way to the start, place by place, as far as this drug and this patient need it."""

    def place(words: str, kind: type, *, done: bool, **initial: Any) -> Place:
        return Place(words, done, None if done else _form(kind, policy, filled, known, **initial))

    has_interpreter = happened.Company.INTERPRETER in state.company
    return [
        place("She is in the chair", happened.Arrived, done=state.phase is not Phase.EXPECTED),
        *(
            [place("Interpreter", happened.Accompanied, done=has_interpreter, company="interpreter")]
            if policy.needs_interpreter
            else []
        ),
        place("Identity: two identifiers", happened.Identified, done=bool(state.identifiers)),
        *(
            [Place("A signed order that stands", bool(state.order and state.order.order), None, "order")]
            if policy.needs_order
            else []
        ),
        *(
            [place("Pregnancy test", happened.Tested, done=state.is_pregnant is not None)]
            if asks_for_test or state.is_pregnant is not None
            else []
        ),
        Place("The gate with today's facts", _gate_is_open(state), None, "gate"),
        place("Weight of the day", happened.Weighed, done=state.weight_kg is not None),
        place("Consent", happened.Consented, done=state.has_consented),
        place("First vital signs", happened.VitalsTaken, done=bool(state.confirmed_vitals)),
        *([place("Line", happened.LinePlaced, done=state.line is not None)] if policy.needs_line else []),
        place("Drug in hand", happened.DrugChecked, done=state.drug is not None),
        place("Start", happened.Started, done=state.started_at is not None),
    ]


def _gate_is_open(state: State) -> bool:
    open_holds = [each for each in state.open_holds if each not in state.set_aside]
    return state.verdict is not None and not state.open_stops and not open_holds


def _form(
    kind: type, policy: Policy, filled: EventForm | None, known: Known = NOTHING_KNOWN, **initial: Any
) -> EventForm:
    is_it = filled is not None and filled.kind is kind
    return filled if filled is not None and is_it else form_of(kind, policy, known=known, **initial)


_ACTS = (
    happened.VitalsTaken,
    happened.Injected,
    happened.RateChanged,
    happened.Paused,
    happened.Resumed,
    happened.Stopped,
    happened.ReactionGraded,
    happened.RestartOrdered,
    happened.OrderSpoken,
    happened.Restarted,
    happened.LinePlaced,
    happened.LineTroubled,
    happened.Flushed,
    happened.Ended,
    happened.Accompanied,
    happened.Discharged,
    happened.ScaleTwoOrdered,
    happened.HandedOver,
    happened.GivenUp,
    happened.Closed,
)


def acts_of(
    state: State, policy: Policy, filled: EventForm | None, known: Known = NOTHING_KNOWN, role: str = ""
) -> list[EventForm]:
    """What else can be done now, beside the path, by somebody of this role."""
    now = set(possible(state)) - _not_for(state, policy)
    if state.phase in (Phase.EXPECTED, Phase.PREPARING):
        now &= {happened.GivenUp, happened.LineTroubled, happened.ScaleTwoOrdered, happened.HandedOver}
    if role != happened.Role.PRESCRIBER:
        now -= {happened.ScaleTwoOrdered}
    if role != happened.Role.NURSE:
        now -= {happened.OrderSpoken}
    return [
        _form(kind, policy, filled, known, **({"company": "escort"} if kind is happened.Accompanied else {}))
        for kind in _ACTS
        if kind in now
    ]


def _not_for(state: State, policy: Policy) -> set[type]:
    """What this drug, or this hour, does not know."""
    out: set[type] = set()
    if not policy.is_infusion:
        out |= {happened.RateChanged, happened.Paused, happened.Resumed, happened.Restarted, happened.RestartOrdered}
    if not policy.needs_line:
        out |= {happened.LinePlaced, happened.LineTroubled, happened.Flushed}
    if len(state.injected) >= policy.injections:
        out |= {happened.Injected}
    if not state.reactions:
        out |= {happened.ReactionGraded, happened.RestartOrdered}
    if state.line is not None:
        out |= {happened.LinePlaced}
    if state.scale_2_ordered:
        out |= {happened.ScaleTwoOrdered}
    if not policy.needs_escort or happened.Company.ESCORT in state.company:
        out |= {happened.Accompanied}
    return out


def running_of(state: State, policy: Policy, knowledge: Knowledge, now: datetime) -> Running | None:
    """What runs now; None where nothing does."""
    if state.phase is not Phase.RUNNING or not policy.is_infusion or state.started_at is None:
        return None
    rate = state.stretches[-1].rate_ml_h
    per_ml = knowledge.parameter("plan.drop_factor").value
    return Running(
        since=state.started_at,
        rate_ml_h=rate,
        drops_per_min=drops_per_min(rate, per_ml),
        drops_per_ml=per_ml,
        run_ml=volume_run(state.stretches, now),
        left_min=minutes_left(policy.volume_ml, state.stretches, now),
    )


def next_of(state: State, policy: Policy, knowledge: Knowledge) -> str:
    """What comes next, in a sentence."""
    if state.phase in (Phase.EXPECTED, Phase.PREPARING):
        open_ones = lacking(state, policy)
        return f"Next: {open_ones[0]}." if open_ones else "Everything is ready: the dose may begin."
    if (due := next_check(state, policy, knowledge)) is not None:
        return f"Next vital signs at {localtime(due):%H:%M}."
    return {
        Phase.DISCHARGED: "She has gone home: close the record.",
        Phase.NOT_GIVEN: "No dose was given: close the record.",
        Phase.CLOSED: "The record is closed.",
    }.get(state.phase, "")
