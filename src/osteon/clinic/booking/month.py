"""Propose some weeks: whom of those who are due to book on which day. The worker works it out, a person accepts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from osteon.clinic.audit.log import record
from osteon.clinic.booking.book import NotFreeError, book
from osteon.clinic.booking.engine import days_from, some_days, visit_of
from osteon.clinic.booking.models import MonthProposal, Visit
from osteon.clinic.booking.needed import to_place, visit_for
from osteon.clinic.due.listed import View, due_list
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.month import propose_month
from osteon.clinic.schedule.types import Slot

WEEKS = 4
MOST_CANDIDATES = 1500
"""How many are planned at one time: what the engine was measured with."""


def ask_for_month(first: date, by: User) -> MonthProposal:
    """Ask the worker for a proposal of four weeks from this day on."""
    with transaction.atomic():
        asked = MonthProposal.objects.create(first=first, last=first + timedelta(days=7 * WEEKS - 1), asked_by=by)
        record(by, "asked for a proposal of a month", first=first.isoformat())
        transaction.on_commit(lambda: work_out.enqueue(str(asked.pk)))
    return asked


@task()
def work_out(proposal_id: str) -> None:
    """Work a proposal out, and keep it; one that was worked out already is left alone."""
    asked = MonthProposal.objects.select_related("asked_by").get(pk=UUID(proposal_id))
    if asked.state == MonthProposal.State.DONE:
        return
    asked.state, asked.begun_at = MonthProposal.State.WORKING, timezone.now()
    asked.save(update_fields=["state", "begun_at"])
    try:
        _work_out(asked)
    except Exception:
        MonthProposal.objects.filter(pk=asked.pk).update(state=MonthProposal.State.FAILED)
        raise


def _work_out(asked: MonthProposal) -> None:
    wanted = _candidates(asked)
    MonthProposal.objects.filter(pk=asked.pk).update(wanted=len(wanted))
    known = days_from(asked.first, asked.last)
    first = max(asked.first, known.now[0] + timedelta(days=1))
    days = list(some_days(first, (asked.last - first).days + 1))
    proposal = propose_month([*known.booked, *(visit_of(visit) for visit in wanted.values())], known.clinic, days)
    asked.wanted = len(wanted)
    asked.places = [
        [str(wanted[each.visit.id].patient_id), each.slot.on.isoformat(), each.slot.start, each.slot.chair]
        for each in proposal.bookings
        if each.visit.id in wanted
    ]
    asked.left_out = [
        [str(wanted[each.visit.id].patient_id), " ".join(reason.words for reason in each.reasons)]
        for each in proposal.left_out
        if each.visit.id in wanted
    ]
    asked.gap, asked.seconds, asked.stopped_by = proposal.gap, proposal.seconds, proposal.stopped_by
    asked.state = MonthProposal.State.DONE
    asked.save()


def accept_days(asked: MonthProposal, days: set[date], by: User) -> tuple[int, list[tuple[Patient, str]]]:
    """Book what was proposed for these days, each if it is still free and still wanted.

    Returns how many, and who was not booked and why.
    """
    places = [each for each in asked.places if date.fromisoformat(each[1]) in days]
    patients = Patient.objects.select_related("summary", "availability").in_bulk([UUID(each[0]) for each in places])
    count, problems = 0, []
    for who, on, minute, chair in places:
        patient = patients.get(UUID(who))
        if patient is None:
            continue
        visit = visit_for(patient)
        if visit is None or visit.starts_at is not None:
            problems.append((patient, "No visit is wanted any more, or it is booked already."))
            continue
        try:
            book(visit, Slot(date.fromisoformat(on), minute, chair), by)
            count += 1
        except NotFreeError as error:
            problems.append((patient, str(error)))
    return count, problems


def per_day(asked: MonthProposal) -> list[dict[str, Any]]:
    """What was proposed, day by day: how many."""
    counted = Counter(on for _, on, _, _ in asked.places)
    return [{"day": date.fromisoformat(on), "count": count} for on, count in sorted(counted.items())]


def _candidates(asked: MonthProposal) -> dict[str, Visit]:
    """Who is due by the last day and has no place yet, by the id of the visit."""
    on = timezone.localdate()
    rows = due_list(asked.asked_by, View("month", "", (asked.last - on).days), on)
    waiting = to_place(rows, MOST_CANDIDATES)
    return {str(each.pk): each for each in waiting if each.starts_at is None and each.earliest <= asked.last}
