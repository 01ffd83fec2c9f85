"""What a visit needs and gets: a chair, a nurse, a time inside the window that the plan allows."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from osteon.clinic.records.models import Patient

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Chair(models.Model):
    """A place where a dose is given. `features` are words: recliner, bed, injection, isolation."""

    name = models.CharField(max_length=40, unique=True)
    features = models.JSONField(default=list, blank=True)
    is_in_use = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """When a nurse is here, how many doses she can start at one time, and how many patients she can look after."""

    nurse = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    day = models.DateField(db_index=True)
    starts = models.TimeField()
    ends = models.TimeField()
    starts_at_once = models.PositiveSmallIntegerField(default=1)
    patients_at_once = models.PositiveSmallIntegerField(default=4)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=models.F("starts")), name="a_shift_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.nurse_id}"


class OpeningHours(models.Model):
    """From when to when is the clinic open on a weekday (0 is Monday)? A weekday without a row is closed."""

    weekday = models.PositiveSmallIntegerField(unique=True)
    opens = models.TimeField()
    closes = models.TimeField()

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class Closure(models.Model):
    """A day on which the clinic is closed, beside public holidays."""

    day = models.DateField(unique=True)
    reason = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class Visit(models.Model):
    """One dose to give, from the moment it is due until the patient has gone.

    The four phases are in minutes. `earliest` and `latest` bound the window; `window_is_hard` where the plan allows no
    day outside it. `starts_at` and `chair` are empty until the visit is booked. `version` counts changes, so that two
    people who move the same visit do not overwrite each other.
    """

    class State(models.TextChoices):
        """Where does the visit stand? In the order of the day."""

        WAITING = "waiting", "to book"
        PROPOSED = "proposed", "proposed"
        CONFIRMED = "confirmed", "coming"
        ARRIVED = "arrived", "arrived"
        IN_CHAIR = "in_chair", "in the chair"
        INFUSING = "infusing", "infusing"
        OBSERVING = "observing", "observing"
        GONE = "gone", "gone"
        NO_SHOW = "no_show", "did not come"
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    drug = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING, db_index=True)
    setup_min = models.PositiveSmallIntegerField()
    giving_min = models.PositiveSmallIntegerField()
    observing_min = models.PositiveSmallIntegerField()
    cleaning_min = models.PositiveSmallIntegerField()
    features = models.JSONField(default=list, blank=True)
    due_on = models.DateField()
    earliest = models.DateField()
    latest = models.DateField(null=True)
    window_is_hard = models.BooleanField(default=False)
    harm_per_day = models.FloatField(default=0.0)
    chair = models.ForeignKey(Chair, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    nurse = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="visits"
    )
    starts_at = models.DateTimeField(null=True, blank=True, db_index=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    HERE: ClassVar = (State.ARRIVED, State.IN_CHAIR, State.INFUSING, State.OBSERVING)
    OVER: ClassVar = (State.GONE, State.NO_SHOW, State.CANCELLED)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["chair", "starts_at"]), models.Index(fields=["changed_at"])]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"

    @property
    def minutes(self) -> int:
        """How long the chair is taken."""
        return self.setup_min + self.giving_min + self.observing_min + self.cleaning_min

    @property
    def ends_at(self) -> datetime | None:
        """When is the chair free again?"""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None


class Availability(models.Model):
    """When can a patient come? Weekdays count from 0, Monday; none named is any. Times are those on the clinic's clock.

    `at_short_notice`: whoever may be called when a chair falls free today or tomorrow.
    """

    patient = models.OneToOneField(Patient, primary_key=True, on_delete=models.CASCADE, related_name="availability")
    weekdays = models.JSONField(default=list, blank=True)
    not_before = models.TimeField(null=True, blank=True)
    gone_by = models.TimeField(null=True, blank=True)
    at_short_notice = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gone_by__isnull=True) | Q(not_before__isnull=True) | Q(gone_by__gt=models.F("not_before")),
                name="there_is_time_between",
            )
        ]

    def __str__(self) -> str:
        return str(self.patient_id)

    @property
    def words(self) -> str:
        """When, as a person says it."""
        parts = [" or ".join(WEEKDAYS[each] for each in sorted(self.weekdays))] if self.weekdays else []
        parts += [f"not before {self.not_before:%H:%M}"] if self.not_before else []
        parts += [f"home by {self.gone_by:%H:%M}"] if self.gone_by else []
        parts += ["also at short notice"] if self.at_short_notice else []
        return ", ".join(parts) or "at any time"


class MonthProposal(models.Model):
    """A proposal for some weeks, worked out by the worker. `places` and `left_out` hold opaque ids and words only.

    Accepting books from it what is still free; the proposal itself is never changed afterwards, and a newer one takes
    its place on the page.
    """

    class State(models.TextChoices):
        """How far is it?"""

        ASKED = "asked", "waits for the worker"
        WORKING = "working", "is being worked out"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.DateField()
    last = models.DateField()
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    begun_at = models.DateTimeField(null=True)
    wanted = models.PositiveIntegerField(default=0)
    places = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    gap = models.FloatField(default=0.0)
    seconds = models.FloatField(default=0.0)
    stopped_by = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.first} {self.last} {self.state}"


class VisitEvent(models.Model):
    """What happened to a visit, when, by whose hand. Only added to: a mistake is corrected by a new event."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    detail = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"
