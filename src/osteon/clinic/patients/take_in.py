"""Write an uploaded chart into the record of a patient, new or known.

Two systems may both have an `Observation/1`. A chart from another system than the record's own is therefore written
with ids of its own: a few letters that stand for that patient in that system come before each id, the same each time,
so that a later export of the same system replaces its own earlier versions and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec
from django.db import transaction

from osteon.clinic.audit.log import record
from osteon.clinic.patients.upload import Incoming, identifiers_in
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import Received, Resource, chart_of, write
from osteon.clinic.records.death import note_death
from osteon.clinic.records.models import Entry, Patient
from osteon.clinic.records.refresh import refresh, today

SOURCE = "a chart taken in"


def take_in(incoming: Incoming, patient: Patient, by: User, *, source: str = SOURCE) -> list[Entry]:
    """Put a chart into a record and work out anew what follows. Raises `ChartError`; then nothing was written."""
    with transaction.atomic():
        entries = write(patient, fitted(incoming.resources, incoming.patient, patient), source=source, by=by)
        record(by, "took in a chart", patient=patient, entries=len(entries))
        died = chart_of(patient, today()).patient.deceased
        if died and not patient.deceased:
            note_death(patient, died.earliest if died is not True and died.is_exact else None, by)
        refresh(patient)
    return entries


def fitted(resources: Iterable[Received], person: Received, patient: Patient) -> list[Received]:
    """The resources as they go into this record: about its own Patient, with ids that meet none of another system."""
    standing = patient.entries.filter(kind="Patient", replaced_at__isnull=True).order_by("pk").first()
    if standing is None:
        return list(resources)
    own: Resource = msgspec.json.decode(standing.content)
    if standing.resource_id == person.resource["id"]:
        return [Received(_keeping(own, each.resource), each.full_url) if _is_patient(each) else each
                for each in resources]  # fmt: skip
    prefix = _prefix(person.resource)
    others = [each for each in resources if not _is_patient(each)]
    names = {_called(each): f"{each.resource['resourceType']}/{_with(prefix, each)}" for each in others}
    names[_called(person)] = f"Patient/{standing.resource_id}"
    if person.full_url:
        names[person.full_url] = f"Patient/{standing.resource_id}"
    names |= {each.full_url: names[_called(each)] for each in others if each.full_url}
    renamed = [Received({**_pointed(each.resource, names), "id": _with(prefix, each)}) for each in others]
    return [Received(_knowing(own, person.resource), standing.full_url), *renamed]


def _is_patient(each: Received) -> bool:
    return bool(each.resource["resourceType"] == "Patient")


def _called(each: Received) -> str:
    return f"{each.resource['resourceType']}/{each.resource['id']}"


def _prefix(person: Resource) -> str:
    """A few letters for this patient in the system that the chart came from."""
    told = [person["id"], *sorted(f"{system}|{value}" for system, value in identifiers_in(person))]
    return sha256("\n".join(told).encode()).hexdigest()[:8]


def _with(prefix: str, each: Received) -> str:
    name = f"{prefix}-{each.resource['id']}"
    return name if len(name) <= 64 else f"{prefix}-{sha256(name.encode()).hexdigest()[:40]}"


def _pointed(value: Any, names: dict[str, str]) -> Any:
    """The same, with every reference to something that is called otherwise here under its name here."""
    if isinstance(value, dict):
        return {
            key: _name_here(part, names) if key == "reference" and isinstance(part, str) else _pointed(part, names)
            for key, part in value.items()
        }
    return [_pointed(part, names) for part in value] if isinstance(value, list) else value


def _name_here(reference: str, names: dict[str, str]) -> str:
    plain = reference.partition("/_history")[0]
    tail = "/".join(plain.rsplit("/", 2)[-2:])
    bare = f"Patient/{plain.removeprefix('urn:uuid:')}"
    return names.get(plain) or names.get(tail) or names.get(bare) or reference


def _knowing(own: Resource, other: Resource) -> Resource:
    """The record's own Patient, who is now known by the other system's identifiers too, and to have died if so."""
    known = identifiers_in(own)
    new = [each for each in other.get("identifier", ()) if isinstance(each, dict) and _pair(each) not in known]
    made = {**own, **({"identifier": [*own.get("identifier", []), *new]} if new else {})}
    return _keeping(other, made)


def _pair(identifier: Resource) -> tuple[str, str]:
    return str(identifier.get("system", "")), str(identifier.get("value", ""))


def _keeping(known: Resource, new: Resource) -> Resource:
    """The new version, in which a death that is known stays known."""
    if any(name.startswith("deceased") and new[name] for name in new):
        return new
    return {**new, **{name: value for name, value in known.items() if name.startswith("deceased") and value}}
