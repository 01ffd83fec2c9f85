"""The people who sign in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts and roles."""

    name = "osteon.clinic.people"
    label = "people"
