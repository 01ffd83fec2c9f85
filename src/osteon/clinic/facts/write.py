"""Put what somebody typed into the chart, as the FHIR resource that says the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import msgspec
from django.db import transaction

from osteon.chart.codes import code_book
from osteon.chart.plain_fhir import NotUnderstoodError, Resource, Row, resource_of
from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Entry, Patient
from osteon.clinic.records.refresh import refresh, today

SOURCE = "the clinic"


class EntryError(Exception):
    """What was typed says nothing that can be understood. The message says why and how to mend it."""


def understood(row: Row) -> Resource:
    """The resource that says what a row says, with an id of its own. Raises `EntryError`."""
    knowledge = knowledge_on(today())
    try:
        resource = resource_of(row, knowledge, code_book(knowledge), today().isoformat())
    except NotUnderstoodError as why:
        message = f"{why.reason}: {why.detail}" if why.detail else why.reason
        raise EntryError(message[:1].upper() + message[1:]) from why
    return {**resource, "id": f"osteon-{uuid.uuid4()}"}


def enter(patient: Patient, resources: Iterable[Resource], by: User) -> list[Entry]:
    """Write resources into the chart, about this patient, and work out anew what follows."""
    with transaction.atomic():
        who = patient.entries.filter(kind="Patient", replaced_at__isnull=True).values_list("resource_id", flat=True)
        about = {"reference": f"Patient/{who.first() or patient.pk}"}
        entries = write(patient, (Received(_about(each, about)) for each in resources), source=SOURCE, by=by)
        for entry in entries:
            record(by, "entered a fact", patient=patient, entry=entry.pk, kind=entry.kind)
    refresh(patient)
    return entries


def _about(resource: Resource, who: dict[str, str]) -> Resource:
    return {name: who if name in ("subject", "patient", "beneficiary") else part for name, part in resource.items()}


def mark_as_error(entry: Entry, reason: str, by: User) -> None:
    """Say that an entry was made in error: a new version says so, the earlier one is kept."""
    resource = msgspec.json.decode(entry.content)
    resource.update(_ERROR.get(entry.kind, {"status": "entered-in-error"}))
    with transaction.atomic():
        write(entry.patient, [Received(resource, entry.full_url)], source=SOURCE, by=by)
        record(by, "marked an entry as made in error", patient=entry.patient, entry=entry.pk, reason=reason)
    refresh(entry.patient)


_ERROR = {
    "Condition": {
        "verificationStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}
            ]
        }
    },
    "AllergyIntolerance": {
        "verificationStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                    "code": "entered-in-error",
                }
            ]
        }
    },
}
"""How a resource without a status of this kind says that it was entered in error."""
