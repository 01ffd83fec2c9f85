"""What is done once a day: who comes today, or is due, is judged by today's knowledge and today's date."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from osteon.chart.errors import ChartError
from osteon.clinic.due.alerts import alert_prescriber
from osteon.clinic.due.listed import VIEWS
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh
from osteon.clinic.reminders.send import send_reminders

LOOKS_AHEAD_DAYS = max(view.days_ahead for view in VIEWS)
"""As far as the due list shows, so that it never shows a readiness of another day."""


@task()
def each_morning(day: str) -> None:
    """Work out anew the summary of everybody who comes on this day or is on the due list."""
    on = date.fromisoformat(day)
    if on != timezone.localdate():
        return
    wanted = Patient.objects.filter(
        Q(summary__due_on__lte=on + timedelta(days=LOOKS_AHEAD_DAYS)) | Q(visits__starts_at__date=on)
    )
    alert_prescriber(on)
    send_reminders(on)
    for patient in wanted.exclude(summary__on=on).distinct().iterator(chunk_size=200):
        try:
            refresh(patient, on=on)
        except ChartError:
            continue
    alert_prescriber(on)  # again: what was worked out now may show that another drug has lapsed
