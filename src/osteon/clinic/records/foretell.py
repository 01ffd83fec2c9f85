"""Forecasts and their pictures: made by the worker when a fact has changed, never when a page is opened."""

from __future__ import annotations

from django.db import transaction

from osteon.clinic.records.kept_plan import plan_as_json, plan_of
from osteon.clinic.records.models import CarePlan, Patient, Summary
from osteon.pathway.forecasts import with_forecasts
from osteon.pathway.occasion import Occasion
from osteon.report.forecast_picture import inline_svg
from osteon.report.outlook import outlook_view
from osteon.report.outlook_pictures import charts


def foretell(patient: Patient, at: Occasion) -> None:
    """Add the forecasts to the newest plan of a patient, and the picture and the words to the summary.

    Nothing is kept where the chart has changed meanwhile: another task is on its way then.
    """
    newest = patient.plans.order_by("-pk").first()
    if newest is None or newest.chart != at.chart.fingerprint:
        return
    made = with_forecasts(plan_of(newest), at)
    shown = outlook_view(made, at)
    pictures = charts(shown) if shown and shown.rows else {}
    drawn = next((inline_svg(chart, prefix=f"bones-{name}") for name, chart in pictures.items()), "")
    with transaction.atomic():
        CarePlan.objects.filter(pk=newest.pk).update(content=plan_as_json(made), has_forecasts=True)
        Summary.objects.filter(patient=patient, chart=newest.chart).update(
            picture=drawn, pictured_chart=newest.chart, waiting=shown.answer.text if shown else ""
        )
