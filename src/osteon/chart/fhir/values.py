"""Which value was found: a number, a yes or no, words, or none, and then why?"""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec import Struct

from osteon.chart import reasons
from osteon.chart.fhir.elements import Concept, Quantity
from osteon.chart.fhir.resources import Found
from osteon.chart.units import Refusal


class Number(Struct, frozen=True):
    """A number as it was sent; `comparator` is `<` or `>` where it is only a limit, `unit` a UCUM code or words."""

    value: float
    comparator: str = ""
    unit: str = ""
    spoken_unit: str = ""


Value: TypeAlias = Number | bool | str | Refusal


def value_of(found: Found) -> Value:
    """The value in whichever of FHIR's forms it was sent."""
    if found.value_quantity and found.value_quantity.value is not None:
        return number_of(found.value_quantity)
    if found.value_boolean is not None:
        return found.value_boolean
    if found.value_integer is not None:
        return Number(float(found.value_integer))
    if found.value_string.strip():
        return number_in(found.value_string)
    if found.value_codeable_concept:
        return _coded(found.value_codeable_concept)
    if found.value_range:
        return _limit(found.value_range.low, found.value_range.high)
    if found.value_date_time:
        return found.value_date_time
    absent = found.data_absent_reason
    return Refusal(reasons.NO_VALUE, absent.words if absent else "")


def number_of(quantity: Quantity) -> Number:
    """A quantity as a number with its unit."""
    return Number(
        quantity.value or 0.0, _COMPARATORS.get(quantity.comparator, ""), quantity.code, quantity.unit or quantity.code
    )


def number_in(text: str) -> Number | str | Refusal:
    """The number in a text that holds one, perhaps with a label, a unit and a remark: `T-score: -2.9 (osteoporosis)`.

    Other words stay words.

    A comma before exactly three digits may part thousands or decimals: nobody can tell, so it is no number.
    """
    match = _NUMBER.fullmatch(text.strip().translate(_SIGNS))
    if not match:
        return text.strip()
    digits = match["number"]
    if "," in digits and len(digits.rpartition(",")[2]) == 3:
        return Refusal(reasons.NOT_A_NUMBER, f"{text.strip()!r}: a decimal comma or thousands?")
    unit = match["unit"].strip()
    return Number(float(digits.replace(",", ".")), _COMPARATORS.get(match["comparator"], ""), unit, unit)


_SIGNS = str.maketrans({"−": "-", "–": "-", "≤": "<", "≥": ">"})
_NUMBER = re.compile(
    r"(?:[A-Za-z][A-Za-z -]{0,24}[:=]\s*)?"
    r"(?P<comparator><=?|>=?|)\s*"
    r"(?P<number>[+-]?\d{1,9}(?:[.,]\d{1,9})?)"
    r"(?P<unit>(?:\s*[A-Za-zµμ%{/][^,;()]{0,24})?)"
    r"(?:\s*\([^()]{0,40}\))?"
)
_COMPARATORS = {"<": "<", "<=": "<", ">": ">", ">=": ">"}


def _coded(concept: Concept) -> Value:
    """A coded value as words, or as the number that its words are."""
    return number_in(concept.words) if concept.words else Refusal(reasons.NO_VALUE)


def _limit(low: Quantity | None, high: Quantity | None) -> Value:
    """A range that is open on one side is a limit; one that is closed is not one number."""
    below = number_of(high) if high and high.value is not None else None
    above = number_of(low) if low and low.value is not None else None
    if below and above:
        if below.value == above.value:
            return below
        return Refusal(reasons.NOT_A_NUMBER, f"{above.value:g} to {below.value:g} {below.spoken_unit}".strip())
    if below:
        return Number(below.value, "<", below.unit, below.spoken_unit)
    return Number(above.value, ">", above.unit, above.spoken_unit) if above else Refusal(reasons.NO_VALUE)
