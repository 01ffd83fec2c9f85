"""The page on which today is planned again."""

from __future__ import annotations

from contextlib import suppress
from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import name_for
from osteon.clinic.booking.book import NotFreeError
from osteon.clinic.booking.replanning import accept_again, expected_today, plan_again
from osteon.clinic.booking.schedule_views import COORDINATES
from osteon.clinic.booking.undoing import offer_to_take_back
from osteon.clinic.records.refresh import today


@open_to(get=COORDINATES, post=COORDINATES)
def replan(request: HttpRequest) -> HttpResponse:
    """Ask who comes late, and show the day planned again; a post books what was accepted, all of it or nothing."""
    on, user = today(), user_of(request)
    if request.method == "POST":
        try:
            was, booked = accept_again(on, request.POST.getlist("place"), user)
        except NotFreeError as error:
            messages.warning(request, f"Nothing was changed. {error}")
            return redirect("schedule-replan")
        if booked:
            visits = "1 visit has" if len(booked) == 1 else f"{len(booked)} visits have"
            offer_to_take_back(request, f"{visits} a new place. Tell those whose time changed.", was, booked)
        return redirect("schedule")
    expected = expected_today(on)
    late = {key: minute for visit in expected if (minute := _minute(request.GET.get(key := str(visit.pk), "")))}
    page = {
        "on": on,
        "expected": [(visit, name_for(user, visit.patient), request.GET.get(str(visit.pk), "")) for visit in expected],
        "planned": plan_again(on, late, user) if "plan" in request.GET else None,
    }
    return render(request, "booking/replan.html", page)


def _minute(text: str) -> int | None:
    with suppress(ValueError):
        clock = time.fromisoformat(text)
        return clock.hour * 60 + clock.minute
    return None
