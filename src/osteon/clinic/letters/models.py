"""Documents about a patient, kept as they were made."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from osteon.clinic.records.models import CarePlan, Patient


class Document(models.Model):
    """A PDF as it was made on a day, from the plan of that day. Rows are only added: a newer letter is a new row."""

    class Kind(models.TextChoices):
        """For whom is it?"""

        FAMILY_DOCTOR = "family_doctor", "Letter to the family doctor"
        DENTIST = "dentist", "Letter to the dentist"
        PLAN = "plan", "The plan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d}"
