"""One patient on one day, under one body of knowledge: the place where every named fact is worked out, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from osteon.chart.types import Chart
from osteon.knowledge import Knowledge
from osteon.pathway.finding import Reason
from osteon.pathway.known import Known
from osteon.pathway.told import settled
from osteon.pathway.truth import Truth

T = TypeVar("T")
FactFunction: TypeAlias = "Callable[[Occasion], Known]"
RecordFunction: TypeAlias = "Callable[[str, Occasion], Known]"

_registry: dict[str, FactFunction] = {}
FACTS = MappingProxyType(_registry)
"""The named facts that have a function of their own."""

_records: dict[str, RecordFunction] = {}
RECORDS = MappingProxyType(_records)
"""The ways of reading a fact straight from the chart: condition, procedure, medication, answer."""


class Occasion:
    """A chart, the day on which it is judged, and the knowledge in force.

    `occasion["crcl_ml_min"]` is the `Known` value of that fact; each fact is worked out at most once. Given facts
    (`given`) stand in place of the chart's: that is how a rule is tried on a case. `truths` and `reasons` keep
    what was worked out already.
    """

    __slots__ = ("_answers", "_steps", "chart", "given_only", "knowledge", "on", "reasons", "truths")

    def __init__(
        self,
        chart: Chart,
        on: date,
        knowledge: Knowledge,
        *,
        given: dict[str, Known] | None = None,
        given_only: bool = False,
    ) -> None:
        self.chart = chart
        self.on = on
        self.knowledge = knowledge
        self.given_only = given_only
        self._answers: dict[str, Known] = dict(given or {})
        self._steps: dict[Callable[[Occasion], Any], Any] = {}
        self.truths: dict[str, Truth] = {}
        self.reasons: dict[str, Reason] = {}

    def __getitem__(self, name: str) -> Known:
        """The named fact on this occasion. Raises KeyError for a name outside the vocabulary."""
        answer = self._answers.get(name)
        if answer is None:
            answer = NOT_GIVEN if self.given_only else self._worked_out(name)
            self._answers[name] = answer
        return answer

    def once(self, step: Callable[[Occasion], T]) -> T:
        """What an intermediate step gives that several facts share: worked out at most once."""
        if step not in self._steps:
            self._steps[step] = step(self)
        result: T = self._steps[step]
        return result

    @property
    def asked(self) -> MappingProxyType[str, Known]:
        """The facts that have been worked out so far."""
        return MappingProxyType(self._answers)

    def _worked_out(self, name: str) -> Known:
        function = _registry.get(name)
        known = function(self) if function else _records[self.knowledge.facts[name].record](name, self)
        answers = self.chart.by_question.get(name)
        return settled(known, answers, self.knowledge.facts[name], self.on, self.knowledge) if answers else known


NOT_GIVEN = Known(None, (), "not given")


def fact(function: FactFunction) -> FactFunction:
    """Register a function of an `Occasion` as the named fact of the same name."""
    name = function.__name__
    if name in _registry:
        message = f"the fact {name!r} is defined twice"
        raise ValueError(message)
    _registry[name] = function
    return function


def record(function: RecordFunction) -> RecordFunction:
    """Register a function as the way of reading facts whose vocabulary entry has this function's name as `record`."""
    _records[function.__name__] = function
    return function
