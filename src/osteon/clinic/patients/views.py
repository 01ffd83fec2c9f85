"""The list of patients, and the search in it. What was typed stays in the session: no name stands in an address."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.patients.search import asked, found
from osteon.clinic.patients.similar import look_alikes
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.refresh import today

PER_PAGE = 25
_KEPT_AS = "patients looked for"
_LONGEST = 100


@open_to(get=STAFF, post=STAFF)
def patients(request: HttpRequest) -> HttpResponse:
    """Show who was looked for, or everybody by name; take in a new search."""
    if request.method == "POST":
        return _search(request)
    what = asked(str(request.session.get(_KEPT_AS, "")), settings.JURISDICTION)
    people = found(what).select_related("summary")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context: dict[str, Any] = {
        "asked": what,
        "page": page,
        "patients": shown,
        "alike": look_alikes(shown),
        "today": today(),
    }
    return render(request, "patients/list.html", context)


def _search(request: HttpRequest) -> HttpResponse:
    text = " ".join(request.POST.get("text", "").split())[:_LONGEST]
    request.session[_KEPT_AS] = text
    people = found(asked(text, settings.JURISDICTION))
    first = list(people.values_list("pk", flat=True)[:2]) if text else []
    if text:
        record(user_of(request), "searched for a patient", found=people.count())
    if len(first) == 1:
        return redirect("patient", first[0])
    return redirect("patients")
