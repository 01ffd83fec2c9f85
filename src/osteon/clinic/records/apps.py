"""Patients and what is known of them."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Patients, their charts, plans and summaries."""

    name = "osteon.clinic.records"
    label = "records"
