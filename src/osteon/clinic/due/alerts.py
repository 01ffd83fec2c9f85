"""Whom the prescriber must hear of: a drug whose lapse does harm has lapsed."""

from __future__ import annotations

from datetime import date

from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Summary
from osteon.clinic.tasks.acts import ask_for

_DOSES_THAT_REBOUND = 2


def alert_prescriber(on: date) -> int:
    """Ask the prescribers to act for everybody past the day of harm; once each. Returns how many are new."""
    lapsed = Summary.objects.filter(
        harmful_from__lte=on, doses_given__gte=_DOSES_THAT_REBOUND, patient__deceased=False, patient__merged_into=None
    ).select_related("patient")
    return sum(
        ask_for(
            f"Denosumab has lapsed since {row.harmful_from:%-d %B %Y}: give it, or record what follows it",
            role=Role.PRESCRIBER,
            due_on=on,
            patient=row.patient,
            is_urgent=True,
            key=f"lapsed:{row.patient_id}:{row.harmful_from}",
        )
        for row in lapsed
    )
