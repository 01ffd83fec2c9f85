"""Products, lots, what came in and went out, and how warm it was. What happened is only ever added to."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from osteon.clinic.booking.models import Visit
from osteon.clinic.records.models import Patient


class Product(models.Model):
    """What the clinic buys: one drug in one package. `low_from` is how many units are too few."""

    name = models.CharField(max_length=120, unique=True)
    drug = models.CharField(max_length=40, db_index=True)
    unit = models.CharField(max_length=30, default="unit")
    low_from = models.PositiveSmallIntegerField(default=3)
    is_in_use = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Refrigerator(models.Model):
    """Where what must be cold is kept, and between which temperatures."""

    name = models.CharField(max_length=60, unique=True)
    low_c = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal("2.0"))
    high_c = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal("8.0"))
    is_in_use = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Temperature(models.Model):
    """What a thermometer showed, or that a reading was wrong. Only added to."""

    refrigerator = models.ForeignKey(Refrigerator, on_delete=models.PROTECT, related_name="temperatures")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    celsius = models.DecimalField(max_digits=4, decimal_places=1)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["refrigerator", "-at"])]

    def __str__(self) -> str:
        return f"{self.celsius} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_outside(self) -> bool:
        """Was it too cold or too warm?"""
        return not self.refrigerator.low_c <= self.celsius <= self.refrigerator.high_c


class Lot(models.Model):
    """Units of one product with one number and one last day. `for_patient` where a payer sent them for somebody."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=40, db_index=True)
    expires_on = models.DateField(db_index=True)
    for_patient = models.ForeignKey(
        Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="supplied_lots"
    )
    refrigerator = models.ForeignKey(Refrigerator, null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    is_blocked = models.BooleanField(default=False)
    blocked_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["expires_on", "pk"]

    def __str__(self) -> str:
        return f"{self.product} lot {self.number}"


class TakenOut(models.Model):
    """Units taken out of the refrigerator: from then on a clock runs, and they do not go back. Only added to."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="taken_out")
    units = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    use_by = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(units__gt=0), name="something_was_taken_out")]

    def __str__(self) -> str:
        return f"{self.units} of {self.lot_id}"


class Movement(models.Model):
    """What came in or went out. `units` is the change: above 0 for what came in, below 0 for what went out."""

    class Kind(models.TextChoices):
        """Why did the number change?"""

        RECEIVED = "received", "received"
        USED = "used", "used"
        WASTED = "wasted", "wasted"
        COUNTED = "counted", "corrected by a count"
        TAKEN_BACK = "taken_back", "taken back: written down in error"

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    units = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="used_units")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="units_used")
    taken_out = models.ForeignKey(TakenOut, null=True, on_delete=models.PROTECT, related_name="movements")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="taken_back")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="what_is_used_was_given_to_somebody",
                condition=~Q(kind="used") | Q(patient__isnull=False, visit__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.units:+d}"
