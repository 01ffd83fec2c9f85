"""Chairs, nurses, opening hours and visits."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Chairs, nurses, opening hours and visits."""

    name = "osteon.clinic.booking"
    label = "booking"
