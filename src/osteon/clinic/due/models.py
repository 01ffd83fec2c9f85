"""What was done about somebody who is due: a call, or the reason why no dose is given."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from osteon.clinic.records.models import Patient


class Contact(models.Model):
    """A call, or a reason not to give the dose. Only added to.

    `again_on` is the day from which the patient is on the list's top again. `exit_drug` is what follows denosumab, or
    the words why nothing does: asked for where the lapse of the drug does harm.
    """

    class Kind(models.TextChoices):
        """What came of it?"""

        REACHED = "reached", "Reached; will be booked"
        NOT_REACHED = "not_reached", "Not reached"
        DECLINED = "declined", "Declines the dose"
        POSTPONED = "postponed", "Wants it later"
        ELSEWHERE = "elsewhere", "Gets it elsewhere"
        STOPPED = "stopped", "The prescriber ends the drug"

    NO_DOSE: ClassVar = (Kind.DECLINED, Kind.ELSEWHERE, Kind.STOPPED)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words = models.CharField(max_length=500, blank=True)
    again_on = models.DateField(null=True, blank=True)
    exit_drug = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
