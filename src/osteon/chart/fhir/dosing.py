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
_SPOKEN_LENGTHS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_TIMES_PER_DAY = {
    "QD": 1.0, "QAM": 1.0, "QPM": 1.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0,
    "QOD": 0.5, "Q4H": 6.0, "Q6H": 4.0, "Q8H": 3.0, "WK": 1 / 7, "MO": 1 / 30.4375,
}  # fmt: skip
_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001}
_STRENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|g|mcg|ug|µg)\b(?!\s*/)", re.IGNORECASE)
_UNITS_OF_USE = re.compile(r"^\s*(?:\{?tab|tbl|\{?cap|pill|\{?dose)", re.IGNORECASE)
_MOST_TABLETS = 4
"""A bare number up to this counts tablets; above it nobody can tell it from milligrams."""
_COUNTS = {
    "once": 1,
    "one": 1,
    "twice": 2,
    "two": 2,
    "three": 3,
    "four": 4,
    "half": 0.5,
    "six": 6,
    "eight": 8,
    "twelve": 12,
}
_NUMBER = r"(?P<number>\d+(?:\.\d+)?|" + "|".join(_COUNTS) + r")"
_UNIT = r"(?P<unit>hour|day|week|month|year)"
_EVERY_OTHER = re.compile(r"\bevery (?:other|second) day\b|\balternate days\b|\bqod\b", re.IGNORECASE)
_EVERY = re.compile(rf"\bevery\s+(?:{_NUMBER}\s+)?{_UNIT}s?\b", re.IGNORECASE)
_TIMES = re.compile(
    rf"\b{_NUMBER}(?:\s*x)?(?:\s+times?)?\s*(?:an?|per|each|every|/)?\s*(?:{_UNIT}(?:ly)?|(?P<daily>daily))\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b(?:(?P<daily>daily|nightly|qd|od|morning|bedtime|night|evening|per day|a day)|(?P<weekly>weekly)|(?P<monthly>monthly))\b",
    re.IGNORECASE,
)
_LATIN = {"bid": 2.0, "tid": 3.0, "qid": 4.0}
_TWICE = re.compile(r"\bmorning and (?:at )?(?:evening|night|bedtime)\b", re.IGNORECASE)
_WHEN_NEEDED = re.compile(r"\bas needed\b|\bprn\b|\bif required\b|\bwhen (?:needed|required)\b", re.IGNORECASE)
_TABLETS = re.compile(rf"\b{_NUMBER}\s*(?:an?\s+)?(?:tab|cap|pill)", re.IGNORECASE)


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
    is_bare = unit.strip() in ("", "1") and quantity.value <= _MOST_TABLETS
    return quantity.value * strength if strength is not None and (is_bare or _UNITS_OF_USE.match(unit)) else None


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
    if dosage.as_needed_boolean or _WHEN_NEEDED.search(dosage.text):
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
    """How often a day, in words: `twice a day`, `every 12 hours`, `three times a week`. Once alone is no frequency."""
    if _EVERY_OTHER.search(text):
        return 0.5
    every = _EVERY.search(text)
    if every:
        return 1 / (_count(every["number"] or "one") * _SPOKEN_LENGTHS[every["unit"].lower()])
    times = _TIMES.search(text)
    if times:
        return _count(times["number"]) / _SPOKEN_LENGTHS[(times["unit"] or "day").lower()]
    latin = next(
        (often for word, often in _LATIN.items() if re.search(rf"\b{'[.]?'.join(word)}\b", text, re.IGNORECASE)), None
    )
    if latin or _TWICE.search(text):
        return latin or 2.0
    bare = _BARE.search(text)
    return None if bare is None else 1.0 if bare["daily"] else 1 / 7 if bare["weekly"] else 1 / 30.4375


def _count(said: str) -> float:
    return _COUNTS.get(said.lower()) or float(said) or 1.0


def _spoken_dose(text: str, product: str) -> float | None:
    """The dose that the words name: in mg, or in tablets of a known strength. Two doses (a taper) are none."""
    found = {float(number) * _MG[unit.lower()] for number, unit in _STRENGTH.findall(text)}
    if found:
        return found.pop() if len(found) == 1 else None
    tablets = _TABLETS.search(text)
    strength = strength_mg(product)
    if tablets is None or strength is None:
        return None
    return _count(tablets["number"]) * strength
