"""Propose a day: whom to book into it, of those who are due, and where; accept it all, or nothing happens."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from msgspec import Struct

from osteon.clinic.booking.book import NotFreeError, book
from osteon.clinic.booking.engine import days_from, moment, visit_of
from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.booking.needed import to_place
from osteon.clinic.due.listed import VIEWS, due_list
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.propose import AT_ONCE, propose_day
from osteon.clinic.schedule.types import Proposal, Slot

MOST_CANDIDATES = 80
"""How many of the due list are tried for one day: as many as the engine places while somebody waits."""


class Placed(Struct, frozen=True):
    """Somebody who would be booked: who, for what, when and where; `value` is what accepting sends back."""

    patient: Patient
    title: str
    at: str
    chair: str
    value: str


class Proposed(Struct, frozen=True, kw_only=True):
    """A proposal as the page shows it."""

    placed: tuple[Placed, ...]
    left_out: tuple[tuple[Patient, str], ...]
    gap: float
    seconds: float
    stopped_by: str


def propose(on: date, user: User) -> Proposed:
    """Where could those who are due, and not booked, sit on this day? Everybody who is booked keeps her place."""
    candidates = candidates_for(on, user)
    known = days_from(on, on)
    now = known.now[1] if known.now[0] == on else 0
    wanted = [visit_of(visit) for visit in candidates.values()]
    proposal = propose_day((*known.booked, *wanted), known.clinic, on, now=now, effort=AT_ONCE)
    return _shown(proposal, candidates)


def accept(on: date, values: list[str], user: User) -> tuple[int, list[str]]:
    """Book what was proposed, each if her place is still free; returns how many, and who was not booked and why."""
    candidates = {str(visit.patient_id): visit for visit in candidates_for(on, user).values()}
    count, problems = 0, []
    for value in values:
        who, minute, chair = value.split()
        visit = candidates.get(who)
        if visit is None:
            continue
        try:
            with transaction.atomic():
                book(visit, Slot(on, int(minute), chair), user)
            count += 1
        except NotFreeError as error:
            problems.append(f"{visit.patient.record_number}: {error}")
    return count, problems


def candidates_for(on: date, user: User) -> dict[str, Visit]:
    """Who is due by that day, may come on it and has no place yet, by the id of the visit."""
    waiting = to_place(due_list(user, VIEWS[0], on), MOST_CANDIDATES)
    return {str(visit.pk): visit for visit in waiting if visit.earliest <= on and not _is_too_late(visit, on)}


def _is_too_late(visit: Visit, on: date) -> bool:
    return visit.window_is_hard and visit.latest is not None and visit.latest < on


def _shown(proposal: Proposal, candidates: dict[str, Visit]) -> Proposed:
    chairs = {str(chair.pk): chair.name for chair in Chair.objects.all()}
    placed = []
    for booking in proposal.bookings:
        visit = candidates.get(booking.visit.id)
        if visit is not None:
            at = f"{moment(booking.slot.on, booking.slot.start):%H:%M}"
            value = f"{visit.patient_id} {booking.slot.start} {booking.slot.chair}"
            placed.append(Placed(visit.patient, visit.title, at, chairs[booking.slot.chair], value))
    left = [
        (candidates[each.visit.id].patient, " ".join(reason.words for reason in each.reasons))
        for each in proposal.left_out
        if each.visit.id in candidates
    ]
    return Proposed(
        placed=tuple(sorted(placed, key=lambda each: (each.at, each.chair))),
        left_out=tuple(left),
        gap=proposal.gap,
        seconds=proposal.seconds,
        stopped_by=proposal.stopped_by,
    )
