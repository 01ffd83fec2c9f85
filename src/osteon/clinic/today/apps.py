"""Who is here today, and what needs a hand next."""

from django.apps import AppConfig


class TodayConfig(AppConfig):
    """Who is here today, and what needs a hand next."""

    name = "osteon.clinic.today"
    label = "today"
