"""The gate with today's facts, as an event of the session."""

from __future__ import annotations

import uuid

from django.utils import timezone
from msgspec import Struct

from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import Entered, enter
from osteon.clinic.people.models import User
from osteon.clinic.records.refresh import occasion_of, today
from osteon.knowledge.types import Severity
from osteon.pathway.finding import Finding
from osteon.pathway.gate import gate
from osteon.pathway.session.events import GateJudged, HoldOverridden, Role
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
    """Judge the gate with what is known now, and write the verdict into the session."""
    at = occasion_of(session.visit.patient, today())
    judged = gate(at.knowledge.drugs[session.visit.drug], at)
    found = checks_of(session.visit)
    now = timezone.now()
    event = GateJudged(
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
    return enter(session, event, by=by)


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
