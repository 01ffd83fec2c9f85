"""What was seen and done, by whom."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "osteon.clinic.audit"
    label = "audit"
