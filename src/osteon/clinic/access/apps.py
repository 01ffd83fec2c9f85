"""Who may do what, and see whom."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Guards, and the glass that is broken with a reason."""

    name = "osteon.clinic.access"
    label = "access"
