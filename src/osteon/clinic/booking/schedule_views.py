"""The schedule: one day chair by chair, the days around it, and a proposal for it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.booking.day_page import booked_by_day, day_page
from osteon.clinic.booking.proposing import accept, propose
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.refresh import today

_DAYS_SHOWN = 14
_COORDINATES = frozenset({Role.COORDINATOR})


@open_to(get=STAFF)
def schedule(request: HttpRequest) -> HttpResponse:
    """One day, today if none is named."""
    on = _day(request.GET.get("day"))
    page = {"page": day_page(on, user_of(request)), **_around(on)}
    return render(request, "booking/schedule.html", page)


@open_to(get=_COORDINATES, post=_COORDINATES)
def proposal(request: HttpRequest) -> HttpResponse:
    """Propose the day; a post books what was proposed."""
    on = _day(request.GET.get("day") or request.POST.get("day"))
    user = user_of(request)
    if request.method == "POST":
        count, problems = accept(on, request.POST.getlist("place"), user)
        messages.success(request, f"Booked: {count} {'visit' if count == 1 else 'visits'}.")
        for each in problems:
            messages.warning(request, each)
        return redirect(f"{reverse('schedule')}?day={on.isoformat()}")
    return render(request, "booking/proposal.html", {"proposed": propose(on, user), "on": on})


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today()


def _around(on: date) -> dict[str, object]:
    first = on - timedelta(days=on.weekday())
    return {
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "days": booked_by_day(first, _DAYS_SHOWN),
    }
