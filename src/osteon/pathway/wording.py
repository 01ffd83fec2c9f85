"""How facts and tests are said in words, the same in every finding and report."""

from __future__ import annotations

from osteon.knowledge import Knowledge
from osteon.knowledge.types import AllOf, AnyOf, Comparison, Expression, FactEntry, FactTest, NotSo, RuleHolds

_COMPARED = {
    Comparison.EQUALS: "is",
    Comparison.BELOW: "below",
    Comparison.AT_MOST: "at most",
    Comparison.AT_LEAST: "at least",
    Comparison.ABOVE: "above",
    Comparison.ONE_OF: "one of",
    Comparison.INCLUDES: "include",
}

SPOKEN_UNITS = {
    "1": "",
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "{T}": "",
    "{Z}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "{units}/d": "units a day",
    "kg/m2": "kg/m²",
    "Cel": "°C",
    "mm[Hg]": "mmHg",
    "{score}": "",
}
_SINGULAR = {"years": "year", "months": "month", "weeks": "week", "days": "day"}


def said(value: object, unit: str = "") -> str:
    """A value in words, with its unit where the unit is one that people write."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        number = f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:.0f}"
        words = SPOKEN_UNITS.get(unit, unit)
        return f"{number} {_SINGULAR.get(words, words) if number == '1' else words}".rstrip()
    if isinstance(value, frozenset | tuple | list):
        return ", ".join(sorted(word.replace("_", " ") for word in value)) or "none"
    return str(value).replace("_", " ")


def question(expression: Expression, knowledge: Knowledge) -> str:
    """What an expression asks, in words: `creatinine clearance below 35 mL/min`."""
    match expression:
        case FactTest():
            return _tested(expression, knowledge.facts[expression.fact])
        case RuleHolds(rule=name):
            rule = knowledge.rules.get(name)
            return rule.says if rule else f"not in force here: {name}"
        case AllOf():
            return "all of"
        case AnyOf():
            return "any of"
        case NotSo():
            return "not"
    raise TypeError(expression)


def _tested(test: FactTest, entry: FactEntry) -> str:
    if test.comparison is Comparison.KNOWN:
        return f"{entry.label} known" if test.value else f"{entry.label} not known"
    if isinstance(test.value, bool):
        return entry.label if test.value else f"not: {entry.label}"
    value = (
        " or ".join(word.replace("_", " ") for word in test.value)
        if isinstance(test.value, tuple)
        else said(test.value, entry.unit)
    )
    return f"{entry.label} {_COMPARED[test.comparison]} {value}"
