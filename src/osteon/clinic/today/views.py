"""The Today board: a page, and the part of it that lives."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render

from osteon.clinic.access.guard import about_a_patient, open_to, user_of
from osteon.clinic.booking.acts import ImpossibleError, arrive, stay_away
from osteon.clinic.booking.models import Visit
from osteon.clinic.people.roles import CARE, STAFF
from osteon.clinic.records.models import Patient
from osteon.clinic.today.board import alarms_for, board, mark, unrecorded

ACTS = {"arrived": arrive, "no_show": stay_away}


@open_to(get=STAFF)
def today(request: HttpRequest) -> HttpResponse:
    """Today's visits. Asked by the page itself every ten seconds; 304 when nothing has changed."""
    user = user_of(request)
    tag = f'"{mark(user)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    rows = board(user)
    page = {
        "rows": rows,
        "tag": tag,
        "alarms": alarms_for(user),
        "unrecorded": unrecorded(user),
        "counts": Counter(row.visit.get_state_display() for row in rows).most_common(),
    }
    part = "today/board.html" if request.headers.get("HX-Request") else "today/today.html"
    answer = render(request, part, page)
    answer["ETag"] = tag
    answer["Vary"] = "HX-Request"
    return answer


@about_a_patient(post=CARE, act="recorded what happened to a visit")
def act(request: HttpRequest, patient: Patient, visit_id: UUID) -> HttpResponse:
    """Record that a patient came, or did not."""
    visit = Visit.objects.filter(pk=visit_id, patient=patient).first()
    done = ACTS.get(request.POST.get("act", ""))
    if visit is None or done is None:
        raise Http404
    try:
        done(visit, user_of(request))
    except ImpossibleError as error:
        messages.warning(request, str(error))
    return redirect("today")
