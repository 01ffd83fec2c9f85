"""What happened in the chair becomes a fact of the chart: the weight, a pregnancy test, the dose given."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from osteon.chart.plain_fhir import Row
from osteon.clinic.facts.write import understood
from osteon.clinic.infusion.models import Session
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.refresh import refresh
from osteon.pathway.session.events import Corrected, Ended, Event, Tested, Weighed
from osteon.pathway.session.path import as_corrected
from osteon.pathway.session.policy import Policy

SOURCE = "session"
_LOINC, _WEIGHT = "http://loinc.org", "29463-7"
_UCUM = "http://unitsofmeasure.org"


def write_into_chart(session: Session, events: tuple[Event, ...], policy: Policy, last: Event, by: User | None) -> None:
    """After an event that says something lasting, write it into the patient's chart and work out what follows.

    After a correction everything is written anew; what did not happen is marked as entered in error.
    """
    if not isinstance(last, Weighed | Tested | Ended | Corrected):
        return
    patient = session.visit.patient
    who = patient.entries.filter(kind="Patient", replaced_at__isnull=True).values_list("resource_id", flat=True).first()
    about = {"reference": f"Patient/{who or patient.pk}"}
    standing = {each["id"]: each for event in as_corrected(events) for each in _said(session, event, policy, about)}
    earlier = patient.entries.filter(
        source=SOURCE, resource_id__startswith=f"session-{session.pk}-", replaced_at__isnull=True
    )
    wrong = [_in_error(entry.kind, entry.resource_id, about) for entry in earlier if entry.resource_id not in standing]
    written = write(patient, (Received(each) for each in (*standing.values(), *wrong)), source=SOURCE, by=by)
    if written:
        refresh(patient)


def _said(session: Session, event: Event, policy: Policy, about: dict[str, str]) -> list[dict[str, Any]]:
    """What an event says, as FHIR: one weight, one pregnancy test and one dose a session."""
    when = timezone.localtime(event.at).isoformat()
    if isinstance(event, Weighed):
        return [
            {
                "resourceType": "Observation",
                "id": f"session-{session.pk}-weight",
                "status": "final",
                "code": {"coding": [{"system": _LOINC, "code": _WEIGHT}], "text": "Body weight"},
                "subject": about,
                "effectiveDateTime": when,
                "valueQuantity": {
                    "value": event.weight_kg,
                    "unit": "kg",
                    "system": "http://unitsofmeasure.org",
                    "code": "kg",
                },
            }
        ]
    if isinstance(event, Tested):
        said = Row(number=1, what="answer pregnant", value="yes" if event.is_positive else "no")
        return [{**understood(said), "id": f"session-{session.pk}-pregnancy", "subject": about}]
    if isinstance(event, Ended) and event.given_ml > 0:
        share = event.given_ml / policy.volume_ml if policy.volume_ml else 1.0
        return [
            {
                "resourceType": "MedicationAdministration",
                "id": f"session-{session.pk}-dose",
                "status": "completed",
                "medicationCodeableConcept": {"text": f"{policy.name} {policy.dose_mg:g} mg"},
                "subject": about,
                "effectiveDateTime": when,
                "dosage": {"dose": {"value": round(policy.dose_mg * share, 3), "unit": "mg"}},
            }
        ]
    return []


def _in_error(kind: str, resource_id: str, about: dict[str, str]) -> dict[str, Any]:
    return {"resourceType": kind, "id": resource_id, "status": "entered-in-error", "subject": about}
