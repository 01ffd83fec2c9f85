"""Forecasts and their pictures: made by the worker when a fact has changed, never when a page is opened."""

from __future__ import annotations

from django.db import transaction

from osteon.clinic.records.kept_plan import plan_as_json, plan_of
from osteon.clinic.records.models import CarePlan, Patient, Summary
from osteon.pathway.forecasts import with_forecasts
from osteon.pathway.occasion import Occasion
from osteon.report.forecast_picture import inline_svg
from osteon.report.outlook import OutlookView, outlook_view
from osteon.report.outlook_pictures import CHOSEN, charts


def foretell(patient: Patient, at: Occasion) -> None:
    """Add the forecasts to the newest plan of a patient, and the picture and the words to the summary.

    The picture is the chosen option beside no drug (no drug alone where none is chosen), with the patient's own scans
    as points. Nothing is kept where the chart has changed meanwhile: another task is on its way then.
    """
    newest = patient.plans.order_by("-pk").first()
    if newest is None or newest.chart != at.chart.fingerprint:
        return
    made = with_forecasts(plan_of(newest), at)
    shown = outlook_view(made, at)
    drawn = charts(shown, one_by_one=False).get(CHOSEN) if shown else None
    picture = inline_svg(drawn, prefix="bones") if drawn is not None else ""
    with transaction.atomic():
        CarePlan.objects.filter(pk=newest.pk).update(content=plan_as_json(made), has_forecasts=True)
        Summary.objects.filter(patient=patient, chart=newest.chart).update(
            picture=picture, pictured_chart=newest.chart, waiting=waiting(shown)
        )


def waiting(shown: OutlookView | None) -> str:
    """What becomes of the bones if the next dose is late, or, where no dose follows another, if nothing is given?"""
    if shown is None:
        return ""
    if not shown.rows:
        return shown.answer.text
    first = shown.rows[0]
    if first.part.late_words:
        return first.part.late_words
    without = next(row for row in shown.rows if row.option is None)
    return f"If no drug is given: {without.part.sentence}"
