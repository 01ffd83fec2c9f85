"""Take bookings back: each visit to where it was, if that place is still free."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from osteon.clinic.audit.log import record
from osteon.clinic.booking.book import lift, one_at_a_time
from osteon.clinic.booking.engine import days_from, moment, slot_of, visit_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.schedule.refusal import why_not
from osteon.clinic.schedule.types import Slot
from osteon.clinic.undo.acts import CannotUndoError, offer, reverses


def before(visit: Visit) -> dict[str, Any]:
    """What it takes to put a visit back as it is now."""
    slot = slot_of(visit)
    return {
        "visit": str(visit.pk),
        "state": visit.state if visit.starts_at else Visit.State.WAITING,
        "slot": [slot.on.isoformat(), slot.start, slot.chair] if slot else None,
    }


def offer_to_take_back(request: HttpRequest, words: str, was: list[dict[str, Any]], booked: list[Visit]) -> None:
    """Say what was booked, with a button that takes it back."""
    now = {str(visit.pk): visit.version for visit in booked}
    offer(request, words, kind="booking", payload={"visits": [{**each, "now": now[each["visit"]]} for each in was]})


@reverses("booking")
def unbook(payload: dict[str, Any], user: User) -> None:
    """Put visits back to where they were, all or none. Raises `CannotUndoError`."""
    one_at_a_time()
    visits = []
    for each in payload["visits"]:
        visit = Visit.objects.select_for_update().get(pk=UUID(each["visit"]))
        if visit.version != each["now"]:
            message = "The visit was changed again meanwhile."
            raise CannotUndoError(message)
        visits.append(visit)
    lift(visits)
    for visit, each in zip(visits, payload["visits"], strict=True):
        _put_back(visit, each, user)


def _put_back(visit: Visit, was: dict[str, Any], user: User) -> None:
    slot = Slot(date.fromisoformat(was["slot"][0]), *was["slot"][1:]) if was["slot"] else None
    if slot is not None and (taken := _taken(visit, slot)):
        message = f"The place is not free any more: {taken}"
        raise CannotUndoError(message)
    visit.chair_id = int(slot.chair) if slot else None
    visit.starts_at = moment(slot.on, slot.start) if slot else None
    visit.state = was["state"]
    visit.version += 1
    visit.save()
    record(user, "took a booking back", patient=visit.patient, visit=str(visit.pk))


def _taken(visit: Visit, slot: Slot) -> str:
    known = days_from(slot.on, slot.on)
    return " ".join(each.words for each in why_not(visit_of(visit), slot, known.clinic, known.booked))
