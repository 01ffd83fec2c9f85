"""The month: how full each day is, and a proposal for those who are due."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import name_for
from osteon.clinic.booking.day_page import booked_by_day
from osteon.clinic.booking.models import MonthProposal
from osteon.clinic.booking.month import WEEKS, accept_days, ask_for_month, per_day
from osteon.clinic.booking.schedule_views import COORDINATES, day_of, monday_of
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.models import Patient

_A_WEEK = 7
_SHOWN_PROBLEMS = 20


@open_to(get=STAFF)
def month(request: HttpRequest) -> HttpResponse:
    """Four weeks from the Monday of a day, and the newest proposal for them."""
    first = monday_of(day_of(request.GET.get("day")))
    days = booked_by_day(first, _A_WEEK * WEEKS)
    asked = MonthProposal.objects.filter(first=first).first()
    user = user_of(request)
    patients = Patient.objects.in_bulk([each[0] for each in asked.left_out]) if asked else {}
    named = {str(key): name_for(user, each) for key, each in patients.items()}
    page = {
        "first": first,
        "last": first + timedelta(days=_A_WEEK * WEEKS - 1),
        "earlier": first - timedelta(days=_A_WEEK * WEEKS),
        "later": first + timedelta(days=_A_WEEK * WEEKS),
        "weeks": [days[at : at + _A_WEEK] for at in range(0, len(days), _A_WEEK)],
        "asked": asked,
        "is_busy": asked is not None and asked.state in (MonthProposal.State.ASKED, MonthProposal.State.WORKING),
        "per_day": per_day(asked) if asked else [],
        "left_out": [(named.get(who, "a patient"), why) for who, why in asked.left_out] if asked else [],
        "may_plan": user.role in COORDINATES,
    }
    return render(request, "booking/month.html", page)


@open_to(post=COORDINATES)
def ask_month(request: HttpRequest) -> HttpResponse:
    """Ask for a proposal of the four weeks."""
    first = monday_of(day_of(request.POST.get("day")))
    ask_for_month(first, user_of(request))
    return redirect(_address(first))


@open_to(post=COORDINATES)
def accept_month(request: HttpRequest) -> HttpResponse:
    """Book what the newest proposal holds for the days that were ticked."""
    first = monday_of(day_of(request.POST.get("day")))
    asked = MonthProposal.objects.filter(first=first, state=MonthProposal.State.DONE).first()
    if asked is not None:
        user = user_of(request)
        count, problems = accept_days(asked, {day_of(each) for each in request.POST.getlist("on")}, user)
        messages.success(request, f"Booked: {count} {'visit' if count == 1 else 'visits'}.")
        for patient, why in problems[:_SHOWN_PROBLEMS]:
            messages.warning(request, f"{name_for(user, patient)}: {why}")
        if len(problems) > _SHOWN_PROBLEMS:
            messages.warning(request, f"And {len(problems) - _SHOWN_PROBLEMS} more were not booked.")
    return redirect(_address(first))


def _address(first: date) -> str:
    return f"{reverse('schedule-month')}?day={first.isoformat()}"
