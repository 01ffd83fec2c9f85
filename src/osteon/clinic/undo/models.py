"""An act that can still be taken back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Undo(models.Model):
    """What somebody did, and what it takes to reverse it. `kind` names the function that does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    words = models.CharField(max_length=200)
    payload = models.JSONField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.words
