"""The small building blocks of FHIR R4: references, codes, annotations, periods."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any, TypeAlias

Element: TypeAlias = dict[str, Any]
Resource: TypeAlias = dict[str, Any]

OSTEON = "urn:osteon"
"""The root of the program's own code systems and identifiers."""


def resource(kind: str, identity: str, **fields: Any) -> Resource:
    """A resource with a stable id made from what it stands for; fields that are None or empty are left out."""
    body = {name.rstrip("_"): value for name, value in fields.items() if value not in (None, "", [], {}, ())}
    return {"resourceType": kind, "id": stable_id(kind, identity), **body}


def stable_id(kind: str, identity: str) -> str:
    """An opaque id (at most 64 of the characters that FHIR allows), the same for the same thing."""
    return sha256(f"{kind}/{identity}".encode()).hexdigest()[:32]


def full_url(each: Resource) -> str:
    """The address of a resource inside a bundle: a URN in the shape of a UUID, made from its id."""
    digest = sha256(f"{each['resourceType']}/{each['id']}".encode()).hexdigest()
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def reference(each: Resource, display: str = "") -> Element:
    """A reference to a resource of the same bundle."""
    return {"reference": full_url(each), **({"display": display} if display else {})}


def concept(text: str, *codings: tuple[str, str, str]) -> Element:
    """A coded concept; each coding is (system, code, display)."""
    coded = [{"system": system, "code": code, "display": display} for system, code, display in codings]
    return {**({"coding": coded} if coded else {}), "text": text}


def own_concept(system: str, code: str, text: str) -> Element:
    """A concept of one of the program's own code systems."""
    return concept(text, (f"{OSTEON}:{system}", code, text))


def annotation(text: str) -> Element:
    """A note."""
    return {"text": text}


def period(start: date, end: date | None = None) -> Element:
    """From when to when."""
    return {"start": start.isoformat(), **({"end": end.isoformat()} if end else {})}
