"""A calendar of one's own: its address, and what is read there."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from osteon.clinic.access.guard import about_a_patient, open_to, public, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit
from osteon.clinic.calendars.events import calendar_of
from osteon.clinic.calendars.models import Feed, hashed
from osteon.clinic.people.roles import CARE, STAFF
from osteon.clinic.records.models import Patient

_BACK, _AHEAD = timedelta(days=14), timedelta(days=120)
"""From when to when a calendar shows visits (a design default)."""

_CONTENT = "text/calendar; charset=utf-8"


@open_to(get=STAFF, post=STAFF)
def calendars(request: HttpRequest) -> HttpResponse:
    """The address of one's own calendar: made, made anew, withdrawn. It is shown once."""
    user = user_of(request)
    address = ""
    if request.method == "POST" and request.POST.get("act") == "withdraw":
        Feed.objects.filter(user=user).delete()
        record(user, "withdrew a calendar address")
        messages.success(request, "Withdrawn: nobody reads it any more.")
        return redirect("calendars")
    if request.method == "POST" and settings.CALENDAR_FEED:
        whose = request.POST.get("whose", "")
        token = secrets.token_urlsafe(32)
        made = {"token_hash": hashed(token), "made_at": timezone.now()}
        made["whose"] = whose if whose in Feed.Whose.values else Feed.Whose.ALL
        Feed.objects.update_or_create(user=user, defaults=made)
        record(user, "made a calendar address", whose=whose)
        address = request.build_absolute_uri(f"{reverse('calendar-feed')}?key={token}")
    page = {
        "is_on": settings.CALENDAR_FEED,
        "feed": Feed.objects.filter(user=user).first(),
        "address": address,
        "choices": Feed.Whose.choices,
    }
    return render(request, "calendars/calendars.html", page)


@public("GET")
def feed(request: HttpRequest) -> HttpResponse:
    """What a calendar program reads; 304 where nothing has changed. The key stands in the query, which no log keeps."""
    kept = Feed.objects.select_related("user").filter(token_hash=hashed(request.GET.get("key", ""))).first()
    if kept is None or not settings.CALENDAR_FEED or not kept.user.is_active or kept.user.role not in STAFF:
        raise Http404
    now = timezone.now()
    visits = Visit.objects.filter(starts_at__gte=now - _BACK, starts_at__lt=now + _AHEAD)
    if kept.whose == Feed.Whose.MINE:
        visits = visits.filter(nurse=kept.user)
    seen = visits.aggregate(count=Count("pk"), last=Max("changed_at"))
    tag = f'"{sha256(f"{kept.token_hash} {seen}".encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    content = calendar_of(visits.select_related("chair").order_by("starts_at", "pk"), words="Visit", with_chair=True)
    return HttpResponse(content, content_type=_CONTENT, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


@about_a_patient(get=CARE, act="handed out a date")
def one_visit(_request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """One date as a file, for the patient's own calendar."""
    visit = Visit.objects.filter(pk=visit_id, patient=patient, starts_at__isnull=False).first()
    if visit is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="visit.ics"'}
    return HttpResponse(
        calendar_of([visit], words="Appointment", with_chair=False), content_type=_CONTENT, headers=headers
    )
