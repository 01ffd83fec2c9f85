"""Which single code does a resource carry, and which number?"""

from __future__ import annotations

from osteon.chart.codes import canonical
from osteon.chart.fhir.elements import Concept, Quantity
from osteon.chart.fhir.resources import Found


def carries(concept: Concept, code: tuple[str, str]) -> bool:
    """Is one of the codings this code, given as its system and itself?"""
    return any(each.code == code[1] and canonical(each.system) == code[0] for each in concept.coding)


def number(seen: Found, units: frozenset[str]) -> float | None:
    """The value as a number in one of these units, in lower case; "" stands for no unit. None for any other value."""
    quantity = seen.value_quantity
    if quantity and quantity.value is not None:
        return quantity.value if not quantity.comparator and unit_of(quantity) in units else None
    return float(seen.value_integer) if seen.value_integer is not None and "" in units else None


def unit_of(quantity: Quantity) -> str:
    """The unit as it was written, its code before its words, in lower case."""
    return (quantity.code or quantity.unit).strip().casefold()
