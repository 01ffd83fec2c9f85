"""What is to be done, and what was noted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

LAPSED = "lapsed:"
"""How the key of a task begins that only the dose, or a recorded exit, brings to an end."""


class Task(models.Model):
    """Something to be done by a role, or by one person of it, until a day.

    `key` is set by the program, so that it asks for the same thing once; empty where a person made the task.
    """

    title = models.CharField(max_length=200)
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    role = models.CharField(max_length=20, choices=Role.choices)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    due_on = models.DateField()
    is_urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["role", "done_at", "due_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="the_program_asks_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks_for_an_exit(self) -> bool:
        """Is it done only by giving the dose, or by recording what follows the drug?"""
        return self.key.startswith(LAPSED)


class Note(models.Model):
    """What somebody noted about a patient. A mistake is corrected by a new note; one just written can be taken back."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"
