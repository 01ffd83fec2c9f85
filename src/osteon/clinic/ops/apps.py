"""Running the clinic."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Health, metrics, logs and backup."""

    name = "osteon.clinic.ops"
    label = "ops"
