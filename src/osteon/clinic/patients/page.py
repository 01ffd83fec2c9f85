"""The page about one patient, its timeline, and its plan."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.booking.models import Visit
from osteon.clinic.letters.views import documents_of
from osteon.clinic.orders.standing import standing_orders
from osteon.clinic.patients.sentence import sentence
from osteon.clinic.patients.shown import shown
from osteon.clinic.patients.similar_to import similar_people
from osteon.clinic.patients.timeline import KINDS, timeline
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.report.forecast_reading import table
from osteon.report.forecast_words import SITE
from osteon.report.outlook import SITES_IN_ROWS, OutlookView

_EVENTS_ON_PAGE = 12
_STEPS_ON_PAGE = 6
_EVENTS_PER_PAGE = 50
_VISITS_ON_PAGE = 8
_DOCUMENTS_ON_PAGE = 5


@about_a_patient(get=STAFF, act="opened the record")
def patient(request: HttpRequest, patient: Patient) -> HttpResponse:
    """How does this patient stand, what comes next, and what has been?"""
    if patient.merged_into_id:
        return redirect("patient", patient.merged_into_id)
    on = today()
    seen = shown(patient, on)
    events = timeline(patient, seen.at.chart, seen.at.knowledge) if seen.at else []
    coming = patient.visits.exclude(state__in=Visit.OVER).order_by("starts_at", "due_on")
    context: dict[str, Any] = {
        "patient": patient,
        "here": "patient",
        "sentence": sentence(patient, on),
        "seen": seen,
        "view": seen.view,
        "steps": seen.view.steps[:_STEPS_ON_PAGE] if seen.view else (),
        "events": events[:_EVENTS_ON_PAGE],
        "number_of_events": len(events),
        "visits": coming.select_related("chair")[:_VISITS_ON_PAGE],
        "orders": standing_orders(patient, on),
        "documents": documents_of(patient)[:_DOCUMENTS_ON_PAGE],
        "similar": similar_people(patient, user_of(request)),
        "notes": _notes(),
        **_bones(patient, seen.view),
    }
    return render(request, "patients/patient.html", context)


@about_a_patient(get=STAFF, act="read the timeline")
def patient_timeline(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Everything that happened, the latest first."""
    seen = shown(patient, today())
    kind = request.GET.get("show", "")
    kind = kind if kind in KINDS else ""
    events = timeline(patient, seen.at.chart, seen.at.knowledge, kind=kind) if seen.at else []
    page = Paginator(events, _EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"patient": patient, "here": "patient-timeline", "seen": seen, "page": page, "kinds": KINDS, "kind": kind}
    return render(request, "patients/timeline.html", context)


def _notes() -> object | None:
    """The part of the page on which notes stand, where the clinic has it: it is given `patient`."""
    try:
        return get_template("tasks/notes.html")
    except TemplateDoesNotExist:
        return None


def _bones(patient: Patient, view: Any) -> dict[str, Any]:
    """The picture, as the worker left it, with the words and the numbers for whoever cannot see it."""
    outlook: OutlookView | None = view.outlook if view else None
    summary = getattr(patient, "summary", None)
    rows = outlook.rows if outlook else ()
    return {
        "outlook": outlook,
        "is_pictured": bool(summary and summary.picture and summary.pictured_chart == summary.chart),
        "site": SITE[outlook.site] if outlook and rows else "",
        "sites": [SITE[name] for name in SITES_IN_ROWS],
        "numbers": table(rows[0].part.forecast, outlook.site) if outlook and rows else (),
    }
