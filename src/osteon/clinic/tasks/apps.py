"""Tasks and notes."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks and notes."""

    name = "osteon.clinic.tasks"
    label = "tasks"
