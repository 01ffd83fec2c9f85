"""A session and its events, as they are kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from osteon.clinic.booking.models import Visit


class Session(models.Model):
    """The session of one visit. What it says follows from its events; `count` and `head` tell how the chain ends.

    `policy` is how this dose is given (`osteon.pathway.session.policy.Policy` as JSON), fixed when the patient arrives.
    """

    visit = models.OneToOneField(Visit, primary_key=True, on_delete=models.PROTECT, related_name="session")
    policy = models.TextField()
    opened_at = models.DateTimeField()
    is_open = models.BooleanField(default=True, db_index=True)
    count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"session of {self.visit_id}"


class SessionEvent(models.Model):
    """One event (`osteon.pathway.session.events.Event` as JSON). Never changed and never deleted.

    `key` is made by whoever enters the event, once: the same key is the same entry sent again. `hash` is SHA-256 over
    the content and the hash of the event before it.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    content = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "number"], name="one_event_at_each_place"),
            models.UniqueConstraint(fields=["session", "key"], name="an_entry_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.number}"
