"""From when to when was each drug taken: from prescriptions, lists, refills and doses given to courses?

Every entry that speaks of a drug taken is an `Exposure`. Exposures of one drug become one course while they follow
each other closely; a stretch without supply inside it is a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from osteon.chart.types import Course, Dose, When

AMOUNT_MATTERS = frozenset({"glucocorticoid"})
"""Drugs whose course ends where the daily amount changes: the dose decides what they do to bone."""


class Exposure(Struct, frozen=True, kw_only=True):
    """One entry that says that a drug was taken, handed over or given.

    `start` and `end` are the days it speaks of, `told` the day on which it was said. `is_active` is what its status
    says: True, False, or None where it says nothing. `supply_days` is how long what was handed over or ordered lasts,
    and `is_supply` marks what was really handed over. `amount_per_day` is in `unit`. `dose` is set where a dose was
    given.
    """

    drug: str
    text: str
    source: str
    start: When | None = None
    end: When | None = None
    told: When | None = None
    is_active: bool | None = None
    supply_days: float | None = None
    is_supply: bool = False
    dose: Dose | None = None
    amount_per_day: float | None = None
    unit: str = ""
    stop_reason: str = ""
    product: str = ""
    is_oncology: bool = False

    @property
    def last_day(self) -> When | None:
        """The last day it covers, as far as it says so."""
        if self.end:
            return self.end
        if self.supply_days and self.start:
            return When(_later(self.start.earliest, self.supply_days), _later(self.start.latest, self.supply_days))
        return None


class Joining(Struct, frozen=True):
    """How close must exposures lie? `within` joins two into one course, `grace` leaves no gap between two supplies.

    `intervals` are the days between two doses of the drugs that are given by others.
    """

    within: timedelta
    grace: timedelta
    intervals: Mapping[str, float] = {}


def merge(exposures: Iterable[Exposure], joining: Joining) -> tuple[Course, ...]:
    """The courses behind these exposures, whatever order they come in."""
    groups: defaultdict[tuple[str, bool, float | None, str], list[Exposure]] = defaultdict(list)
    for exposure in exposures:
        amount = exposure.amount_per_day if exposure.drug in AMOUNT_MATTERS else None
        product = exposure.product if exposure.drug in AMOUNT_MATTERS else ""
        groups[exposure.drug, exposure.is_oncology, amount, product].append(exposure)
    courses = (_course(run, joining) for group in groups.values() for run in _runs(sorted(group, key=_order), joining))
    return tuple(courses)


def _order(exposure: Exposure) -> tuple[bool, date, bytes]:
    start = exposure.start.earliest if exposure.start else date.min
    return exposure.start is not None, start, msgspec.json.encode(exposure, order="deterministic")


def _runs(exposures: list[Exposure], joining: Joining) -> Iterator[list[Exposure]]:
    """Exposures in time, parted where the drug had ended and came back only later. Doses given part nothing."""
    run: list[Exposure] = []
    end: date | None = None
    for exposure in exposures:
        starts_anew = (
            run
            and end is not None
            and exposure.start is not None
            and exposure.dose is None
            and exposure.start.earliest > _later(end, joining.within.days)
        )
        if starts_anew:
            yield run
            run, end = [], None
        last = exposure.last_day
        if exposure.dose is None:
            end = None if last is None else max(last.latest, end) if run and end else last.latest
        run.append(exposure)
    if run:
        yield run


def _course(run: list[Exposure], joining: Joining) -> Course:
    latest = run[-1]
    doses = tuple(sorted(dict.fromkeys(each.dose for each in run if each.dose), key=_dose_order))
    is_active = _is_active(run)
    stop = _stop(run, joining)
    amount = next((each for each in reversed(run) if each.amount_per_day is not None), None)
    return Course(
        drug=latest.drug,
        text=latest.text,
        sources=tuple(sorted({each.source for each in run})),
        start=min((each.start for each in run if each.start), default=None),
        stop=stop,
        is_active=is_active,
        doses=doses,
        gaps=_gaps(run, doses, joining),
        amount_per_day=amount.amount_per_day if amount else None,
        unit=amount.unit if amount else "",
        covered_days=_covered_days(run),
        stop_reason=next((each.stop_reason for each in reversed(run) if each.stop_reason), ""),
        product=next((each.product for each in reversed(run) if each.product), ""),
        is_oncology=latest.is_oncology,
    )


def _dose_order(dose: Dose) -> tuple[When, str]:
    return dose.when, dose.source


def _is_active(run: list[Exposure]) -> bool | None:
    """What was said last; of what was said on one day, taking it outweighs having stopped it."""
    said = [(each.told or each.last_day or each.start, each.is_active) for each in run if each.is_active is not None]
    if not said:
        return None
    days = [day.latest if day else date.min for day, _ in said]
    return any(is_active for day, (_, is_active) in zip(days, said, strict=True) if day == max(days))


def _stop(run: list[Exposure], joining: Joining) -> When | None:
    """The last day of a course that has one: of what was said to end, or of the last supply with its grace."""
    taken = [each for each in run if each.dose is None]
    if any(each.is_active and each.end is None for each in taken):
        return None
    ends = [each.last_day for each in taken if each.last_day]
    if not ends:
        return None
    last = max(ends, key=lambda day: day.latest)
    if all(each.end is None and each.is_active is None for each in taken):
        return When(last.earliest, _later(last.latest, joining.grace.days))
    return last


# --- supply --------------------------------------------------------------------------------------------------------


def _supplied(run: list[Exposure]) -> list[tuple[date, date]]:
    """The stretches with supply, in time. What was handed over says it best; else every entry must say its end."""
    handed_over = [each for each in run if each.is_supply and each.supply_days]
    entries = handed_over or [each for each in run if each.dose is None]
    stretches = []
    for each in entries:
        last = each.last_day
        if each.start is None or last is None or not each.start.is_exact:
            return []
        stretches.append((each.start.earliest, last.latest))
    return sorted(stretches)


def _covered_days(run: list[Exposure]) -> int | None:
    """Days with supply, each day counted once, or None where that cannot be told."""
    covered, until = 0, date.min
    stretches = _supplied(run)
    for start, end in stretches:
        covered += max(0, (end - max(start, until)).days)
        until = max(until, end)
    return covered if stretches else None


def _gaps(run: list[Exposure], doses: tuple[Dose, ...], joining: Joining) -> tuple[tuple[date, date], ...]:
    interval = joining.intervals.get(run[0].drug)
    stretches = _supplied(run)
    if not stretches and interval and len(doses) > 1:
        stretches = [(dose.when.earliest, _later(dose.when.latest, interval)) for dose in doses]
    gaps = []
    until = stretches[0][1] if stretches else date.max
    for start, end in stretches[1:]:
        if start > _later(until, joining.grace.days):
            gaps.append((until, start))
        until = max(until, end)
    return tuple(gaps)


def _later(day: date, days: float) -> date:
    return date.fromordinal(min(day.toordinal() + round(min(days, 1e6)), date.max.toordinal()))
