"""Letters and other documents."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters and other documents."""

    name = "osteon.clinic.letters"
    label = "letters"
