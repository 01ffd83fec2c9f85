"""The audit log, for the administrator to read. Nobody can change it."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.audit.models import Entry
from osteon.clinic.day import bounds
from osteon.clinic.people.roles import Role

_ON_A_PAGE = 100
_LARGEST_EXPORT = 100_000


class FilterForm(forms.Form):
    """What to look for in the log."""

    person = forms.CharField(max_length=150, required=False, label="Person")
    act = forms.CharField(max_length=100, required=False, label="Act")
    record = forms.UUIDField(required=False, label="Record (its opaque id)")
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Day")


@open_to(get={Role.ADMINISTRATOR})
def audit(request: HttpRequest) -> HttpResponse:
    """The newest entries first, narrowed down as asked."""
    form = FilterForm(request.GET)
    found = _found(form) if form.is_valid() else Entry.objects.none()
    page = Paginator(found.order_by("-number"), _ON_A_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    return render(request, "audit/audit.html", {"form": form, "page": page, "asked": asked.urlencode()})


@open_to(get={Role.ADMINISTRATOR})
def export(request: HttpRequest) -> HttpResponse:
    """The same as a table (CSV)."""
    form = FilterForm(request.GET)
    found = _found(form) if form.is_valid() else Entry.objects.none()
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "at", "person", "role", "act", "record", "detail", "hash"])
    for each in found.order_by("number")[:_LARGEST_EXPORT].iterator(chunk_size=1000):
        at = timezone.localtime(each.at).isoformat(timespec="seconds")
        writer.writerow([each.number, at, each.user_name, each.role, each.act, each.patient_id, each.detail, each.hash])
    record(user_of(request), "took out the audit log")
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit-log.csv"'},
    )


def _found(form: FilterForm) -> QuerySet[Entry]:
    asked = form.cleaned_data
    found = Entry.objects.all()
    if asked["person"]:
        found = found.filter(user_name__icontains=asked["person"])
    if asked["act"]:
        found = found.filter(act__icontains=asked["act"])
    who: UUID | None = asked["record"]
    if who:
        found = found.filter(patient_id=who)
    day: date | None = asked["day"]
    if day:
        begins, ends = bounds(day)
        found = found.filter(at__gte=begins, at__lt=ends)
    return found
