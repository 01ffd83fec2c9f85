"""The hour in the chair."""

from django.apps import AppConfig


class InfusionConfig(AppConfig):
    """Sessions and their events."""

    name = "osteon.clinic.infusion"
    label = "infusion"
