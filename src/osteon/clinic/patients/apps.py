"""One patient."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Finding a patient, and the page about one."""

    name = "osteon.clinic.patients"
    label = "patients"
