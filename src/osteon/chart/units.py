"""What is a number in the unit in which its analyte is kept, and is it plausible?

Factors stand in the knowledge, one table per analyte, by UCUM codes; tests hold them against pint and ucumvert. A
number is never guessed into a unit: without one it counts only where the analyte has but one scale.
"""

from __future__ import annotations

import re

from msgspec import Struct

from osteon.chart import reasons
from osteon.knowledge.types import Analyte


class Refusal(Struct, frozen=True):
    """Why is this number not a measurement? `reason` is one of the sentences of `osteon.chart.reasons`."""

    reason: str
    detail: str = ""


def convert(value: float, unit: str, analyte: Analyte) -> float | Refusal:
    """The value in the analyte's own unit, or why it is left out: its unit is unknown, or it is not plausible.

    `unit` is a UCUM code, or what people write for one (`mcg/L`, `µmol/l`, `lbs`, `°F`).
    """
    said = f"{value:g} {unit}".strip()
    ucum = ucum_of(unit, analyte)
    if ucum is None:
        return Refusal(reasons.NO_UNIT, f"{said}: give one of {', '.join(analyte.factors)}")
    converted = in_kept_unit(value, ucum, analyte)
    low, high = analyte.low.value, analyte.high.value
    if not low <= converted <= high:
        return Refusal(reasons.IMPLAUSIBLE, f"{said}: plausible are {low:g} to {high:g} {analyte.unit}")
    return converted


def in_kept_unit(value: float, ucum: str, analyte: Analyte) -> float:
    """The value in the analyte's own unit. `ucum` is one of the codes that the analyte can be converted from."""
    return value * analyte.factors[ucum] + analyte.offsets.get(ucum, 0.0)


def ucum_of(unit: str, analyte: Analyte) -> str | None:
    """The UCUM code that is meant, of those that the analyte can be converted from; None where there is none."""
    if unit in analyte.factors:
        return unit
    spelled = spelling(unit)
    if not spelled:
        return analyte.unit if has_one_scale(analyte) else None
    if spelled in analyte.spoken:
        return analyte.spoken[spelled]
    return next((code for code in analyte.factors if spelling(code) == spelled), None)


def has_one_scale(analyte: Analyte) -> bool:
    """Do all its units mean the same number, so that a bare number can be understood?"""
    return not analyte.offsets and all(factor == 1.0 for factor in analyte.factors.values())


_SAME = str.maketrans({"µ": "u", "μ": "u", "²": "2", "³": "3", "⋅": ".", "·": "."})
_NOISE = re.compile(r"[\s^]|\*\*")
_MICRO = re.compile(r"mcg|microg(?:rams?)?")
_UNITS = re.compile(r"(?<![a-z\[])(m|u|k)?iu(?![a-z\]])")


def spelling(unit: str) -> str:
    """A unit in the one spelling in which units are compared: `MCG / L`, `µg/l` and `ug/L` are `ug/l`."""
    plain = _NOISE.sub("", unit.translate(_SAME).casefold())
    plain = plain.replace("micromol", "umol").replace("mcmol", "umol").replace("nanomol", "nmol")
    return _UNITS.sub(r"\1[iu]", _MICRO.sub("ug", plain))
