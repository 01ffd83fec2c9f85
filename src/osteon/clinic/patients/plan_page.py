"""The whole plan of a patient, and its acceptance by a prescriber."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from osteon.clinic.access.guard import about_a_patient, user_of
from osteon.clinic.audit.log import record
from osteon.clinic.patients.shown import Shown, shown
from osteon.clinic.patients.signature import SignatureForm
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.models import CarePlan, Patient
from osteon.clinic.records.refresh import today
from osteon.knowledge.types import Severity
from osteon.pathway.truth import Truth
from osteon.report.forecast_words import SITE
from osteon.report.outlook import SITES_IN_ROWS
from osteon.report.questions import Line, line
from osteon.report.words import check


@about_a_patient(get=STAFF, post={Role.PRESCRIBER}, act="read the plan")
def patient_plan(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show the plan with every reason; a prescriber accepts it with her password."""
    seen = shown(patient, today())
    form = SignatureForm(request, request.POST or None) if user_of(request).role == Role.PRESCRIBER else None
    if request.method == "POST" and form is not None and seen.kept is not None:
        if request.POST.get("plan") != str(seen.kept.pk):
            messages.warning(request, "The plan has changed since you opened it. Read it again before you accept it.")
            return redirect("patient-plan", patient.pk)
        if form.is_valid():
            accept(seen.kept, user_of(request))
            messages.success(request, "The plan is accepted and carries your name.")
            return redirect("patient-plan", patient.pk)
    refused = bool(form and form.is_bound and form.errors)
    return render(request, "patients/plan.html", _page(patient, seen, form), status=422 if refused else 200)


def accept(kept: CarePlan, by: User) -> None:
    """Put a prescriber's name under a plan. A plan that is accepted already stays as it is."""
    with transaction.atomic():
        changed = CarePlan.objects.filter(pk=kept.pk, accepted_by__isnull=True).update(
            accepted_by=by, accepted_at=timezone.now()
        )
        if changed:
            record(by, "accepted the plan", patient=kept.patient, plan=kept.pk)


def _page(patient: Patient, seen: Shown, form: SignatureForm | None) -> dict[str, Any]:
    plan = seen.view.plan if seen.view else None
    outlook = seen.view.outlook if seen.view else None
    foreseen = {row.option.drug if row.option else "": row for row in outlook.rows} if outlook else {}
    return {
        "patient": patient,
        "here": "patient-plan",
        "seen": seen,
        "view": seen.view,
        "form": form,
        "gate": plan.gate if plan else None,
        "checks": _checks(seen) if plan and plan.gate else (),
        "outlook": outlook,
        "rows": [(row, foreseen.get(row.option.drug)) for row in seen.view.rows] if seen.view else (),
        "without": foreseen.get(""),
        "sites": [SITE[name] for name in SITES_IN_ROWS],
        "today": today(),
    }


_CLASSES = {
    Severity.STOP: "Stops: nobody can override one",
    Severity.HOLD: "Holds: a prescriber can override one with a reason",
    Severity.ADVISE: "To keep in mind",
}


def _checks(seen: Shown) -> list[tuple[str, int, list[Line]]]:
    """The checks of the gate by class: heading, how many are clear, and each line with its sign."""
    assert seen.view is not None  # noqa: S101 - asked before
    assert seen.view.plan.gate is not None  # noqa: S101 - asked before
    found = []
    for severity, words in _CLASSES.items():
        all_of = [each for each in seen.view.plan.gate.findings if each.severity is severity]
        clear = sum(each.verdict is Truth.NO for each in all_of)
        if all_of:
            found.append((words, clear, [line(each, check(each.severity, each.verdict)) for each in all_of]))
    return found
