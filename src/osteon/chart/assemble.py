"""From the facts of one patient, in whatever order they were read, to the chart.

Every list of a chart has a fixed order, equal facts stand once, and what lies after the day in question is left out
by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from osteon.chart import reasons
from osteon.chart.courses import Exposure, Joining
from osteon.chart.courses import merge as courses_of
from osteon.chart.fractures import Recording
from osteon.chart.fractures import merge as fractures_of
from osteon.chart.types import (
    Allergy,
    Answer,
    Chart,
    Condition,
    Coverage,
    Encounter,
    Measurement,
    Order,
    Patient,
    Procedure,
    Relative,
    Skipped,
    When,
)
from osteon.knowledge import Knowledge
from osteon.knowledge.spans import DAYS

Fact: TypeAlias = (
    Measurement
    | Answer
    | Condition
    | Recording
    | Exposure
    | Allergy
    | Procedure
    | Order
    | Encounter
    | Coverage
    | Relative
)
F = TypeVar("F", bound=Struct)


def assemble(
    patient: Patient,
    facts: Iterable[Fact],
    skipped: Iterable[Skipped],
    knowledge: Knowledge,
    *,
    lists: frozenset[str] = frozenset(),
    understood: int = 0,
    on: date | None = None,
) -> Chart:
    """The chart of these facts, as it was known on the day `on` (all of them where no day is given)."""
    by_kind: dict[type[Struct], list[Struct]] = {}
    left_out = list(skipped)
    for fact in facts:
        if on is not None and _is_later(fact, on):
            left_out.append(_future(fact))
        else:
            by_kind.setdefault(type(fact), []).append(fact)

    def of(kind: type[F]) -> list[F]:
        return by_kind.get(kind, [])  # type: ignore[return-value]  # grouped by their own type

    settings = knowledge.parameters["chart"]

    def span(name: str) -> timedelta:
        return timedelta(days=settings[name].value)

    joining = Joining(
        within=span("same_course"),
        grace=span("refill_grace"),
        prescription=span("prescription_lasts"),
        intervals=_intervals(knowledge),
    )
    return Chart(
        patient=patient,
        measurements=in_order(of(Measurement)),
        answers=in_order(of(Answer)),
        conditions=in_order(of(Condition)),
        fractures=in_order(fractures_of(of(Recording), span("same_fracture"), span("fracture_healing"))),
        courses=in_order(courses_of(of(Exposure), joining)),
        allergies=in_order(of(Allergy)),
        procedures=in_order(of(Procedure)),
        orders=in_order(of(Order)),
        encounters=in_order(of(Encounter)),
        coverages=in_order(of(Coverage)),
        relatives=in_order(of(Relative)),
        lists=lists,
        skipped=counted(left_out),
        understood=understood,
    )


def in_order(items: Iterable[F]) -> tuple[F, ...]:
    """By date, undated first, then by source, then by all they say; equal ones once."""
    keyed = {(_day(item), _source(item), msgspec.json.encode(item, order="deterministic")): item for item in items}
    return tuple(keyed[key] for key in sorted(keyed))


def counted(items: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Equal entries once, each with how often it came."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in items:
        counts[each.what, each.reason, each.detail] += each.count
    return tuple(
        Skipped(what=what, reason=reason, detail=detail, count=counts[what, reason, detail])
        for what, reason, detail in sorted(counts)
    )


_FIRST = When(date.min, date.min)


def _day(fact: Struct) -> When:
    """The day on which a fact begins to hold; the first of all days where none is known."""
    for name in ("when", "start", "onset", "recorded"):
        day = getattr(fact, name, None)
        if isinstance(day, When):
            return day
    return _FIRST


def _source(fact: Struct) -> str:
    source: str = getattr(fact, "source", "")
    return source


def _is_later(fact: Fact, on: date) -> bool:
    if isinstance(fact, Recording):
        day = fact.fracture.when or fact.recorded
        return day is not None and day.earliest > on
    return not isinstance(fact, Coverage | Encounter) and _day(fact).earliest > on


def _future(fact: Fact) -> Skipped:
    source = fact.fracture.source if isinstance(fact, Recording) else fact.source
    return Skipped(what=source.partition("/")[0], reason=reasons.FUTURE, detail=source)


def _intervals(knowledge: Knowledge) -> dict[str, float]:
    """The days between two doses of each drug that a clinic gives."""
    return {
        drug.id: drug.interval.value * DAYS[drug.interval.unit]
        for drug in knowledge.drugs.values()
        if not drug.is_taken_at_home and drug.interval.unit in DAYS
    }
