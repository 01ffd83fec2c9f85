"""The schedule: one day chair by chair, the days around it, and a proposal for it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.booking.book import MOVABLE
from osteon.clinic.booking.day_page import booked_by_day, day_page
from osteon.clinic.booking.models import Visit
from osteon.clinic.booking.proposing import accept, propose
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import CARE, STAFF, Role
from osteon.clinic.records.refresh import today

_DAYS_SHOWN = 14
COORDINATES = frozenset({Role.COORDINATOR})


@open_to(get=STAFF)
def schedule(request: HttpRequest) -> HttpResponse:
    """One day, today if none is named."""
    on, user = day_of(request.GET.get("day")), user_of(request)
    moving = _moving(request.GET.get("move", ""), user)
    page = {
        "page": day_page(on, user, moving=moving),
        "moving": moving,
        "may_move": user.role in CARE,
        "may_plan": user.role in COORDINATES,
        **_around(on),
    }
    return render(request, "booking/schedule.html", page)


@open_to(get=COORDINATES, post=COORDINATES)
def proposal(request: HttpRequest) -> HttpResponse:
    """Propose the day; a post books what was proposed."""
    on = day_of(request.GET.get("day") or request.POST.get("day"))
    user = user_of(request)
    if request.method == "POST":
        count, problems = accept(on, request.POST.getlist("place"), user)
        messages.success(request, f"Booked: {count} {'visit' if count == 1 else 'visits'}.")
        for each in problems:
            messages.warning(request, each)
        return redirect(f"{reverse('schedule')}?day={on.isoformat()}")
    return render(request, "booking/proposal.html", {"proposed": propose(on, user), "on": on})


def day_of(text: str | None) -> date:
    """The day that an address names; today where it names none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today()


def monday_of(on: date) -> date:
    """The first day of the week of a day."""
    return on - timedelta(days=on.weekday())


def _moving(text: str, user: User) -> Visit | None:
    """The visit that is being moved, if there is one that this person may move."""
    try:
        visit = Visit.objects.select_related("patient__availability").filter(pk=UUID(text)).first()
    except ValueError:
        return None
    if visit is None or user.role not in CARE or sight(user, visit.patient) is not Sight.FULL:
        return None
    return visit if visit.state in MOVABLE else None


def _around(on: date) -> dict[str, object]:
    first = monday_of(on)
    return {
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "days": booked_by_day(first, _DAYS_SHOWN),
    }
