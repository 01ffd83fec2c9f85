"""The API: read what the pages show. Acts of care are done on the pages, where a person confirms them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.params.functions import Query
from ninja.responses import Response
from ninja.security import SessionAuth

import osteon
from osteon.clinic.access.guard import user_of
from osteon.clinic.access.sight import Sight, in_sight, sight
from osteon.clinic.api.schemas import DueAnswer, Problem, SummaryAnswer, Unreadable, VisitAnswer
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit
from osteon.clinic.day import bounds
from osteon.clinic.people.roles import STAFF
from osteon.clinic.records.charts import bundle_of
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import today

api = NinjaAPI(
    title="Osteon clinic",
    version=osteon.__version__,
    description="Read what the clinic's pages show. Sign in on the pages; the session's cookie counts here too.",
    auth=SessionAuth(csrf=True),
    urls_namespace="api",
    docs_url=None,
)

_LARGEST_PAGE = 500
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)
_PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 422: Unreadable}


@api.get("/visits", response={200: list[VisitAnswer], 400: Problem, 401: Problem, 403: Problem, 422: Unreadable})
def visits(request: HttpRequest, on: date | None = None) -> Any:
    """The visits of a day, today if none is named, in the order of time."""
    _for_staff(request)
    day = on or today()
    if not _EARLIEST <= day <= _LATEST:
        raise HttpError(400, f"The day lies outside {_EARLIEST} to {_LATEST}.")
    begins, ends = bounds(day)
    record(user_of(request), "read the visits of a day through the API", on=day.isoformat())
    found = (
        Visit.objects.filter(in_sight(user_of(request)), starts_at__gte=begins, starts_at__lt=ends)
        .select_related("chair", "nurse", "patient__summary")
        .order_by("starts_at", "pk")
    )
    return [_visit(each) for each in found]


@api.get("/due", response={200: list[DueAnswer], 401: Problem, 403: Problem, 422: Unreadable})
def due(
    request: HttpRequest,
    within_days: int = Query(60, ge=0, le=3660, description="How far ahead to look; what is overdue is always there."),
    limit: int = Query(100, ge=1, le=_LARGEST_PAGE),
    offset: int = Query(0, ge=0, le=1_000_000),
) -> Any:
    """Patients with a next dose, those first whom waiting harms soonest."""
    _for_staff(request)
    record(user_of(request), "read the due list through the API")
    found = Summary.objects.filter(
        in_sight(user_of(request)),
        due_on__lte=today() + timedelta(days=within_days),
        patient__deceased=False,
        patient__merged_into=None,
    )
    ordered = found.order_by(F("harmful_from").asc(nulls_last=True), "due_on", "patient_id")
    return [_due(each) for each in ordered[offset : offset + limit]]


@api.get("/patients/{patient_id}/summary", response={200: SummaryAnswer, **_PROBLEMS})
def summary(request: HttpRequest, patient_id: UUID) -> Any:
    """What the patient strip shows."""
    patient = _patient(request, patient_id, "read the summary through the API")
    found = Summary.objects.filter(patient=patient).first()
    if found is None:
        raise HttpError(404, "The chart has not been read yet.")
    return {
        "patient": patient.pk,
        "forecast": found.waiting,
        **{name: getattr(found, name) for name in SummaryAnswer.model_fields if name not in ("patient", "forecast")},
    }


@api.get("/patients/{patient_id}/chart", response={200: dict[str, Any], **_PROBLEMS})
def chart(request: HttpRequest, patient_id: UUID) -> Any:
    """The chart as a FHIR R4 collection bundle: what came in, and what the clinic added."""
    return Response(bundle_of(_patient(request, patient_id, "read the chart through the API")))


def _for_staff(request: HttpRequest) -> None:
    if user_of(request).role not in STAFF:
        raise HttpError(403, "Your role does not allow this.")


def _patient(request: HttpRequest, patient_id: UUID, act: str) -> Patient:
    """The patient, where this person may see her. Raises HttpError 403 and 404."""
    _for_staff(request)
    user = user_of(request)
    patient = Patient.objects.filter(pk=patient_id).first()
    seen = sight(user, patient) if patient else Sight.NONE
    if patient is None or seen is Sight.NONE:
        raise HttpError(404, "There is no such patient.")
    if seen is Sight.AFTER_A_REASON:
        raise HttpError(403, "This record is confidential: give a reason on its page first.")
    record(user, act, patient=patient)
    return patient


def _visit(visit: Visit) -> dict[str, Any]:
    about: Summary | None = getattr(visit.patient, "summary", None)
    is_fresh = about is not None and about.on == today()
    return {
        "id": visit.pk,
        "patient": visit.patient_id,
        "title": visit.title,
        "state": visit.state,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "chair": visit.chair.name if visit.chair else None,
        "nurse": visit.nurse.name if visit.nurse else None,
        "readiness": about.readiness if about and is_fresh else "cannot_tell",
        "one_thing": about.one_thing if about and is_fresh else "It is being worked out.",
    }


def _due(row: Summary) -> dict[str, Any]:
    assert row.due_on is not None  # noqa: S101 - asked for by the filter
    return {
        "patient": row.patient_id,
        "overdue_days": max((today() - row.due_on).days, 0),
        "days_to_harm": (row.harmful_from - today()).days if row.harmful_from else None,
        **{
            name: getattr(row, name)
            for name in ("drug", "due_on", "late_from", "harmful_from", "readiness", "one_thing")
        },
    }
