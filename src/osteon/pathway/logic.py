"""Walk an expression over named facts, in three-valued logic, and keep every step.

The steps are the explanation, and their unknown leaves are the to-do list. Every branch is walked, even after the
outcome is decided, so that everything missing is found.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from osteon.knowledge.types import AllOf, AnyOf, Comparison, Expression, FactTest, NotSo, RuleHolds
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth, every, some


class Step(Struct, frozen=True):
    """One step: what was asked, what came out, and the steps below it."""

    expression: Expression
    truth: Truth
    below: tuple[Step, ...] = ()


def walk(expression: Expression, at: Occasion) -> Step:
    """The steps through an expression on one occasion."""
    if type(expression) is FactTest:
        return Step(expression, compare(at[expression.fact], expression.comparison, expression.value))
    match expression:
        case RuleHolds(rule=name):
            below = at.walked.get(name)
            if below is None:
                rule = at.knowledge.rules.get(name)
                if rule is None:  # not in force on this day or in this jurisdiction: it cannot hold
                    return Step(expression, Truth.NO)
                below = at.walked[name] = walk(rule.when, at)
            return Step(expression, below.truth, (below,))
        case AllOf(of=parts):
            steps = tuple([walk(part, at) for part in parts])
            return Step(expression, every([step.truth for step in steps]), steps)
        case AnyOf(of=parts):
            steps = tuple([walk(part, at) for part in parts])
            return Step(expression, some([step.truth for step in steps]), steps)
        case NotSo(of=inner):
            below = walk(inner, at)
            return Step(expression, ~below.truth, (below,))
    raise TypeError(expression)


def deciding(step: Step) -> tuple[str, ...]:
    """The facts that the outcome rests on.

    Under a yes, the branches that held; under a no, those that did not; under what cannot be told, the unknown ones.
    """
    names: dict[str, None] = {}
    _collect(step, names)
    return tuple(names)


def _collect(step: Step, names: dict[str, None]) -> None:
    expression = step.expression
    if type(expression) is FactTest:
        names[expression.fact] = None
        return
    wanted = ~step.truth if type(expression) is NotSo else step.truth
    for below in step.below:
        if below.truth is wanted:
            _collect(below, names)


Against = float | bool | str | tuple[str, ...]


def compare(known: Known, comparison: Comparison, against: Against) -> Truth:
    """Does a known value compare so? An unknown value, or one whose bounds disagree, cannot be told."""
    value = known.value
    if comparison is Comparison.KNOWN:
        return Truth.YES if (value is not None) is bool(against) else Truth.NO
    if value is None:
        return Truth.CANNOT_TELL
    measured = _MEASURED.get(comparison)
    if measured is None:
        return Truth.YES if _SPOKEN[comparison](value, against) else Truth.NO
    if isinstance(value, bool) or not isinstance(value, float | int) or not isinstance(against, float | int):
        message = f"cannot hold {value!r} against {against!r} by {comparison.value}"
        raise TypeError(message)
    low = value if known.low is None else known.low
    high = value if known.high is None else known.high
    first = measured(low, against)
    if low != high and measured(high, against) is not first:
        return Truth.CANNOT_TELL
    return Truth.YES if first else Truth.NO


_MEASURED: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.BELOW: lambda value, against: value < against,
    Comparison.AT_MOST: lambda value, against: value <= against,
    Comparison.AT_LEAST: lambda value, against: value >= against,
    Comparison.ABOVE: lambda value, against: value > against,
}

_SPOKEN: dict[Comparison, Callable[[object, Against], bool]] = {
    Comparison.EQUALS: lambda value, against: value == against,
    Comparison.ONE_OF: lambda value, against: value in _words(against),
    Comparison.INCLUDES: lambda value, against: isinstance(value, frozenset) and not value.isdisjoint(_words(against)),
}


def _words(against: Against) -> tuple[str, ...]:
    return against if isinstance(against, tuple) else (str(against),)
