"""The day on paper."""

from django.apps import AppConfig


class DaypackConfig(AppConfig):
    """Made each evening and each morning, kept beside the data, entered afterwards."""

    name = "osteon.clinic.daypack"
    label = "daypack"
