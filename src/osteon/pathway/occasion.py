"""One patient on one day, under one body of knowledge: the place where every named fact is worked out, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from osteon.chart.types import Chart
from osteon.knowledge import Knowledge
from osteon.pathway.known import Known

if TYPE_CHECKING:
    from osteon.pathway.finding import Reason
    from osteon.pathway.logic import Step

FactFunction: TypeAlias = "Callable[[Occasion], Known]"

_registry: dict[str, FactFunction] = {}
FACTS = MappingProxyType(_registry)
"""Every named fact and the function that answers it."""


class Occasion:
    """A chart, the day on which it is judged, and the knowledge in force.

    `occasion["crcl_ml_min"]` is the `Known` value of that fact; each fact is worked out at most once. Given facts
    (`given`) stand in place of the chart's: that is how a rule is tried on a case. `walked` and `reasons` keep
    what was worked out already.
    """

    __slots__ = ("_answers", "chart", "given_only", "knowledge", "on", "reasons", "walked")

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
        self.walked: dict[str, Step] = {}
        self.reasons: dict[str, Reason] = {}

    def __getitem__(self, name: str) -> Known:
        """The named fact on this occasion. Raises KeyError for a name outside the vocabulary."""
        answer = self._answers.get(name)
        if answer is None:
            answer = NOT_GIVEN if self.given_only else _registry[name](self)
            self._answers[name] = answer
        return answer

    @property
    def asked(self) -> MappingProxyType[str, Known]:
        """The facts that have been worked out so far."""
        return MappingProxyType(self._answers)


NOT_GIVEN = Known(None, (), "not given")


def fact(function: FactFunction) -> FactFunction:
    """Register a function of an `Occasion` as the named fact of the same name."""
    name = function.__name__
    if name in _registry:
        message = f"the fact {name!r} is defined twice"
        raise ValueError(message)
    _registry[name] = function
    return function
