"""From when to when does a dosage hold, and how long does a supply last?"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from osteon.chart.fhir.dates import bounds, earliest
from osteon.chart.fhir.elements import Quantity
from osteon.chart.fhir.resources import Dosage
from osteon.chart.types import When
from osteon.knowledge.spans import DAYS

_SPOKEN_DAYS = {
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "months": "mo", "year": "a", "years": "a",
}  # fmt: skip


def days(quantity: Quantity | None) -> float | None:
    """A duration in days."""
    if quantity is None or quantity.value is None or not 0 < quantity.value < 1e6:
        return None
    unit = quantity.code or _SPOKEN_DAYS.get(quantity.unit.lower(), quantity.unit) or "d"
    length = DAYS.get(unit)
    return quantity.value * length if length else None


class Phase(Struct, frozen=True):
    """One stretch of a dosage, where it says of itself from when to when."""

    dosages: tuple[Dosage, ...]
    start: When | None = None
    end: When | None = None


def phases(dosages: tuple[Dosage, ...], start: When | None) -> tuple[Phase, ...]:
    """The phases of a dosage in time: one; or several that follow each other, as in a taper.

    Parts follow each other where they are numbered apart and bounded; parts that are not bounded (one in the morning,
    one at night) are taken together.
    """
    numbers = sorted({dosage.sequence or 0.0 for dosage in dosages})
    follow = len(numbers) > 1 and any(_bounds(dosage) != NO_BOUNDS for dosage in dosages)
    groups = [tuple(each for each in dosages if (each.sequence or 0.0) == number) for number in numbers]
    found = []
    begins = start
    for together in groups if follow else [dosages]:
        span = _span(together, begins)
        found.append(Phase(together, *span))
        begins = span[1]
    return tuple(found)


def _span(dosages: tuple[Dosage, ...], begins: When | None) -> tuple[When | None, When | None]:
    """From when to when are these taken together, if they begin on this day where they do not say?"""
    given = [_bounds(dosage) for dosage in dosages]
    start = earliest(*(each.start for each in given)) or begins
    ends = [each.end or (start.later(each.days) if start and each.days else None) for each in given]
    known = [end for end in ends if end]
    return start, max(known, key=lambda day: day.latest) if known and len(known) == len(ends) else None


class Bounds(NamedTuple):
    """Start, end and length in days of a dosage, as far as they are given."""

    start: When | None = None
    end: When | None = None
    days: float | None = None


NO_BOUNDS = Bounds()


def _bounds(dosage: Dosage) -> Bounds:
    repeat = dosage.timing.repeat if dosage.timing else None
    return Bounds(*bounds(repeat.bounds_period), days(repeat.bounds_duration)) if repeat else NO_BOUNDS
