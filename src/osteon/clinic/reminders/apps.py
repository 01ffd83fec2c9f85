"""Reminders."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """Reminders of visits."""

    name = "osteon.clinic.reminders"
    label = "reminders"
