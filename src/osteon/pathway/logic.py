"""Hold rules over named facts against an occasion, in three-valued logic.

`truth_of` gives the outcome of a rule as fast as it can: it stops at what decides, and works out no fact that nothing
depends on. `walk` takes every branch and keeps every step: its leaves are the reasons, its unknown leaves the to-do
list. Both read the same expressions by the same comparisons, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from osteon.knowledge import Knowledge
from osteon.knowledge.types import AllOf, AnyOf, Comparison, Expression, FactTest, NotSo, RuleHolds
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.step import Step
from osteon.pathway.truth import Truth, every, some

Asked: TypeAlias = Callable[[Occasion], Truth]
Against: TypeAlias = float | bool | str | tuple[str, ...]

# --- the outcome ----------------------------------------------------------------------------------------------------

_asked: dict[int, tuple[Knowledge, dict[str, Asked]]] = {}
"""The rules of each body of knowledge that is loaded, as functions; by its identity, and kept so that it stays so."""


def truth_of(rule: str, at: Occasion) -> Truth:
    """Does the rule of this id hold on this occasion? Worked out at most once; no where it is not in force."""
    truth = at.truths.get(rule)
    if truth is None:
        kept = _asked.get(id(at.knowledge)) or _asked.setdefault(id(at.knowledge), (at.knowledge, {}))
        function = kept[1].get(rule) or kept[1].setdefault(rule, _function(rule, at.knowledge))
        truth = at.truths[rule] = function(at)
    return truth


def _function(rule: str, knowledge: Knowledge) -> Asked:
    in_force = knowledge.rules.get(rule)
    return asked(in_force.when) if in_force else _never


def asked(expression: Expression) -> Asked:
    """An expression as a function of an occasion, made once and asked of many."""
    match expression:
        case FactTest(fact=fact, value=against):
            compared = _COMPARED[expression.comparison]
            return lambda at: compared(at[fact], against)
        case RuleHolds(rule=rule):
            return lambda at: truth_of(rule, at)
        case NotSo(of=inner):
            opposite = asked(inner)
            return lambda at: ~opposite(at)
        case AllOf(of=parts):
            return _joined([asked(part) for part in parts], decided_by=Truth.NO, otherwise=Truth.YES)
        case AnyOf(of=parts):
            return _joined([asked(part) for part in parts], decided_by=Truth.YES, otherwise=Truth.NO)


def _joined(parts: list[Asked], *, decided_by: Truth, otherwise: Truth) -> Asked:
    """`truth.every` or `truth.some` of the parts, in a plain loop: this is where a million charts spend their time."""

    def joined(at: Occasion) -> Truth:
        answer = otherwise
        for part in parts:
            truth = part(at)
            if truth is decided_by:
                return truth
            if truth is not otherwise:
                answer = truth
        return answer

    return joined


def _never(_: Occasion) -> Truth:
    return Truth.NO


# --- the walk -------------------------------------------------------------------------------------------------------


def walk(expression: Expression, at: Occasion) -> Step:
    """The steps through an expression, every branch of it."""
    match expression:
        case FactTest():
            return Step(expression, compare(at[expression.fact], expression.comparison, expression.value))
        case RuleHolds(rule=name):
            rule = at.knowledge.rules.get(name)
            below = (walk(rule.when, at),) if rule else ()
            return Step(expression, below[0].truth if below else Truth.NO, below)
        case NotSo(of=inner):
            step = walk(inner, at)
            return Step(expression, ~step.truth, (step,))
        case AllOf(of=parts):
            steps = tuple(walk(part, at) for part in parts)
            return Step(expression, every(step.truth for step in steps), steps)
        case AnyOf(of=parts):
            steps = tuple(walk(part, at) for part in parts)
            return Step(expression, some(step.truth for step in steps), steps)


def deciding(step: Step) -> tuple[str, ...]:
    """The facts that the outcome rests on.

    Under a yes, the branches that held; under a no, those that did not; under what cannot be told, the unknown ones.
    """
    names: dict[str, None] = {}
    _collect(step, names)
    return tuple(names)


def _collect(step: Step, names: dict[str, None]) -> None:
    if isinstance(step.expression, FactTest):
        names[step.expression.fact] = None
        return
    wanted = ~step.truth if isinstance(step.expression, NotSo) else step.truth
    for below in step.below:
        if below.truth is wanted:
            _collect(below, names)


# --- comparisons ----------------------------------------------------------------------------------------------------


def compare(known: Known, comparison: Comparison, against: Against) -> Truth:
    """Does a known value compare so? An unknown value, or one whose bounds disagree, cannot be told."""
    return _COMPARED[comparison](known, against)


def _known(known: Known, against: Against) -> Truth:
    return Truth.YES if (known.value is not None) is bool(against) else Truth.NO


def _equals(known: Known, against: Against) -> Truth:
    if known.value is None:
        return Truth.CANNOT_TELL
    return Truth.YES if known.value == against else Truth.NO


def _one_of(known: Known, against: Against) -> Truth:
    if known.value is None:
        return Truth.CANNOT_TELL
    return Truth.YES if known.value in _words(against) else Truth.NO


def _includes(known: Known, against: Against) -> Truth:
    value = known.value
    if value is None:
        return Truth.CANNOT_TELL
    return Truth.YES if isinstance(value, frozenset) and not value.isdisjoint(_words(against)) else Truth.NO


def _measured(holds: Callable[[float, float], bool]) -> Callable[[Known, Against], Truth]:
    """A comparison of numbers, answered only where both bounds of the value agree."""

    def compared(known: Known, against: Against) -> Truth:
        value = known.value
        if value is None:
            return Truth.CANNOT_TELL
        if isinstance(value, bool | str | frozenset) or not isinstance(against, float | int):
            message = f"cannot measure {value!r} against {against!r}"
            raise TypeError(message)
        if known.low is None and known.high is None:
            return Truth.YES if holds(value, against) else Truth.NO
        first = holds(value if known.low is None else known.low, against)
        last = holds(value if known.high is None else known.high, against)
        return Truth.CANNOT_TELL if first is not last else Truth.YES if first else Truth.NO

    return compared


def _words(against: Against) -> tuple[str, ...]:
    return against if isinstance(against, tuple) else (str(against),)


_COMPARED: dict[Comparison, Callable[[Known, Against], Truth]] = {
    Comparison.KNOWN: _known,
    Comparison.EQUALS: _equals,
    Comparison.ONE_OF: _one_of,
    Comparison.INCLUDES: _includes,
    Comparison.BELOW: _measured(lambda value, against: value < against),
    Comparison.AT_MOST: _measured(lambda value, against: value <= against),
    Comparison.AT_LEAST: _measured(lambda value, against: value >= against),
    Comparison.ABOVE: _measured(lambda value, against: value > against),
}
