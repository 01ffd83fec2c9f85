"""The due list: the coordinator's first page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.due.listed import PARTS, VIEWS, due_list, is_in_danger, lateness
from osteon.clinic.patients.search import asked, found
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.refresh import today

_ON_A_PAGE = 40


@open_to(get=STAFF)
def due(request: HttpRequest) -> HttpResponse:
    """Who is due and late, whom waiting harms most first."""
    view = next((each for each in VIEWS if each.name == request.GET.get("view")), VIEWS[0])
    part = next((each for each in PARTS if each.name == request.GET.get("part")), PARTS[0])
    name = request.GET.get("name", "").strip()
    on = today()
    listed = due_list(user_of(request), view, on).filter(part.holds)
    if name:
        listed = listed.filter(patient__in=found(asked(name, settings.JURISDICTION)).order_by())
    page = Paginator(listed, _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"summary": row, "lateness": lateness(row, on), "in_danger": is_in_danger(row, on), "is_current": row.on == on}
        for row in page
    ]
    chosen = urlencode({"view": view.name, "part": part.name, "name": name})
    shown = {"rows": rows, "page": page, "views": VIEWS, "view": view, "parts": PARTS, "part": part, "name": name}
    return render(request, "due/due.html", {**shown, "chosen": chosen})
