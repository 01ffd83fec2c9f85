"""What is a number as it was sent, in the unit in which the analyte is kept?"""

from __future__ import annotations

from osteon.chart import reasons
from osteon.chart.fhir.values import Number
from osteon.chart.units import Refusal, convert, ucum_of
from osteon.knowledge.types import Analyte


def in_own_unit(number: Number, analyte: Analyte) -> float | Refusal:
    """The number in the analyte's unit, or why it cannot be had. A unit is tried by its code, then by its words."""
    value = convert(number.value, number.unit or number.spoken_unit, analyte)
    if isinstance(value, Refusal) and value.reason == reasons.NO_UNIT and number.spoken_unit != number.unit:
        return convert(number.value, number.spoken_unit, analyte)
    return value


def end_in_own_unit(number: Number, analyte: Analyte) -> float | None:
    """An end of a normal range in the analyte's unit, however far out it lies."""
    for unit in (number.unit, number.spoken_unit):
        ucum = ucum_of(unit, analyte)
        if ucum is not None:
            return number.value * analyte.factors[ucum] + analyte.offsets.get(ucum, 0.0)
    return None
