"""Who may do what, and see whom."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Guards, and the glass that is broken with a reason."""

    name = "osteon.clinic.access"
    label = "access"

    def ready(self) -> None:
        """Listen for who signs in."""
        from osteon.clinic.access import entries  # noqa: F401 - connects its receivers
