"""How much of a drug is taken a day, and for how many days does it last?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from osteon.chart.fhir.dates import bounds, earliest
from osteon.chart.fhir.elements import Quantity
from osteon.chart.fhir.resources import Dosage, Timing
from osteon.chart.types import When


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


_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
_SPOKEN_DAYS = {
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "months": "mo", "year": "a", "years": "a",
}  # fmt: skip
_TIMES_PER_DAY = {
    "QD": 1.0, "QAM": 1.0, "QPM": 1.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0,
    "QOD": 0.5, "Q4H": 6.0, "Q6H": 4.0, "Q8H": 3.0, "WK": 1 / 7, "MO": 1 / 30.4375,
}  # fmt: skip
_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001}
_STRENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|g|mcg|ug|µg)\b(?!\s*/)", re.IGNORECASE)
_UNITS_OF_USE = re.compile(r"^\s*(?:\{?tab|tbl|\{?cap|pill|1$|\{?dose|$)", re.IGNORECASE)
_OFTEN = (
    (re.compile(r"\bevery other day\b|\balternate days\b|\bqod\b", re.IGNORECASE), 0.5),
    (re.compile(r"\btwice\b|\btwo times\b|\b2 times\b|\bbid\b|\bb\.i\.d", re.IGNORECASE), 2.0),
    (re.compile(r"\bthree times\b|\b3 times\b|\btid\b|\bt\.i\.d", re.IGNORECASE), 3.0),
    (re.compile(r"\bfour times\b|\b4 times\b|\bqid\b|\bq\.i\.d", re.IGNORECASE), 4.0),
    (re.compile(r"\bweek(?:ly)?\b|\bper week\b", re.IGNORECASE), 1 / 7),
    (re.compile(r"\bmonth(?:ly)?\b|\bper month\b", re.IGNORECASE), 1 / 30.4375),
    (
        re.compile(r"\bdaily\b|\bday\b|\bonce\b|\bqd\b|\bod\b|\bmorning\b|\bnight\b|\bbedtime\b|/d\b", re.IGNORECASE),
        1.0,
    ),
)
_TABLETS = re.compile(r"\b(one|two|three|half|\d+(?:\.\d+)?)\s*(?:an?\s+)?(?:tab|cap|pill)", re.IGNORECASE)
_COUNTS = {"one": 1.0, "two": 2.0, "three": 3.0, "half": 0.5}


def mg_per_day(dosages: Sequence[Dosage], product: str) -> float | None:
    """The amount a day in mg, as far as dosage and strength tell it; several dosages of one entry are added.

    A dose taken only when needed, and a dose in words that cannot be read, leave it unknown.
    """
    amounts = [_mg_per_day(dosage, product) for dosage in dosages]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


def single_dose(dosages: Sequence[Dosage]) -> Quantity | None:
    """How much at a time, as the first coded dose says?"""
    return next((part.dose_quantity for each in dosages for part in each.dose_and_rate if part.dose_quantity), None)


_LARGEST_INJECTION_MG = 10
_INJECTED = re.compile(r"intraven|inject|\bi\.?v\b|infus|subcutan|prefilled|syringe|mg/ml", re.IGNORECASE)


def is_injected(dosages: Sequence[Dosage], product: str) -> bool:
    """Do route, words or a dose too small for a tablet of ibandronate say that it is injected?"""
    said = " ".join(f"{each.route.all_words if each.route else ''} {each.text}" for each in dosages)
    mg = dose_mg(single_dose(dosages), product)
    return bool(_INJECTED.search(f"{said} {product}")) or (mg is not None and mg <= _LARGEST_INJECTION_MG)


def dose_mg(quantity: Quantity | None, product: str) -> float | None:
    """One dose in mg; tablets by the strength of the product."""
    if quantity is None or quantity.value is None or quantity.value < 0:
        return None
    unit = quantity.code or quantity.unit
    factor = _MG.get(unit, _MG.get(unit.lower()))
    if factor is not None:
        return quantity.value * factor
    strength = strength_mg(product)
    return quantity.value * strength if strength is not None and _UNITS_OF_USE.match(unit) else None


def strength_mg(product: str) -> float | None:
    """How many mg are in one tablet, by the name of the product; None where it names none or several."""
    found = {float(number) * _MG[unit.lower()] for number, unit in _STRENGTH.findall(product)}
    return found.pop() if len(found) == 1 else None


def days(quantity: Quantity | None) -> float | None:
    """A duration in days."""
    if quantity is None or quantity.value is None or not 0 < quantity.value < 1e6:
        return None
    unit = quantity.code or _SPOKEN_DAYS.get(quantity.unit.lower(), quantity.unit) or "d"
    length = _DAYS.get(unit)
    return quantity.value * length if length else None


def _mg_per_day(dosage: Dosage, product: str) -> float | None:
    if dosage.as_needed_boolean:
        return None
    coded = single_dose((dosage,))
    dose = dose_mg(coded, product) if coded else _spoken_dose(dosage.text, product)
    times = _times_a_day(dosage.timing) or _spoken_times(dosage.text)
    return None if dose is None or times is None else dose * times


def _times_a_day(timing: Timing | None) -> float | None:
    if timing is None:
        return None
    repeat = timing.repeat
    if repeat and repeat.frequency and repeat.period and repeat.period > 0 and repeat.period_unit in _DAYS:
        return repeat.frequency / (repeat.period * _DAYS[repeat.period_unit])
    if timing.code:
        return next((_TIMES_PER_DAY[each.code] for each in timing.code.coding if each.code in _TIMES_PER_DAY), None)
    return None


def _spoken_times(text: str) -> float | None:
    return next((times for pattern, times in _OFTEN if pattern.search(text)), None)


def _spoken_dose(text: str, product: str) -> float | None:
    """The dose that the words name: in mg, or in tablets of a known strength. Two doses (a taper) are none."""
    found = {float(number) * _MG[unit.lower()] for number, unit in _STRENGTH.findall(text)}
    if found:
        return found.pop() if len(found) == 1 else None
    tablets = _TABLETS.search(text)
    strength = strength_mg(product)
    if tablets is None or strength is None:
        return None
    said = tablets[1].lower()
    return (_COUNTS[said] if said in _COUNTS else float(said)) * strength
