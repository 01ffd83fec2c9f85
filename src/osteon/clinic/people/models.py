"""Who signs in: an account with one role."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from osteon.clinic.people.roles import Role


class User(AbstractUser):
    """One person in one role. Accounts are closed (`is_active`), never deleted: the audit log names them.

    `patient` is set for the role of patient alone: whose record this person may see.
    """

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.COORDINATOR)
    patient = models.OneToOneField(
        "records.Patient", null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_patient_account_has_a_patient",
                condition=models.Q(role=Role.PATIENT, patient__isnull=False)
                | (~models.Q(role=Role.PATIENT) & models.Q(patient__isnull=True)),
            )
        ]

    @property
    def name(self) -> str:
        """What to call this person."""
        return self.get_full_name() or self.username
