"""Who can take a chair that fell free? Those who said that they come at short notice, whom waiting harms most first."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import in_sight
from osteon.clinic.booking.book import MOVABLE
from osteon.clinic.booking.engine import days_from, moment, some_days, visit_of
from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.booking.views import value_of
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import today
from osteon.clinic.schedule.slots import open_slots

SHORT_NOTICE_DAYS = 4
"""Today and so many days: what counts as short notice (a design default)."""

_MOST = 30


class Waiting(Struct, frozen=True, kw_only=True):
    """Somebody who would come sooner: for what, booked when so far, and the soonest place; empty where none is free."""

    patient: Patient
    visit: Visit
    place: str
    value: str
    chair: str


def waiting_at_short_notice(user: User, on: date) -> list[Waiting]:
    """Those who may be called, as far as this person may see them, with the soonest place for each.

    Each place is offered for itself: two may be offered the same chair, and the first who takes it has it.
    """
    last = on + timedelta(days=SHORT_NOTICE_DAYS)
    rows = (
        Summary.objects.filter(patient__availability__at_short_notice=True, due_on__isnull=False)
        .filter(patient__deceased=False, patient__merged_into=None)
        .filter(in_sight(user))
        .select_related("patient__availability", "patient__summary")
        .order_by(F("harmful_from").asc(nulls_last=True), "due_on", "patient_id")
    )
    known = days_from(on, last)
    chairs = {str(chair.pk): chair.name for chair in Chair.objects.all()}
    found = []
    for row in rows[:_MOST]:
        visit = visit_for(row.patient)
        if visit is None or visit.state not in MOVABLE or visit.earliest > last:
            continue
        if visit.starts_at is not None and timezone.localdate(visit.starts_at) <= last:
            continue
        days = some_days(on, SHORT_NOTICE_DAYS + 1)
        free = open_slots(visit_of(visit), known.clinic, days, known.booked, now=known.now)
        soonest = min((each.slot for each in free), default=None)
        found.append(
            Waiting(
                patient=row.patient,
                visit=visit,
                place=f"{moment(soonest.on, soonest.start):%A, %-d %B, %H:%M}" if soonest else "",
                value=value_of(soonest) if soonest else "",
                chair=chairs[soonest.chair] if soonest else "",
            )
        )
    return found


@open_to(get=STAFF)
def short_notice(request: HttpRequest) -> HttpResponse:
    """The waiting list: who would come sooner, and the soonest place for each."""
    user = user_of(request)
    page = {"waiting": waiting_at_short_notice(user, today()), "days": SHORT_NOTICE_DAYS}
    return render(request, "booking/short_notice.html", page)
