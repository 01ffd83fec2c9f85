"""What did somebody upload: the chart of one patient, or something else?"""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct

from osteon.chart.errors import ChartError, NotFhirError
from osteon.chart.fhir.bundle import BROKEN, Piece, pieces
from osteon.chart.fhir.read import read_pieces
from osteon.chart.types import Chart
from osteon.clinic.records.charts import Received, Resource
from osteon.knowledge import Knowledge

LARGEST_BYTES = 20 * 1024 * 1024
"""No larger file is read (design): charts of forty years of care are below 10 MB."""

MOST_RESOURCES = 20_000
"""No bundle with more entries is read (design)."""

_PACKED = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a file packed with gzip",
    b"BZh": "a file packed with bzip2",
    b"\xfd7zXZ": "a file packed with xz",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a file packed with zstd",
    b"Rar!": "a RAR archive",
}
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_LONGEST_URL = 300


class UploadError(ValueError):
    """This is not the chart of one patient. The message says why, and what to do."""


class Person(Struct, frozen=True, kw_only=True):
    """Who the chart says that it is about. `identifiers` are pairs of system and value."""

    family_name: str
    given_name: str
    birth_date: date | None
    sex: str
    record_number: str
    identifiers: tuple[tuple[str, str], ...]


class Incoming(Struct, frozen=True, kw_only=True):
    """A chart that can be taken in: its resources, the one of its patient, who that is, and what is understood."""

    resources: list[Received]
    patient: Received
    person: Person
    chart: Chart


def read_upload(content: bytes, knowledge: Knowledge, on: date) -> Incoming:
    """The chart in an uploaded file. Raises `UploadError` for anything else: nothing is unpacked, nothing half read."""
    _refuse_what_is_no_text(content)
    try:
        found = list(islice(pieces(content.removeprefix(b"\xef\xbb\xbf"), "This file"), MOST_RESOURCES + 1))
    except NotFhirError as error:
        message = "This file is no FHIR: there is no Bundle and no resource in it. Ask for an export as FHIR R4 (JSON)."
        raise UploadError(message) from error
    except ChartError as error:
        message = f"{error}. Nothing was taken in."
        raise UploadError(message) from error
    if len(found) > MOST_RESOURCES:
        message = f"This file holds more than {MOST_RESOURCES:,} entries: more than the chart of one patient."
        raise UploadError(message)
    received = [each for number, piece in enumerate(found, 1) if (each := _received(piece, number))]
    patient = _only_patient(received)
    try:
        chart = read_pieces(
            (Piece(str(each.resource["resourceType"]), each.full_url, msgspec.json.encode(each.resource))
             for each in received), knowledge, name="This file", on=on,
        )  # fmt: skip
    except ChartError as error:
        message = f"{error}. Nothing was taken in."
        raise UploadError(message) from error
    return Incoming(resources=received, patient=patient, person=_person(patient.resource, chart), chart=chart)


def _refuse_what_is_no_text(content: bytes) -> None:
    if len(content) > LARGEST_BYTES:
        message = f"This file is larger than {LARGEST_BYTES // 1024**2} MB: more than the chart of one patient."
        raise UploadError(message)
    packed = next((words for magic, words in _PACKED.items() if content.startswith(magic)), "")
    if packed:
        message = f"This is {packed}. Unpack it first, and upload the JSON file of one patient."
        raise UploadError(message)
    start = content.lstrip()[:5]
    if start.startswith(b"%PDF"):
        message = "This is a PDF. A chart is taken in as FHIR R4 (JSON)."
        raise UploadError(message)
    if start.startswith(b"<"):
        message = "This is XML. Ask for the same export as FHIR R4 in JSON."
        raise UploadError(message)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "This file is not UTF-8 text, as FHIR has to be. Save it as UTF-8 and upload it again."
        raise UploadError(message) from error


def _received(piece: Piece, number: int) -> Received | None:
    """A resource with an id that can be kept; None for what is no resource."""
    try:
        resource = msgspec.json.decode(piece.raw)
    except BROKEN:
        return None
    if not piece.kind or not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        return None
    name = resource.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        resource["id"] = f"{piece.kind.lower()[:40]}-{number}"
    full_url = piece.full_url if isinstance(piece.full_url, str) and len(piece.full_url) <= _LONGEST_URL else ""
    return Received(resource, full_url)


def _only_patient(received: list[Received]) -> Received:
    patients = {str(each.resource["id"]): each for each in received if each.resource["resourceType"] == "Patient"}
    if not patients:
        message = "There is no Patient in this file. A chart needs the resource of its patient, with a birth date."
        raise UploadError(message)
    if len(patients) > 1:
        message = f"There are {len(patients)} patients in this file. Upload the chart of one patient at a time."
        raise UploadError(message)
    return next(iter(patients.values()))


def _person(resource: Resource, chart: Chart) -> Person:
    name = _name(resource.get("name"))
    family, given = _text(name.get("family")), " ".join(map(_text, _listed(name.get("given"))))
    if not family:
        words = chart.patient.name.split()
        family, given = (words[-1], " ".join(words[:-1])) if words else ("", given)
    born = chart.patient.birth_date
    return Person(
        family_name=family[:100],
        given_name=given[:100],
        birth_date=born.earliest if born.is_exact else None,
        sex=chart.patient.sex.value if chart.patient.sex else "",
        record_number=_text(chart.patient.record_number)[:40],
        identifiers=identifiers_in(resource),
    )


def identifiers_in(resource: Resource) -> tuple[tuple[str, str], ...]:
    """The identifiers of a Patient resource: system and value of each that has a value."""
    return tuple(
        (_text(each.get("system")), _text(each["value"]))
        for each in _listed(resource.get("identifier"))
        if isinstance(each, dict) and _text(each.get("value"))
    )


def _name(names: Any) -> Resource:
    usable = [each for each in _listed(names) if isinstance(each, dict)]
    usable.sort(key=lambda each: (each.get("use") != "official", each.get("use") in ("old", "maiden", "nickname")))
    return usable[0] if usable else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Text without what no database keeps."""
    return "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else ""
