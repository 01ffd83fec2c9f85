"""What the program remembers of its own work."""

from __future__ import annotations

from django.db import models


class Morning(models.Model):
    """A day whose morning's work was asked for."""

    day = models.DateField(primary_key=True)
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.day}"
