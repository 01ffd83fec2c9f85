"""Charts that wait to be taken in, and who was found to be one person or two."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from osteon.clinic.records.models import Patient


class Upload(models.Model):
    """A chart that somebody has uploaded and not yet confirmed. Its `content` is emptied when it was used or is old."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    content = models.TextField(blank=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class NotTheSame(models.Model):
    """Somebody has looked: these two records are two people."""

    one = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Merge(models.Model):
    """One record was merged into another: what moved, so that it can be found again. Nothing is deleted by it."""

    stands = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    double = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.double_id} into {self.stands_id}"
