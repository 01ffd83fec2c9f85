"""An address from which somebody's calendar program reads."""

from __future__ import annotations

from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.db import models


class Feed(models.Model):
    """Whoever knows the token reads the days and times, and nothing else. Only a hash of it is kept.

    A new address ends the one before; closing the account, or the setting, ends all.
    """

    class Whose(models.TextChoices):
        """Which visits?"""

        ALL = "all", "all visits of the clinic"
        MINE = "mine", "visits that I look after"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    whose = models.CharField(max_length=10, choices=Whose.choices, default=Whose.ALL)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="a_feed_has_a_token", condition=~models.Q(token_hash=""))]

    def __str__(self) -> str:
        return f"{self.user_id} {self.whose}"


def hashed(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()
