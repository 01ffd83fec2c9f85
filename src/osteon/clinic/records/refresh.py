"""Work out anew what follows from a patient's chart: at once what is quick, in the worker what takes a second."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from osteon.clinic.records.charts import chart_of
from osteon.clinic.records.kept_plan import plan_as_json
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import CarePlan, Patient, Summary
from osteon.pathway.clearing import clearing
from osteon.pathway.due import due
from osteon.pathway.gate import gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import Plan, plan
from osteon.report.patient import patient_strip
from osteon.report.questions import diagnosis


def today() -> date:
    """The day it is at the clinic."""
    return timezone.localdate()


def occasion_of(patient: Patient, on: date) -> Occasion:
    """This patient on that day. Raises `ChartError` where the record makes no chart."""
    return Occasion(chart_of(patient, on), on, knowledge_on(on))


def refresh(patient: Patient, *, on: date | None = None, forecast: bool = True) -> Summary:
    """Make the plan and the summary of a patient anew, and ask the worker for the forecast (about 15 ms without it).

    Called whenever a fact changed, and by the worker on the morning of each day. Raises `ChartError`.
    """
    on = on or today()
    at = occasion_of(patient, on)
    made = plan(at)
    with transaction.atomic():
        _keep(patient, made)
        defaults = _summary(made, at, is_treated=not (patient.deceased or patient.merged_into_id))
        _keep_first_day(patient, defaults)
        summary, _ = Summary.objects.update_or_create(patient=patient, defaults=defaults)
        if forecast and summary.pictured_chart != summary.chart:
            transaction.on_commit(lambda: _ask_for_forecast(patient))
    return summary


def _keep_first_day(patient: Patient, found: dict[str, Any]) -> None:
    """Whoever waits for a first dose waits since the day first named: a plan made anew each morning moves it on."""
    before = Summary.objects.filter(patient=patient).values("drug", "due_on", "last_given").first()
    if before is None or before["due_on"] is None or found["due_on"] is None:
        return
    if before["drug"] == found["drug"] and before["last_given"] is None and found["last_given"] is None:
        found["due_on"] = min(before["due_on"], found["due_on"])


def _ask_for_forecast(patient: Patient) -> None:
    forecast_patient.enqueue(str(patient.pk))


def _keep(patient: Patient, made: Plan) -> None:
    """Keep the plan, unless the newest one rests on the same chart and knowledge and was made today."""
    newest = patient.plans.order_by("-pk").first()
    if newest and (newest.chart, newest.knowledge, newest.on) == (made.chart, made.knowledge, made.on):
        return
    CarePlan.objects.create(
        patient=patient, on=made.on, chart=made.chart, knowledge=made.knowledge, content=plan_as_json(made)
    )


def _summary(made: Plan, at: Occasion, *, is_treated: bool) -> dict[str, Any]:
    """What lists show. Nothing is due for the dead, or in a record that was merged away."""
    coming = due(made, at) if is_treated else None
    drug = coming.drug if coming else made.chosen if is_treated else ""
    cleared = clearing(gate(at.knowledge.drugs[coming.drug], at), at, due_on=coming.due_on) if coming else None
    return {
        "on": made.on,
        "chart": made.chart,
        "strip": [list(pair) for pair in patient_strip(at, made)],
        "diagnosis": diagnosis(made.assessment).text[:200],
        "drug": drug,
        "drug_name": at.knowledge.drugs[drug].name if drug else "",
        "route": at.knowledge.drugs[drug].route.value.value if drug else "",
        "readiness": cleared.verdict.value if cleared else "",
        "one_thing": cleared.acts[0][:300] if cleared and cleared.acts else "",
        "open_checks": len(cleared.acts) if cleared else 0,
        "due_on": coming.due_on if coming else None,
        "late_from": coming.late_from if coming else None,
        "harmful_from": coming.harmful_from if coming else None,
        "because_of": coming.because_of if coming else "",
        "last_given": coming.last_given if coming else None,
        "doses_given": coming.doses_given if coming else 0,
    }


@task()
def forecast_patient(patient_id: str) -> None:
    """Forecast every option of a patient, draw it, and say what waiting would do."""
    from osteon.clinic.records.foretell import foretell

    patient = Patient.objects.get(pk=patient_id)
    foretell(patient, occasion_of(patient, today()))


@task()
def refresh_patient(patient_id: str) -> None:
    """Work out anew what follows from a patient's chart."""
    refresh(Patient.objects.get(pk=patient_id))
