"""What is somebody's work here?"""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """One role for each account: whoever does two kinds of work has two accounts, so that each act shows its role."""

    PRESCRIBER = "prescriber", "Prescriber"
    NURSE = "nurse", "Nurse"
    COORDINATOR = "coordinator", "Coordinator"
    SERVICE_LEAD = "service_lead", "Service lead"
    PATIENT = "patient", "Patient"
    ADMINISTRATOR = "administrator", "Administrator"


CARE = frozenset({Role.PRESCRIBER, Role.NURSE, Role.COORDINATOR})
"""Who works with patients."""

STAFF = CARE | {Role.SERVICE_LEAD}
"""Who may see patients: those who work with them, and the service lead, who changes nothing."""

SIGNED_IN = frozenset(Role)
"""Whoever has an account."""
