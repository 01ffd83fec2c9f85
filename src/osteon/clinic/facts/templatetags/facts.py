"""How readiness and an entry of the chart are said."""

from __future__ import annotations

from typing import Any

import msgspec
from django import template

from osteon.clinic.records.models import Entry, Readiness

register = template.Library()

_READINESS = {
    Readiness.READY: ("good", "✔ ready"),
    Readiness.NOT_READY: ("bad", "✘ not ready"),
    Readiness.CANNOT_TELL: ("wait", "? cannot tell"),
    Readiness.NOT_ASKED: ("", "– no dose planned"),
}


@register.filter
def readiness_class(value: str) -> str:
    """The colour of a state of readiness."""
    return _READINESS[Readiness(value)][0]


@register.filter
def readiness_words(value: str) -> str:
    """The icon and the words of a state of readiness."""
    return _READINESS[Readiness(value)][1]


@register.filter
def entry_words(entry: Entry) -> str:
    """What an entry says, in a line."""
    resource: dict[str, Any] = msgspec.json.decode(entry.content)
    named = resource.get("code") or resource.get("medicationCodeableConcept") or {}
    value = resource.get("valueString") or ""
    if quantity := resource.get("valueQuantity"):
        value = f"{quantity.get('value')} {quantity.get('unit', '')}"
    days = (resource.get(name) for name in ("effectiveDateTime", "onsetDateTime", "performedDateTime"))
    parts = (
        str(named.get("text", entry.kind)).replace("answer ", "").replace("_", " "),
        value,
        next(filter(None, days), ""),
    )
    return ", ".join(part.strip() for part in parts if part.strip())
