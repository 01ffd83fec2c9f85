"""Jane and Mark, the patients of the article: their example charts, moved to today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from typing import Any

import msgspec

from osteon.clinic.demo.charts import Invented

WRITTEN_ON = date(2026, 11, 23)
"""The day for which the example charts were written."""

_DAY = re.compile(r"\b(19|20)\d\d-\d\d-\d\d\b")
_TABLETS_END_DAYS = 14


def example_patients(on: date) -> Iterator[Invented]:
    """Jane, who has ended her tablets and comes for her first infusion today, and Mark."""
    for name in ("jane", "mark"):
        text = resources.files("osteon.clinic.demo").joinpath(f"{name}.json").read_text("utf-8")
        bundle: dict[str, Any] = msgspec.json.decode(text)
        found = [_moved(entry["resource"], on - WRITTEN_ON) for entry in bundle["entry"]]
        person = next(each for each in found if each["resourceType"] == "Patient")
        yield Invented(
            record_number=person["identifier"][0]["value"],
            family_name=person["name"][0]["family"],
            given_name=person["name"][0]["given"][0],
            birth_date=date.fromisoformat(person["birthDate"]),
            sex=person["gender"],
            story=name,
            comes_today=True,
            resources=[_ended(each, on) if name == "jane" else each for each in found],
        )


def _moved(resource: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """A resource with every day but the day of birth moved."""
    if resource["resourceType"] == "Patient":
        return resource
    text = msgspec.json.encode(resource).decode()
    moved: dict[str, Any] = msgspec.json.decode(
        _DAY.sub(lambda found: (date.fromisoformat(found.group()) + by).isoformat(), text)
    )
    return moved


def _ended(resource: dict[str, Any], on: date) -> dict[str, Any]:
    """Her tablets, ended as the plan asked: the infusion may follow."""
    if resource["resourceType"] != "MedicationStatement" or "alendronate" not in msgspec.json.encode(resource).decode():
        return resource
    period = {**resource["effectivePeriod"], "end": (on - timedelta(days=_TABLETS_END_DAYS)).isoformat()}
    return {**resource, "status": "completed", "effectivePeriod": period}
