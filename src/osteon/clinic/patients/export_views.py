"""The chart and the plan of a patient as files for other systems."""

from __future__ import annotations

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

import osteon
from osteon.clinic.access.guard import about_a_patient
from osteon.clinic.patients.shown import shown
from osteon.clinic.people.roles import CARE
from osteon.clinic.records.charts import bundle_of
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.exchange.plan import plan_bundle


@about_a_patient(get=CARE, act="took out the chart")
def export(_request: HttpRequest, patient: Patient) -> HttpResponse:
    """The chart as a FHIR R4 bundle: what came in and what the clinic added."""
    return _file(bundle_of(patient), "chart")


@about_a_patient(get=CARE, act="took out the plan")
def plan_as_fhir(request: HttpRequest, patient: Patient) -> HttpResponse:
    """The plan as a FHIR R4 bundle: everything a draft."""
    seen = shown(patient, today())
    if seen.view is None or seen.at is None:
        messages.warning(request, seen.trouble)
        return redirect("patient-plan", patient.pk)
    bundle = plan_bundle(seen.view.plan, seen.at.chart, seen.at.knowledge, recorded=today(), version=osteon.__version__)
    return _file(bundle, "plan")


def _file(content: object, name: str) -> HttpResponse:
    """A file whose name says nothing about the patient."""
    answer = HttpResponse(msgspec.json.encode(content), content_type="application/fhir+json")
    answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer
