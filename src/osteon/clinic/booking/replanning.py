"""Plan the rest of today again: somebody did not come, comes late, or a chair fell free."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from msgspec import Struct

from osteon.clinic.access.sight import name_for
from osteon.clinic.booking.book import CHANGED_MEANWHILE, NotFreeError, rebook
from osteon.clinic.booking.engine import days_from, moment, visit_of
from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.booking.proposing import candidates_for
from osteon.clinic.booking.undoing import before
from osteon.clinic.day import bounds
from osteon.clinic.people.models import User
from osteon.clinic.schedule.propose import replan
from osteon.clinic.schedule.types import Booking, LeftOut, Proposal, Slot


class Change(Struct, frozen=True, kw_only=True):
    """One visit that would be elsewhere: whose, from where to where. `value` is what accepting sends back."""

    who: str
    title: str
    was: str
    becomes: str
    value: str


class Replanned(Struct, frozen=True, kw_only=True):
    """The rest of the day, planned again. `more` find a place that have none now; `out` lose theirs."""

    changes: tuple[Change, ...]
    more: tuple[Change, ...]
    out: tuple[tuple[str, str], ...]
    stay: int
    gap: float
    seconds: float
    stopped_by: str


def expected_today(on: date) -> list[Visit]:
    """Who is booked today and has not come yet, in the order of time."""
    begins, ends = bounds(on)
    rows = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
    return list(rows.filter(state=Visit.State.CONFIRMED).select_related("patient", "chair").order_by("starts_at", "pk"))


def plan_again(on: date, late: Mapping[str, int], user: User) -> Replanned:
    """Where would everybody sit, and who more could come? `late`: the id of a visit and the minute she comes at.

    Whoever sits in a chair stays, whoever was told keeps the minute; nothing is changed until it is accepted.
    """
    known = days_from(on, on)
    now = known.now[1] if known.now[0] == on else 0
    more = candidates_for(on, user)
    proposal = replan([*known.booked, *map(visit_of, more.values())], known.clinic, on, now=now, late=late)
    return _shown(proposal, more, user)


def accept_again(on: date, values: list[str], user: User) -> tuple[list[dict[str, Any]], list[Visit]]:
    """Book what was accepted, all or nothing; returns what was, and the visits. Raises `NotFreeError`."""
    more = {str(visit.patient_id): visit for visit in candidates_for(on, user).values()}
    moves, was = [], []
    for value in values:
        kind, key, version, slot = _read(value, on)
        visit = more.get(key) if kind == "more" else Visit.objects.filter(pk=key).select_related("patient").first()
        if visit is None:
            raise NotFreeError((CHANGED_MEANWHILE,))
        visit.version = version
        was.append(before(visit))
        moves.append((visit, slot))
    return was, rebook(moves, user)


def _read(value: str, on: date) -> tuple[str, str, int, Slot]:
    try:
        kind, key, version, minute, chair = value.split()
        return kind, str(UUID(key)), int(version), Slot(on, int(minute), str(int(chair)))
    except ValueError:
        raise NotFreeError((CHANGED_MEANWHILE,)) from None


def _shown(proposal: Proposal, more: Mapping[str, Visit], user: User) -> Replanned:
    chairs = {str(chair.pk): chair.name for chair in Chair.objects.all()}
    planned: list[Booking | LeftOut] = [*proposal.bookings, *proposal.left_out]
    ids = [each.visit.id for each in planned]
    rows = {str(row.pk): row for row in Visit.objects.filter(pk__in=ids).select_related("patient")}

    def change(visit: Visit, kind: str, key: object, slot: Slot, was: str, becomes: str) -> Change:
        value = f"{kind} {key} {visit.version} {slot.start} {slot.chair}"
        return Change(who=name_for(user, visit.patient), title=visit.title, was=was, becomes=becomes, value=value)

    changes, found, stay = [], [], 0
    for booking in proposal.bookings:
        visit_id, slot = booking.visit.id, booking.slot
        becomes = f"{moment(slot.on, slot.start):%H:%M}, {chairs[slot.chair]}"
        if visit_id in more:
            found.append(change(more[visit_id], "more", more[visit_id].patient_id, slot, "", becomes))
        elif (was := _place(rows[visit_id], chairs)) != becomes:
            changes.append(change(rows[visit_id], "moved", visit_id, slot, was, becomes))
        else:
            stay += 1
    return Replanned(
        changes=tuple(sorted(changes, key=lambda each: each.becomes)),
        more=tuple(sorted(found, key=lambda each: each.becomes)),
        out=tuple(
            (name_for(user, rows[each.visit.id].patient), " ".join(reason.words for reason in each.reasons))
            for each in proposal.left_out
            if each.visit.id in rows and each.visit.id not in more
        ),
        stay=stay,
        gap=proposal.gap,
        seconds=proposal.seconds,
        stopped_by=proposal.stopped_by,
    )


def _place(row: Visit, chairs: Mapping[str, str]) -> str:
    assert row.starts_at is not None  # noqa: S101 - only who is booked today is planned again
    return f"{timezone.localtime(row.starts_at):%H:%M}, {chairs.get(str(row.chair_id), '')}"
