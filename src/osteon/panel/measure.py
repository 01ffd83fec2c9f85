"""How does a whole source do in a measure, patient by patient?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from osteon.chart import reasons
from osteon.chart.errors import ChartError
from osteon.panel.notes import UNREADABLE
from osteon.panel.source import Case, SourceError
from osteon.panel.sources import Patients
from osteon.pathway.measures.catalogue import Measure
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import Populations
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.tally import Tally
from osteon.pathway.measures.value_sets import ValueSets


class Line(Struct, frozen=True):
    """The answer for one patient, a line of what `--json` prints.

    `populations` has 1 where the patient is in, 0 where not, null where it cannot be told.
    """

    patient: str
    populations: dict[str, int | None]


class Judged(NamedTuple):
    """Where one patient stands in the period that counts for her."""

    patient: str
    period: Period
    populations: Populations

    @property
    def line(self) -> Line:
        """The answer as it is printed."""
        return Line(self.patient, self.populations.counts)


class NoPeriodError(SourceError):
    """Nobody said over which period to measure."""


class Total(NamedTuple):
    """The counts of everybody judged, and the period that holds all of theirs; None where nobody was judged."""

    tally: Tally
    period: Period | None


def measure_all(
    reader: Patients,
    measure: Measure,
    period: Period | None,
    value_sets: ValueSets,
    *,
    known_until: date | None = None,
    take: Callable[[Judged], None] = lambda _: None,
) -> Total:
    """The counts of a source in one measure; `take` is handed every patient. Raises `NoPeriodError`."""
    tally = Tally()
    covered: Period | None = None
    for each in judged(reader, measure, period, value_sets, known_until=known_until):
        tally.add(each.populations)
        first, last = each.period.start, each.period.end
        covered = Period(min(first, covered.start), max(last, covered.end)) if covered else Period(first, last)
        take(each)
    return Total(tally, covered)


def judged(
    reader: Patients,
    measure: Measure,
    period: Period | None,
    value_sets: ValueSets,
    *,
    known_until: date | None = None,
) -> Iterator[Judged]:
    """Every patient of a source in one measure, in the order of the source.

    A patient of a case file with a period of its own is judged over that, all others over `period`; `known_until` is
    the day up to which the source knows. Who cannot be judged is noted by the reason. Raises `NoPeriodError` where
    nobody says over which period.
    """
    for case in reader.cases():
        over = _period(case, period)._replace(known_until=known_until)
        try:
            resources = Resources(case.pieces, name=case.patient)
            populations = measure.judge(resources, over, value_sets)
        except (ChartError, ValueError, OverflowError) as error:
            reader.notes.not_judged[_reason(error, case.patient)] += 1
            continue
        for each in resources.left_out:
            if each.reason == reasons.WRONG_TYPE:
                reader.notes.passed_over[UNREADABLE] += each.count
        yield Judged(case.patient, over, populations)


def _period(case: Case, period: Period | None) -> Period:
    over = case.period or period
    if over is None:
        message = "the source names no period of its own; say over which to measure: --period 2025-01-01/2025-12-31"
        raise NoPeriodError(message)
    return over


def _reason(error: Exception, patient: str) -> str:
    """Why somebody cannot be judged, in words that do not name her."""
    if not isinstance(error, ChartError):
        return "a date or number that cannot be reckoned with"
    said = str(error).removeprefix(f"{patient}: ").removeprefix(f"Patient/{patient}: ")
    return said if patient not in said else "the resource of the patient cannot be used"
