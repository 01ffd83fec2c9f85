"""Who is due, who is late, who is in danger."""

from django.apps import AppConfig


class DueConfig(AppConfig):
    """Who is due, who is late, who is in danger."""

    name = "osteon.clinic.due"
    label = "due"
