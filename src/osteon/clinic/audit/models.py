"""The audit log: every view and change of a patient, in one chain that shows any tampering."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """Who did what, when, about whom? Never changed and never deleted: triggers in the database refuse it.

    `hash` is SHA-256 over the entry and the `previous` hash, so that a changed or removed entry breaks the chain.
    Persons stand by number and name, not by reference: an entry says what was true when it was written.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=150)
    role = models.CharField(max_length=20)
    act = models.CharField(max_length=200)
    patient_id = models.UUIDField(null=True, db_index=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"


class Anchor(models.Model):
    """The head of the chain at one moment, signed: what was there then cannot be cut off later unseen."""

    at = models.DateTimeField()
    number = models.BigIntegerField()
    head = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.number}"
