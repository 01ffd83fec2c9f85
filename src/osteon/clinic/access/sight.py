"""May this person see this patient?"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum, auto

from django.db.models import Q
from django.utils import timezone

from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.models import Patient

GLASS_STAYS_BROKEN = timedelta(hours=4)
"""How long a reason opens a confidential record (a design default)."""


class Sight(Enum):
    """What somebody may see of a patient."""

    FULL = auto()
    AFTER_A_REASON = auto()
    NONE = auto()


def sight(user: User, patient: Patient) -> Sight:
    """What may this person see of this patient?

    Patients see themselves alone. Staff see the patients of the clinic; a confidential record only its care team sees
    at once, and others after they gave a reason (break the glass). Administrators see no patient.
    """
    if user.role == Role.PATIENT:
        return Sight.FULL if user.patient_id == patient.pk else Sight.NONE
    if user.role not in STAFF:
        return Sight.NONE
    if not patient.is_confidential or patient.care_team.filter(pk=user.pk).exists():
        return Sight.FULL
    since = timezone.now() - GLASS_STAYS_BROKEN
    broken = patient.broken_glass.filter(user=user, at__gte=since).exists()
    return Sight.FULL if broken else Sight.AFTER_A_REASON


def in_sight(user: User) -> Q:
    """Of rows with a `patient`: those about patients whom this person may see without giving a reason.

    Asked for people who work here: whom a patient may see is settled by `sight`.
    """
    own = Patient.objects.filter(care_team=user).values("pk")
    return Q(patient__is_confidential=False) | Q(patient__in=own)


def name_for(user: User, patient: Patient) -> str:
    """The patient's name, as far as this person may know it: else only that it is a patient."""
    return patient.name if sight(user, patient) is Sight.FULL else "a patient"
