"""The gate with today's facts, as an event of the session."""

from __future__ import annotations

import uuid

from django.utils import timezone
from msgspec import Struct

from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import Entered, enter, policy_in, state_in
from osteon.clinic.orders.standing import orders_of, standing_order
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import occasion_of, today
from osteon.knowledge.types import Severity
from osteon.pathway.finding import Finding
from osteon.pathway.gate import gate
from osteon.pathway.session.events import GateJudged, HoldOverridden, OrderFound, Role
from osteon.pathway.session.state import State
from osteon.pathway.truth import Truth


class Check(Struct, frozen=True):
    """One check of the gate that does not let through: what it says, what clears it, who may."""

    id: str
    text: str
    remedy: str
    is_stop: bool
    only_a_result_clears: bool
    is_unknown: bool


def checks_of(visit: Visit) -> tuple[Check, ...]:
    """What stands against this dose today, stops first."""
    at = occasion_of(visit.patient, today())
    judged = gate(at.knowledge.drugs[visit.drug], at)
    return tuple(
        _check(each)
        for severity in (Severity.STOP, Severity.HOLD)
        for each in judged.of(severity, Truth.YES, Truth.CANNOT_TELL)
    )


def asks_for_test(checks: tuple[Check, ...]) -> bool:
    """Does the gate ask for a pregnancy test?"""
    return any(each.is_unknown and each.id.split(".")[-1] == "pregnant" for each in checks)


def _check(finding: Finding) -> Check:
    return Check(
        id=finding.id,
        text=finding.text,
        remedy=finding.remedy,
        is_stop=finding.severity is Severity.STOP,
        only_a_result_clears=finding.only_a_result_clears,
        is_unknown=finding.verdict is Truth.CANNOT_TELL,
    )


def judge_gate(session: Session, by: User) -> Entered:
    """Judge the gate with what is known now, and write the verdict, and the order that stands, into the session."""
    look_up_order(session, by)
    return enter(session, _judged(session, by), by=by)


def look_again(session: Session, state: State, by: User) -> None:
    """Just before the start: judge anew, and write it down where it says something else than before."""
    look_up_order(session, by)
    now = _judged(session, by)
    said = (state.verdict, state.open_stops, state.open_holds)
    if state.verdict is not None and (now.verdict, now.open_stops, now.open_holds) != said:
        enter(session, now, by=by)


def look_up_order(session: Session, by: User) -> None:
    """Write down under which signed order the dose may be given, where that is new."""
    policy, patient, on = policy_in(session), session.visit.patient, today()
    stands = standing_order(patient, policy.drug, on)
    if stands is None and not policy.needs_order:
        return
    now, before = timezone.now(), state_in(session).order
    event = OrderFound(
        key=str(uuid.uuid4()),
        at=now,
        recorded_at=now,
        by=str(by.pk),
        role=Role.PROGRAM,
        order=str(stands.pk) if stands else "",
        overrides=tuple(sorted(stands.override_ids)) if stands else (),
        last_day=stands.last_day.isoformat() if stands else "",
        why="" if stands else _why_none(patient, policy.drug),
    )
    if before is None or (before.order, before.overrides, before.why) != (event.order, event.overrides, event.why):
        enter(session, event, by=by)


def _why_none(patient: Patient, drug: str) -> str:
    last = orders_of(patient).filter(drug=drug).first()
    if last is None:
        return "no prescriber has signed one"
    return f"the last one {last.end.get_kind_display()}" if hasattr(last, "end") else f"it expired on {last.last_day}"


def _judged(session: Session, by: User) -> GateJudged:
    at = occasion_of(session.visit.patient, today())
    judged = gate(at.knowledge.drugs[session.visit.drug], at)
    found = checks_of(session.visit)
    now = timezone.now()
    return GateJudged(
        key=str(uuid.uuid4()),
        at=now,
        recorded_at=now,
        by=str(by.pk),
        role=Role.PROGRAM,
        drug=session.visit.drug,
        verdict=judged.verdict,
        open_stops=tuple(each.id for each in found if each.is_stop),
        open_holds=tuple(each.id for each in found if not each.is_stop),
        only_a_result_clears=tuple(each.id for each in found if each.only_a_result_clears),
    )


def override_hold(session: Session, check: str, reason: str, by: User) -> Entered:
    """A prescriber who has just signed in anew lets through a check that only holds. Raises `RefusedError`."""
    now = timezone.now()
    event = HoldOverridden(
        key=str(uuid.uuid4()),
        at=now,
        recorded_at=now,
        by=str(by.pk),
        role=Role(by.role),
        check=check,
        reason=reason,
    )
    return enter(session, event, by=by)
