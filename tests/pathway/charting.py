"""Charts in a few words, for the tests of the named facts. All people are invented."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import cache
from typing import Any

import osteon.pathway.facts  # noqa: F401 - registers the facts
from osteon.chart.types import (
    Allergy,
    Answer,
    Cause,
    Chart,
    Condition,
    Course,
    Dose,
    Fracture,
    Measurement,
    Patient,
    Procedure,
    Sex,
    When,
)
from osteon.knowledge import Knowledge, load
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion

ON = date(2026, 6, 15)
EVERY_LIST = frozenset({"conditions", "medications", "allergies", "procedures"})


@cache
def knowledge() -> Knowledge:
    return load(ON)


def when(text: str) -> When:
    """A date as it is written: 2025, 2025-03 or 2025-03-14."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return When.on(date(*parts))
    year, month = parts[0], parts[1] if len(parts) == 2 else None
    last = date(year, month, monthrange(year, month)[1]) if month else date(year, 12, 31)
    return When(date(year, month or 1, 1), last)


def maybe(text: str | None) -> When | None:
    return when(text) if text else None


def measured(kind: str, value: float, day: str, unit: str = "", **more: Any) -> Measurement:
    return Measurement(kind=kind, value=value, unit=unit, when=when(day), source=f"Observation/{kind}-{day}", **more)


def answered(kind: str, value: bool | str, day: str) -> Answer:
    return Answer(kind=kind, value=value, when=when(day), source=f"Observation/{kind}-{day}")


def listed(*kinds: str, since: str | None = None, ended: str | None = None, **more: Any) -> Condition:
    more.setdefault("text", kinds[0].replace("_", " "))
    return Condition(
        kinds=frozenset(kinds), source=f"Condition/{kinds[0]}", onset=maybe(since), ended=maybe(ended), **more
    )


def broke(site: str, day: str | None = None, cause: Cause = Cause.FRAGILITY, **more: Any) -> Fracture:
    return Fracture(
        site=site,
        cause=cause,
        text=f"fracture of the {site}",
        source=f"Condition/{site}-{day}",
        when=maybe(day),
        **more,
    )


def took(drug: str, start: str | None = None, stop: str | None = None, **more: Any) -> Course:
    """A course; without a stop it goes on."""
    more.setdefault("is_active", stop is None)
    more.setdefault("text", drug)
    return Course(drug=drug, sources=(f"Medication/{drug}-{start}",), start=maybe(start), stop=maybe(stop), **more)


def given(drug: str, *days: str, is_active: bool | None = None, **more: Any) -> Course:
    """A course of doses given by a clinic, with nothing said of its status."""
    doses = tuple(Dose(drug=drug, when=when(day), source=f"Dose/{drug}-{day}") for day in days)
    more.setdefault("start", doses[0].when)
    return Course(drug=drug, text=drug, sources=(f"Dose/{drug}",), doses=doses, is_active=is_active, **more)


def done(kind: str, day: str | None = None, **more: Any) -> Procedure:
    return Procedure(
        kinds=frozenset({kind}), text=kind.replace("_", " "), source=f"Procedure/{kind}", when=maybe(day), **more
    )


def allergic(*kinds: str, **more: Any) -> Allergy:
    return Allergy(kinds=frozenset(kinds), text=", ".join(kinds), source="AllergyIntolerance/1", **more)


_SHELF = {
    Measurement: "measurements",
    Answer: "answers",
    Condition: "conditions",
    Fracture: "fractures",
    Course: "courses",
    Allergy: "allergies",
    Procedure: "procedures",
}


def occasion(
    *entries: Any,
    on: date = ON,
    sex: str | None = "female",
    born: str = "1950-03-14",
    lists: frozenset[str] = EVERY_LIST,
    **more: Any,
) -> Occasion:
    """A woman of 76 with these entries, on the day; by default her chart holds every list."""
    shelves: dict[str, list[Any]] = {}
    for entry in entries:
        shelves.setdefault(_SHELF[type(entry)], []).append(entry)
    patient = Patient(id="p", birth_date=when(born), sex=Sex(sex) if sex else None)
    parts = {name: tuple(sorted(items, key=_day)) for name, items in shelves.items()}
    return Occasion(Chart(patient=patient, lists=lists, **parts, **more), on, knowledge())


def _day(entry: Any) -> date:
    day = getattr(entry, "when", None) or getattr(entry, "start", None) or getattr(entry, "onset", None)
    return day.earliest if day else date.min


def value(name: str, *entries: Any, **more: Any) -> Any:
    """The value of one fact of a chart with these entries."""
    return occasion(*entries, **more)[name].value


def known(name: str, *entries: Any, **more: Any) -> Known:
    return occasion(*entries, **more)[name]
