"""Give a visit a chair and a time, move it, take it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from osteon.clinic.audit.log import record
from osteon.clinic.booking.engine import days_from, moment, slot_of, some_days, visit_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.records.refresh import today
from osteon.clinic.schedule.refusal import why_not
from osteon.clinic.schedule.slots import open_slots
from osteon.clinic.schedule.types import OpenSlot, Refusal, Slot
from osteon.clinic.undo.acts import CannotUndoError, reverses

LOOKS_AHEAD_DAYS = 35
"""How many days from the first possible one are searched for a place (a design default)."""


_APART_MIN = 60


class NotFreeError(Exception):
    """The place is not to be had. `reasons` say why, in words."""

    def __init__(self, reasons: tuple[Refusal, ...]) -> None:
        super().__init__(" ".join(each.words for each in reasons))
        self.reasons = reasons


def best_slots(visit: Visit, *, most: int = 12, first: date | None = None) -> list[OpenSlot]:
    """The best free places for a visit, the best first, an hour or more apart; none outside a hard window."""
    begin = max(first or visit.earliest, today())
    end = begin + timedelta(days=LOOKS_AHEAD_DAYS)
    if visit.window_is_hard and visit.latest is not None:
        end = min(end, visit.latest)
    if end < begin:
        return []
    known = days_from(begin, end)
    days = some_days(begin, (end - begin).days + 1)
    apart: dict[tuple[date, int], OpenSlot] = {}
    for each in open_slots(visit_of(visit), known.clinic, days, known.booked, now=known.now):
        apart.setdefault((each.slot.on, each.slot.start // _APART_MIN), each)
        if len(apart) == most:
            break
    return list(apart.values())


def book(visit: Visit, slot: Slot, by: User) -> Visit:
    """Book a visit into a place, if it is free at this moment. Raises `NotFreeError`."""
    with transaction.atomic():
        if visit.pk and Visit.objects.filter(pk=visit.pk).exists():
            kept = Visit.objects.select_for_update().get(pk=visit.pk)
            if kept.version != visit.version:
                raise NotFreeError(())
            visit = kept
        known = days_from(slot.on, slot.on)
        if reasons := why_not(visit_of(visit), slot, known.clinic, known.booked, now=known.now):
            raise NotFreeError(reasons)
        visit.chair_id, visit.starts_at = int(slot.chair), moment(slot.on, slot.start)
        visit.state = Visit.State.CONFIRMED
        visit.version += 1
        visit.save()
        record(
            by, "booked a visit", patient=visit.patient, visit=str(visit.pk), on=slot.on.isoformat(), minute=slot.start
        )
    return visit


def before(visit: Visit) -> dict[str, Any]:
    """What it takes to put a visit back as it is now."""
    slot = slot_of(visit)
    return {
        "visit": str(visit.pk),
        "state": visit.state if visit.starts_at else Visit.State.WAITING,
        "slot": [slot.on.isoformat(), slot.start, slot.chair] if slot else None,
        "version": visit.version,
    }


@reverses("booking")
def unbook(payload: dict[str, Any], user: User) -> None:
    """Put a visit back to where it was."""
    visit = Visit.objects.select_for_update().get(pk=UUID(payload["visit"]))
    if visit.version != payload["now"]:
        message = "The visit was changed again meanwhile."
        raise CannotUndoError(message)
    slot = payload["slot"]
    visit.chair_id = int(slot[2]) if slot else None
    visit.starts_at = moment(date.fromisoformat(slot[0]), slot[1]) if slot else None
    visit.state = payload["state"]
    visit.version += 1
    visit.save()
    record(user, "took a booking back", patient=visit.patient, visit=str(visit.pk))
