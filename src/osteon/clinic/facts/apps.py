"""Facts entered by hand."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """Facts entered by hand."""

    name = "osteon.clinic.facts"
    label = "facts"
