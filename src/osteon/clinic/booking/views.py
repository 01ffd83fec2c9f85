"""The page on which a patient's next visit is booked: the best places, one click each."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.booking.book import NotFreeError, before, best_slots, book
from osteon.clinic.booking.engine import moment
from osteon.clinic.booking.models import Chair
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.types import Slot
from osteon.clinic.undo.acts import offer

MINUTES_OF_A_DAY = 24 * 60


@about_a_patient(get=CARE, post=CARE, act="opened the booking")
def book_visit(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Offer the best places for the next visit; a post books one."""
    visit = visit_for(patient)
    if visit is None:
        return render(request, "booking/nothing.html", {"patient": patient})
    refusal: NotFreeError | None = None
    if request.method == "POST":
        was = before(visit)
        try:
            booked = book(visit, _slot(request), user_of(request))
        except NotFreeError as error:
            refusal = error
        else:
            offer(
                request,
                f"Booked: {booked.title}.",
                kind="booking",
                payload={**was, "visit": str(booked.pk), "now": booked.version},
            )
            return redirect("due")
    chairs = {str(chair.pk): chair.name for chair in Chair.objects.all()}
    places = [
        {
            "at": moment(each.slot.on, each.slot.start),
            "value": f"{each.slot.on.isoformat()} {each.slot.start} {each.slot.chair}",
            "chair": chairs[each.slot.chair],
            "words": each.words,
        }
        for each in best_slots(visit)
    ]
    page = {"patient": patient, "visit": visit, "places": places, "refusal": refusal, "is_booked": visit.starts_at}
    return render(request, "booking/book.html", page, status=409 if refusal else 200)


def _slot(request: HttpRequest) -> Slot:
    try:
        day, minute, chair = request.POST.get("slot", "").split()
        slot = Slot(date.fromisoformat(day), int(minute), str(int(chair)))
    except ValueError:
        raise NotFreeError(()) from None
    if not 0 <= slot.start < MINUTES_OF_A_DAY:
        raise NotFreeError(())
    return slot
