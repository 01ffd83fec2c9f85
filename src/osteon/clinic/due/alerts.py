"""Whom the prescriber must hear of: a drug whose lapse does harm has lapsed."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.due.listed import exits
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Summary
from osteon.clinic.tasks.acts import ask_for
from osteon.clinic.tasks.models import LAPSED, Task

_DOSES_THAT_REBOUND = 2


def alert_prescriber(on: date) -> int:
    """Ask the prescribers to act for everybody past the day of harm; once each. Returns how many are new.

    An earlier alert is closed where it holds no longer: the dose was given, or the patient has died.
    """
    lapsed = Summary.objects.filter(
        harmful_from__lte=on, doses_given__gte=_DOSES_THAT_REBOUND, patient__deceased=False, patient__merged_into=None
    )
    _close_others({_key(row) for row in lapsed.only("patient_id", "harmful_from")})
    return sum(
        ask_for(
            f"Denosumab has lapsed since {row.harmful_from:%-d %B %Y}: give it, or record what follows it",
            role=Role.PRESCRIBER,
            due_on=on,
            patient=row.patient,
            is_urgent=True,
            key=_key(row),
        )
        for row in lapsed.exclude(Exists(exits())).select_related("patient").defer("picture", "strip")
    )


def _key(row: Summary) -> str:
    return f"{LAPSED}{row.patient_id}:{row.harmful_from}"


def _close_others(standing: set[str]) -> None:
    for task in Task.objects.filter(key__startswith=LAPSED, done_at=None).select_related("patient"):
        if task.key not in standing:
            task.done_at = timezone.now()
            task.save(update_fields=["done_at"])
            record(None, "closed an alert that holds no longer", patient=task.patient, task=task.pk)
