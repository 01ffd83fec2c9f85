"""A session and its events, as they are kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from osteon.clinic.booking.models import Visit


class Session(models.Model):
    """The session of one visit. What it says follows from its events; `count` and `head` tell how the chain ends.

    `policy` is how this dose is given (`osteon.pathway.session.policy.Policy` as JSON), fixed when the patient arrives.
    `last_at` is when the last event was taken in: the time of a session never runs back, whatever the clock does.
    """

    visit = models.OneToOneField(Visit, primary_key=True, on_delete=models.PROTECT, related_name="session")
    policy = models.TextField()
    opened_at = models.DateTimeField()
    is_open = models.BooleanField(default=True, db_index=True)
    count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)
    last_at = models.DateTimeField(null=True)

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


class RaisedAlarm(models.Model):
    """An alarm that the server has raised, and when it was over: answered, or its cause gone.

    `alarm` is the id of `osteon.pathway.session.watch.Alarm`. `level` counts how often it called out to more people:
    0 her nurse, 1 every nurse, 2 every nurse and every prescriber.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="alarms")
    alarm = models.CharField(max_length=120)
    words = models.CharField(max_length=200)
    urgency = models.CharField(max_length=20)
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0)
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "alarm"], name="an_alarm_is_raised_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["raised_at"], name="alarms_open", condition=models.Q(over_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.alarm}"
