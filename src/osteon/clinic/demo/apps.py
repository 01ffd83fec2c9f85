"""An invented clinic."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The command that makes an invented clinic."""

    name = "osteon.clinic.demo"
    label = "demo"
