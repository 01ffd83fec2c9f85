"""Visits in a calendar of one's own."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """Addresses that a calendar program reads."""

    name = "osteon.clinic.calendars"
    label = "calendars"
