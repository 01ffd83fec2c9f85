"""A reminder that was sent, or could not be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from osteon.clinic.booking.models import Visit


class Reminder(models.Model):
    """One reminder of one visit at one time. `starts_at` is the time that it named: after a move it is sent anew."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reminders")
    starts_at = models.DateTimeField()
    days_before = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=20)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visit", "starts_at", "days_before"], name="one_reminder_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.days_before} d"
