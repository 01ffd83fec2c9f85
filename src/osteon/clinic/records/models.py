"""Who is treated here, what is known of them, and what follows from it."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


def plain(text: str) -> str:
    """A name as people type it when they search: small letters, no accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)).strip()


class Patient(models.Model):
    """One person who is treated here. `id` is opaque: it stands in addresses; the record number does not.

    A record found to be a double is merged: `merged_into` points to the one that stands, and nothing is deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_number = models.CharField(max_length=40, unique=True)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=[("female", "female"), ("male", "male"), ("", "not recorded")])
    deceased = models.BooleanField(default=False)
    deceased_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=20, default="en")
    needs_interpreter = models.BooleanField(default=False)
    needs_escort = models.BooleanField(default=False)
    constraints = models.CharField(max_length=200, blank=True, help_text="When this patient can come, in words.")
    is_confidential = models.BooleanField(default=False)
    care_team = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="confidential_patients", blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="doubles")
    added_at = models.DateTimeField(auto_now_add=True)
    search_name = models.CharField(max_length=210, editable=False, db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["birth_date"])]

    def __str__(self) -> str:
        return self.record_number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the name by which this patient is found."""
        self.search_name = plain(f"{self.family_name} {self.given_name}")
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_name"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """The name as it is read out."""
        return f"{self.given_name} {self.family_name}".strip()


class Entry(models.Model):
    """One FHIR R4 resource of a patient's chart, as it came in or as the clinic wrote it.

    The chart is what stands now: a later version of the same resource puts `replaced_at` on the earlier one, and what
    was entered in error is replaced by nothing. Rows are never deleted.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=40)
    resource_id = models.CharField(max_length=80)
    full_url = models.CharField(max_length=300, blank=True)
    content = models.TextField()
    source = models.CharField(max_length=80)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "kind", "resource_id"],
                condition=Q(replaced_at__isnull=True),
                name="one_standing_version_of_a_resource",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.resource_id}"


class CarePlan(models.Model):
    """A plan that was made for a patient (`osteon.pathway.plan.Plan` as JSON), and who accepted it, if anybody did.

    Plans are kept: the newest is the current one. `accepted_by` stays empty until a prescriber signs.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    made_at = models.DateTimeField(auto_now_add=True)
    on = models.DateField()
    chart = models.CharField(max_length=16)
    knowledge = models.CharField(max_length=40)
    content = models.TextField()
    has_forecasts = models.BooleanField(default=False)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        get_latest_by = "pk"
        indexes: ClassVar = [models.Index(fields=["patient", "-id"])]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.on}"


class Readiness(models.TextChoices):
    """The gate's three answers, and a fourth: there is nothing to be ready for."""

    READY = "ready", "ready"
    NOT_READY = "not_ready", "not ready"
    CANNOT_TELL = "cannot_tell", "cannot tell"
    NOT_ASKED = "", "no dose planned"


class Summary(models.Model):
    """What lists and the patient strip show, worked out from the chart on one day. Never typed in by anyone.

    `on` is the day it holds for: on another day it is out of date and says so. `one_thing` is the act that clears the
    gate, in words. `picture` is the forecast as SVG and `waiting` what it would do to wait, both from the worker.
    """

    patient = models.OneToOneField(Patient, primary_key=True, on_delete=models.CASCADE, related_name="summary")
    on = models.DateField()
    made_at = models.DateTimeField(auto_now=True)
    chart = models.CharField(max_length=16)
    strip = models.JSONField(default=list)
    diagnosis = models.CharField(max_length=200, blank=True)
    drug = models.CharField(max_length=40, blank=True)
    drug_name = models.CharField(max_length=80, blank=True)
    route = models.CharField(max_length=40, blank=True)
    readiness = models.CharField(max_length=20, choices=Readiness.choices, blank=True)
    one_thing = models.CharField(max_length=300, blank=True)
    open_checks = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True, db_index=True)
    late_from = models.DateField(null=True)
    harmful_from = models.DateField(null=True, db_index=True)
    because_of = models.CharField(max_length=40, blank=True)
    last_given = models.DateField(null=True)
    doses_given = models.PositiveSmallIntegerField(default=0)
    waiting = models.TextField(blank=True)
    picture = models.TextField(blank=True)
    pictured_chart = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return str(self.patient_id)


class BrokenGlass(models.Model):
    """Somebody outside the care team opened a confidential record, and said why."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="broken_glass")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"
