"""The chart of a patient, out of what the clinic holds; and back in, as FHIR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import msgspec
from django.db import transaction
from django.utils import timezone

from osteon.chart.fhir.bundle import Piece, pieces
from osteon.chart.fhir.read import read_pieces
from osteon.chart.types import Chart
from osteon.clinic.people.models import User
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Entry, Patient

Resource = dict[str, Any]


def chart_of(patient: Patient, on: date) -> Chart:
    """What is known of this patient on a day. Raises `ChartError` where the entries make no chart."""
    standing = patient.entries.filter(replaced_at__isnull=True).order_by("pk")
    found = (Piece(*each[:2], each[2].encode()) for each in standing.values_list("kind", "full_url", "content"))
    return read_pieces(found, knowledge_on(on), name="the record", on=on)


def bundle_of(patient: Patient) -> Resource:
    """The chart as a FHIR R4 collection bundle: exactly what came in and what the clinic added."""
    standing = patient.entries.filter(replaced_at__isnull=True).order_by("pk").values_list("full_url", "content")
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {**({"fullUrl": url} if url else {}), "resource": msgspec.json.decode(content)} for url, content in standing
        ],
    }


class Received(NamedTuple):
    """A resource as it came in; `full_url` is what others of its bundle may call it."""

    resource: Resource
    full_url: str = ""


def write(patient: Patient, received: Iterable[Received], *, source: str, by: User | None) -> list[Entry]:
    """Put resources into a patient's chart. Each needs `resourceType` and `id`; one that is there already is replaced.

    An equal version is left as it is. Whoever calls this asks for `refresh` afterwards.
    """
    with transaction.atomic():
        return [entry for each in received if (entry := _write(patient, each, source, by)) is not None]


def _write(patient: Patient, received: Received, source: str, by: User | None) -> Entry | None:
    resource = received.resource
    kind, name = str(resource["resourceType"]), str(resource["id"])
    content = msgspec.json.encode(resource).decode()
    earlier = patient.entries.filter(kind=kind, resource_id=name, replaced_at__isnull=True).first()
    if earlier is not None:
        if earlier.content == content:
            return None
        earlier.replaced_at = timezone.now()
        earlier.save(update_fields=["replaced_at"])
    return Entry.objects.create(
        patient=patient,
        kind=kind,
        resource_id=name,
        full_url=received.full_url,
        content=content,
        source=source,
        added_by=by,
    )


def resources_in(content: bytes, name: str) -> list[Received]:
    """The resources of an uploaded file, each with an id. Raises `ChartError` for what is not FHIR."""
    found: list[Received] = []
    for number, piece in enumerate(pieces(content, name), 1):
        resource = msgspec.json.decode(piece.raw)
        if isinstance(resource, dict) and resource.get("resourceType"):
            resource.setdefault("id", f"{piece.kind.lower()}-{number}")
            found.append(Received(resource, piece.full_url))
    return found
