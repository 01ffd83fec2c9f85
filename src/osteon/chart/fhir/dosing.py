"""How much of a drug is taken a day?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from osteon.chart.fhir.elements import Quantity
from osteon.chart.fhir.frequency import NUMBER, count, is_when_needed, times_a_day
from osteon.chart.fhir.resources import Dosage, Timing
from osteon.knowledge.spans import DAYS

_TIMES_PER_DAY = {
    "QD": 1.0, "QAM": 1.0, "QPM": 1.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0,
    "QOD": 0.5, "Q4H": 6.0, "Q6H": 4.0, "Q8H": 3.0, "WK": 1 / DAYS["wk"], "MO": 1 / DAYS["mo"],
}  # fmt: skip
_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001}
_STRENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|g|mcg|ug|µg)\b(?!\s*/)", re.IGNORECASE)
_UNITS_OF_USE = re.compile(r"^\s*(?:\{?tab|tbl|\{?cap|pill|\{?dose)", re.IGNORECASE)
_MOST_TABLETS = 4
"""A bare number up to this counts tablets; above it nobody can tell it from milligrams."""
_TABLETS = re.compile(rf"\b{NUMBER}\s*(?:an?\s+)?(?:tab|cap|pill)", re.IGNORECASE)


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


def _mg_per_day(dosage: Dosage, product: str) -> float | None:
    if dosage.as_needed_boolean or is_when_needed(dosage.text):
        return None
    coded = single_dose((dosage,))
    dose = dose_mg(coded, product) if coded else _spoken_dose(dosage.text, product)
    times = _times_a_day(dosage.timing) or times_a_day(dosage.text)
    return None if dose is None or times is None else dose * times


def _times_a_day(timing: Timing | None) -> float | None:
    if timing is None:
        return None
    repeat = timing.repeat
    if repeat and repeat.frequency and repeat.period and repeat.period > 0 and repeat.period_unit in DAYS:
        return repeat.frequency / (repeat.period * DAYS[repeat.period_unit])
    if timing.code:
        return next((_TIMES_PER_DAY[each.code] for each in timing.code.coding if each.code in _TIMES_PER_DAY), None)
    return None


def _spoken_dose(text: str, product: str) -> float | None:
    """The dose that the words name: in mg, or in tablets of a known strength. Two doses (a taper) are none."""
    found = {float(number) * _MG[unit.lower()] for number, unit in _STRENGTH.findall(text)}
    if found:
        return found.pop() if len(found) == 1 else None
    tablets = _TABLETS.search(text)
    strength = strength_mg(product)
    if tablets is None or strength is None:
        return None
    return count(tablets["number"]) * strength
