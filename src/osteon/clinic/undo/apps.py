"""Take an act back within half a minute."""

from django.apps import AppConfig


class UndoConfig(AppConfig):
    """What can be taken back."""

    name = "osteon.clinic.undo"
    label = "undo"
