"""Orders that a prescriber has signed, and how they ended. Rows are only added."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import msgspec
from django.conf import settings
from django.db import models

from osteon.clinic.records.models import CarePlan, Patient
from osteon.pathway.order import DoseOrder


class Order(models.Model):
    """One drug for one patient, signed: valid for every dose of it that the plan names, until the last day.

    `content` is the whole `DoseOrder` as it was signed. `overrides` are the holds of the gate that the prescriber has
    set aside, each with the reason; a stop never stands there. The drug is named by substance, not by product.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="orders")
    plan = models.ForeignKey(CarePlan, on_delete=models.PROTECT, related_name="+")
    drug = models.CharField(max_length=40)
    content = models.JSONField()
    first_dose_on = models.DateField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    last_day = models.DateField()
    overrides = models.JSONField(default=list)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        ordering: ClassVar = ["-signed_at"]
        indexes: ClassVar = [models.Index(fields=["patient", "drug"])]

    def __str__(self) -> str:
        return f"{self.drug} {self.signed_at:%Y-%m-%d}"

    @property
    def order(self) -> DoseOrder:
        """What to give and how, as it was signed."""
        return msgspec.convert(self.content, DoseOrder)

    @property
    def override_ids(self) -> frozenset[str]:
        """The ids of the gate's findings that were set aside with a reason."""
        overrides: list[dict[str, Any]] = self.overrides
        return frozenset(str(each["finding"]) for each in overrides)


class OrderEnd(models.Model):
    """Why an order is valid no more: cancelled, replaced by a new one, or its record was merged into another."""

    class Kind(models.TextChoices):
        """How did it end?"""

        CANCELLED = "cancelled", "cancelled"
        REPLACED = "replaced", "replaced by a new order"
        MERGED = "merged", "ended when two records became one"

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="end")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"
