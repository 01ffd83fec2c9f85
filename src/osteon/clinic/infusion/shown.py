"""What the page of a session shows: where it stands, what is next, what calls out."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from msgspec import Struct

from osteon.clinic.infusion.forms import FORMS, EventForm
from osteon.knowledge import Knowledge
from osteon.pathway.session import events as happened
from osteon.pathway.session.path import possible
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import drops_per_min, minutes_left, volume_run
from osteon.pathway.session.start import lacking
from osteon.pathway.session.state import Phase, State
from osteon.pathway.session.watch import next_check


class Place(Struct, frozen=True):
    """One place on the path: its words, whether it was passed, and the form that passes it."""

    words: str
    is_done: bool
    form: EventForm | None


class Running(Struct, frozen=True):
    """What runs: since when, how much has run and is left, by rate and time. mL, mL/h, minutes."""

    since: datetime
    rate_ml_h: float
    drops_per_min: int
    drops_per_ml: float
    run_ml: float
    left_min: float | None


def form_of(kind: type, policy: Policy, data: Any = None, **initial: Any) -> EventForm:
    """The form of an event, filled in or empty, with a key of its own."""
    form = FORMS[str(kind.__struct_config__.tag)]  # type: ignore[attr-defined]
    return form(data, policy=policy, initial={"key": str(uuid.uuid4()), **initial}, auto_id=f"{form.__name__}-%s")


def path_of(state: State, policy: Policy, filled: EventForm | None) -> list[Place]:
    """The way to the start, place by place, as far as this drug needs it."""
    places = [
        ("She is in the chair", state.phase is not Phase.EXPECTED, happened.Arrived),
        ("Identity: two identifiers", bool(state.identifiers), happened.Identified),
        ("The gate with today's facts", _gate_is_open(state), None),
        ("Weight of the day", state.weight_kg is not None, happened.Weighed),
        ("Consent", state.has_consented, happened.Consented),
        ("First vital signs", bool(state.confirmed_vitals), happened.VitalsTaken),
        *([("Line", state.line is not None, happened.LinePlaced)] if policy.needs_line else []),
        ("Drug in hand", state.drug is not None, happened.DrugChecked),
        ("Start", state.started_at is not None, happened.Started),
    ]
    return [
        Place(words, done, _form(kind, policy, filled) if kind and not done else None) for words, done, kind in places
    ]


def _gate_is_open(state: State) -> bool:
    open_holds = [each for each in state.open_holds if each not in state.overridden]
    return state.verdict is not None and not state.open_stops and not open_holds


def _form(kind: type, policy: Policy, filled: EventForm | None) -> EventForm:
    return filled if filled is not None and filled.kind is kind else form_of(kind, policy)


_ACTS = (
    happened.VitalsTaken,
    happened.RateChanged,
    happened.Paused,
    happened.Resumed,
    happened.Stopped,
    happened.ReactionGraded,
    happened.RestartOrdered,
    happened.Restarted,
    happened.LinePlaced,
    happened.LineTroubled,
    happened.Flushed,
    happened.Ended,
    happened.Discharged,
    happened.GivenUp,
    happened.Closed,
)


def acts_of(state: State, policy: Policy, filled: EventForm | None) -> list[EventForm]:
    """What else can be done now, beside the path."""
    now = set(possible(state))
    if state.phase in (Phase.EXPECTED, Phase.PREPARING):
        now &= {happened.GivenUp, happened.LineTroubled}
    if not policy.is_infusion:
        now -= {happened.RateChanged, happened.Paused, happened.Resumed, happened.Restarted, happened.RestartOrdered}
    if not policy.needs_line:
        now -= {happened.LinePlaced, happened.LineTroubled, happened.Flushed}
    if not state.reactions:
        now -= {happened.ReactionGraded, happened.RestartOrdered}
    if state.line is not None:
        now -= {happened.LinePlaced}
    return [_form(kind, policy, filled) for kind in _ACTS if kind in now]


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
        from django.utils.timezone import localtime

        return f"Next vital signs at {localtime(due):%H:%M}."
    return {
        Phase.DISCHARGED: "She has gone home: close the record.",
        Phase.NOT_GIVEN: "No dose was given: close the record.",
        Phase.CLOSED: "The record is closed.",
    }.get(state.phase, "")
