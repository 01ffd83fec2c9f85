"""The pages on which one patient's visit is booked or moved: the best places, one click each."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.booking.book import CHANGED_MEANWHILE, NotFreeError, best_slots, book
from osteon.clinic.booking.engine import moment
from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.booking.undoing import before, offer_to_take_back
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.types import Refusal, Refused, Slot

MINUTES_OF_A_DAY = 24 * 60
_NO_PLACE = Refusal(Refused.NO_SUCH_CHAIR, "No place was chosen.")


@about_a_patient(get=CARE, post=CARE, act="opened the booking")
def book_visit(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Offer the best places for the next visit; a post books one."""
    visit = visit_for(patient)
    if visit is None:
        return render(request, "booking/nothing.html", {"patient": patient})
    refusal: NotFreeError | None = None
    if request.method == "POST":
        try:
            _book(request, visit)
        except NotFreeError as error:
            refusal = error
        else:
            return redirect("due")
    chairs = {str(chair.pk): chair.name for chair in Chair.objects.all()}
    places = [
        {
            "at": moment(each.slot.on, each.slot.start),
            "value": value_of(each.slot),
            "chair": chairs[each.slot.chair],
            "words": each.words,
        }
        for each in best_slots(visit)
    ]
    page = {"patient": patient, "visit": visit, "places": places, "refusal": refusal, "is_booked": visit.starts_at}
    return render(request, "booking/book.html", page, status=409 if refusal else 200)


@about_a_patient(post=CARE, act="moved a visit")
def move(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Move a visit to the place that was clicked, or on which it was dropped, and return to that day."""
    visit = Visit.objects.filter(pk=visit_id, patient=patient).first()
    if visit is None:
        raise Http404
    day = ""
    try:
        day = f"?day={_slot(request).on.isoformat()}"
        _book(request, visit)
    except NotFreeError as error:
        messages.warning(request, f"Not moved. {error}")
    return redirect(reverse("schedule") + day)


def value_of(slot: Slot) -> str:
    """A place as a form sends it."""
    return f"{slot.on.isoformat()} {slot.start} {slot.chair}"


def _book(request: HttpRequest, visit: Visit) -> None:
    if (seen := request.POST.get("version", "")) and seen != str(visit.version):
        raise NotFreeError((CHANGED_MEANWHILE,))
    slot, was = _slot(request), before(visit)
    booked = book(visit, slot, user_of(request))
    words = f"Booked: {booked.title}, {moment(slot.on, slot.start):%-d %B, %H:%M}."
    offer_to_take_back(request, words, [was], [booked])


def _slot(request: HttpRequest) -> Slot:
    try:
        day, minute, chair = request.POST.get("slot", "").split()
        slot = Slot(date.fromisoformat(day), int(minute), str(int(chair)))
    except ValueError:
        raise NotFreeError((_NO_PLACE,)) from None
    if not 0 <= slot.start < MINUTES_OF_A_DAY:
        raise NotFreeError((_NO_PLACE,))
    return slot
