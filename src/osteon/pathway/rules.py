"""Hold a rule against an occasion, in three-valued logic, and keep the tree that was walked.

That tree is the explanation, and its unknown leaves are the to-do list.
"""

from __future__ import annotations

from collections.abc import Iterable

from osteon.knowledge.types import (
    AllOf,
    AnyOf,
    Comparison,
    Expression,
    FactEntry,
    FactTest,
    NotSo,
    Rule,
    RuleHolds,
)
from osteon.pathway.finding import Finding, Missing, Reason, Step
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth, every, some


def judge(rule: Rule, at: Occasion) -> Finding:
    """Does this rule hold for this patient on this day, and why?"""
    step = walk(rule.when, at)
    facts = _deciding(step, step.truth)
    entries = at.knowledge.facts
    return Finding(
        id=rule.id,
        verdict=step.truth,
        severity=rule.severity,
        text=rule.otherwise if step.truth is Truth.NO and rule.otherwise else rule.says,
        because=tuple(reason(name, at[name], entries[name]) for name in facts if at[name].is_known),
        missing=tuple(
            Missing(name, entries[name].label, entries[name].obtain, at[name].why_not)
            for name in facts
            if not at[name].is_known
        ),
        citations=rule.cite,
        verified=rule.verified,
        remedy=rule.remedy,
        only_a_result_clears=rule.only_a_result_clears,
        note=rule.note,
        walk=step,
    )


def judge_all(rules: Iterable[Rule], at: Occasion) -> tuple[Finding, ...]:
    """Each rule held against the occasion, in the order given."""
    return tuple(judge(rule, at) for rule in rules)


def walk(expression: Expression, at: Occasion) -> Step:
    """The steps through an expression, every branch walked so that everything missing is found."""
    match expression:
        case FactTest():
            return _tested(expression, at)
        case RuleHolds(rule=name):
            rule = at.knowledge.rules[name]
            below = walk(rule.when, at)
            return Step(rule.says, below.truth, "", (below,))
        case NotSo(of=inner):
            below = walk(inner, at)
            return Step("not", ~below.truth, "", (below,))
        case AllOf(of=parts):
            steps = tuple(walk(part, at) for part in parts)
            return Step("all of", every(step.truth for step in steps), "", steps)
        case AnyOf(of=parts):
            steps = tuple(walk(part, at) for part in parts)
            return Step("any of", some(step.truth for step in steps), "", steps)


def _tested(test: FactTest, at: Occasion) -> Step:
    entry = at.knowledge.facts[test.fact]
    return Step(question(test, entry), compare(at[test.fact], test.comparison, test.value), test.fact)


def compare(known: Known, comparison: Comparison, against: float | bool | str | tuple[str, ...]) -> Truth:
    """Does a known value compare so? An unknown value, or one whose bounds disagree, cannot be told."""
    value = known.value
    if comparison is Comparison.KNOWN:
        return Truth.of((value is not None) is bool(against))
    if value is None:
        return Truth.CANNOT_TELL
    if comparison is Comparison.EQUALS:
        return Truth.of(value == against)
    if comparison is Comparison.ONE_OF:
        return Truth.of(value in _words(against))
    if comparison is Comparison.INCLUDES:
        return Truth.of(isinstance(value, frozenset) and not value.isdisjoint(_words(against)))
    if not isinstance(value, int | float) or not isinstance(against, int | float):
        message = f"cannot compare {value!r} with {against!r}"
        raise TypeError(message)
    low = value if known.low is None else known.low
    high = value if known.high is None else known.high
    first, last = _holds(low, comparison, against), _holds(high, comparison, against)
    return Truth.of(first) if first is last else Truth.CANNOT_TELL


def _holds(value: float, comparison: Comparison, against: float) -> bool:
    match comparison:
        case Comparison.BELOW:
            return value < against
        case Comparison.AT_MOST:
            return value <= against
        case Comparison.AT_LEAST:
            return value >= against
        case _:
            return value > against


def _words(against: float | bool | str | tuple[str, ...]) -> tuple[str, ...]:
    return against if isinstance(against, tuple) else (str(against),)


# --- words ---------------------------------------------------------------------------------------------------------

_COMPARED = {
    Comparison.EQUALS: "is",
    Comparison.BELOW: "below",
    Comparison.AT_MOST: "at most",
    Comparison.AT_LEAST: "at least",
    Comparison.ABOVE: "above",
    Comparison.ONE_OF: "one of",
    Comparison.INCLUDES: "include",
}


def question(test: FactTest, entry: FactEntry) -> str:
    """What a test asks, in words: `creatinine clearance below 35 mL/min`."""
    if test.comparison is Comparison.KNOWN:
        return f"{entry.label} known" if test.value else f"{entry.label} not known"
    if isinstance(test.value, bool):
        return entry.label if test.value else f"not: {entry.label}"
    value = " or ".join(test.value) if isinstance(test.value, tuple) else said(test.value, entry.unit)
    return f"{entry.label} {_COMPARED[test.comparison]} {value}"


def said(value: object, unit: str = "") -> str:
    """A value in words, with its unit where the unit is one that people write."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset | tuple | list):
        return ", ".join(sorted(word.replace("_", " ") for word in value)) or "none"
    if isinstance(value, float | int):
        number = f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:.0f}"
        return f"{number} {SPOKEN_UNITS.get(unit, unit)}".strip()
    return str(value).replace("_", " ")


SPOKEN_UNITS = {
    "1": "",
    "a": "years",
    "mo": "months",
    "d": "days",
    "{T}": "",
    "{Z}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "{units}/d": "units a day",
    "kg/m2": "kg/m²",
    "Cel": "°C",
    "%": "%",
}


def reason(name: str, known: Known, entry: FactEntry) -> Reason:
    """A fact as a reason: what it said, when, and on which entries of the chart it rests."""
    value = sorted(known.value) if isinstance(known.value, frozenset) else known.value
    return Reason(
        fact=name,
        text=f"{entry.label}: {said(known.value, entry.unit)}",
        value=value,
        unit=entry.unit,
        as_of=known.as_of,
        sources=tuple(ground.source for ground in known.grounds if ground.source),
    )


def _deciding(step: Step, truth: Truth) -> tuple[str, ...]:
    """The facts that the outcome rests on: under a yes the branches that held, under a no those that did not."""
    names: dict[str, None] = {}
    _collect(step, truth, names)
    return tuple(names)


def _collect(step: Step, truth: Truth, names: dict[str, None]) -> None:
    if step.fact:
        names[step.fact] = None
        return
    for below in step.below:
        wanted = ~truth if step.asked == "not" else truth
        if below.truth is wanted or (truth is Truth.CANNOT_TELL and below.truth is Truth.CANNOT_TELL):
            _collect(below, below.truth, names)
