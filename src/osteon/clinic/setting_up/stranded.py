"""Change the clinic, and see first who would lose a place by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.access.guard import user_of
from osteon.clinic.access.sight import name_for
from osteon.clinic.audit.log import record
from osteon.clinic.booking.book import MOVABLE
from osteon.clinic.booking.engine import days_from, slot_of, visit_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.roles import Role
from osteon.clinic.records.refresh import today
from osteon.clinic.schedule.refusal import why_not
from osteon.clinic.tasks.acts import ask_for


class Stranded(Struct, frozen=True):
    """A visit that would have no place any more, and why, in words."""

    visit: Visit
    why: str


def stranded() -> dict[Any, Stranded]:
    """Every visit from today on whose place is against the rules of the clinic as it stands, by its id."""
    rows = Visit.objects.filter(state__in=MOVABLE, chair__isnull=False, starts_at__gte=timezone.now())
    visits = list(rows.select_related("patient__availability", "chair").order_by("starts_at", "pk"))
    if not visits:
        return {}
    days = [slot.on for visit in visits if (slot := slot_of(visit)) is not None]
    known = days_from(min(days), max(days))
    found = {}
    for visit in visits:
        slot = slot_of(visit)
        reasons = why_not(visit_of(visit), slot, known.clinic, known.booked) if slot is not None else ()
        if reasons:
            found[visit.pk] = Stranded(visit, " ".join(each.words for each in reasons))
    return found


def change(request: HttpRequest, words: str, apply: Callable[[], None], *, back: str) -> HttpResponse:
    """Make a change; where somebody would lose a place by it, show who, and ask first.

    What is confirmed is made, and the coordinator is asked to move each visit. `back` is the address of the next page.
    """
    user = user_of(request)
    with transaction.atomic():
        before = stranded()
        apply()
        lost = [each for key, each in stranded().items() if key not in before]
        if lost and "confirmed" not in request.POST:
            transaction.set_rollback(True)
            page = {
                "words": words,
                "lost": [(each, name_for(user, each.visit.patient)) for each in lost],
                "fields": [(name, value) for name, values in request.POST.lists() for value in values
                           if name != "csrfmiddlewaretoken"],
                "back": back,
            }  # fmt: skip
            return render(request, "setting_up/confirm.html", page, status=409)
        record(user, f"set up the clinic: {words}")
        for each in lost:
            starts = timezone.localtime(each.visit.starts_at)
            ask_for(
                f"Move the visit of {starts:%-d %B, %H:%M}: it has lost its place",
                role=Role.COORDINATOR,
                due_on=today(),
                patient=each.visit.patient,
                is_urgent=each.visit.window_is_hard,
                key=f"stranded:{each.visit.pk}:{each.visit.version}",
            )
    return redirect(back)
