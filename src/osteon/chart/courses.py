"""From when to when was each drug taken: from prescriptions, lists, refills and doses given to courses?

Every entry that speaks of a drug taken is an `Exposure`. Exposures of one drug become one course while they follow
each other closely; a stretch without supply inside it is a gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from osteon.chart.types import Course, Dose, When, day_after

AMOUNT_MATTERS = frozenset({"glucocorticoid"})
"""Drugs whose course ends where the daily amount changes: the dose decides what they do to bone."""


class Exposure(Struct, frozen=True, kw_only=True):
    """One entry that says that a drug was taken, handed over or given.

    `start` and `end` are the days it speaks of, `told` the day on which it was said. `is_active` is what its status
    says: True, False, or None where it says nothing. `supply_days` is how long what was handed over or ordered lasts,
    and `is_supply` marks what was really handed over. `amount_per_day` is in `unit`. `dose` is set where a dose was
    given. `substance` tells apart the drugs of one class, where that is known.
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
    substance: str = ""
    is_oncology: bool = False

    @property
    def last_day(self) -> When | None:
        """The last day it covers, as far as it says so: its end, or when its supply runs out."""
        if self.end:
            return self.end
        return self.start.later(self.supply_days) if self.supply_days and self.start else None


class Joining(Struct, frozen=True, kw_only=True):
    """How close must exposures lie?

    `within` joins two into one course, `grace` leaves no gap between two supplies, `prescription` is how long one lasts
    at most that was ended and says neither when nor how long. `intervals` are the days between two doses of the drugs
    that a clinic gives.
    """

    within: timedelta
    grace: timedelta
    prescription: timedelta
    intervals: Mapping[str, float] = {}


def merge(exposures: Iterable[Exposure], joining: Joining) -> tuple[Course, ...]:
    """The courses behind these exposures, whatever order they come in."""
    by_drug: defaultdict[tuple[str, bool], list[Exposure]] = defaultdict(list)
    for exposure in exposures:
        by_drug[exposure.drug, exposure.is_oncology].append(exposure)
    return tuple(
        _course(run, joining)
        for of_drug in by_drug.values()
        for alike in _alike(_with_ends(sorted(of_drug, key=_order), joining))
        for run in _runs(alike, joining)
    )


def _order(exposure: Exposure) -> tuple[bool, date, bytes]:
    start = exposure.start.earliest if exposure.start else date.min
    return exposure.start is not None, start, msgspec.json.encode(exposure, order="deterministic")


def _with_ends(exposures: list[Exposure], joining: Joining) -> list[Exposure]:
    """Give what was ended, nobody said when, the span of days in which it must have ended.

    Not before it began; not after the day on which it was said to be over, nor after the next prescription, nor after
    the time that a prescription lasts at most.
    """
    starts = sorted({each.start.earliest for each in exposures if each.start and each.dose is None})
    return [_with_end(each, starts, joining) for each in exposures]


def _with_end(exposure: Exposure, starts: list[date], joining: Joining) -> Exposure:
    start = exposure.start
    if start is None or exposure.is_active is not False or exposure.dose is not None or exposure.last_day:
        return exposure
    was_told = exposure.told is not None and exposure.told.latest > start.latest
    latest = exposure.told.latest if exposure.told and was_told else day_after(start.latest, joining.prescription.days)
    following = bisect_right(starts, start.latest)
    if following < len(starts):
        latest = min(latest, starts[following])
    return msgspec.structs.replace(exposure, end=When(start.earliest, latest))


def _alike(exposures: list[Exposure]) -> Iterable[list[Exposure]]:
    """Exposures of one drug; where the amount matters, those of one substance and amount together.

    The same amount told by prescription, list and refill is one. What tells no amount is taken in the amount that was
    told last before it.
    """
    if exposures[0].drug not in AMOUNT_MATTERS:
        return [exposures]
    groups: defaultdict[tuple[str, float | None], list[Exposure]] = defaultdict(list)
    last: dict[str, float | None] = {}
    for each in exposures:
        amount = last.get(each.substance) if each.amount_per_day is None else each.amount_per_day
        last[each.substance] = amount
        groups[each.substance, amount].append(each)
    return groups.values()


def _runs(exposures: list[Exposure], joining: Joining) -> Iterator[list[Exposure]]:
    """Exposures in time, parted where the drug had ended and came back only later. Doses given part nothing."""
    run: list[Exposure] = []
    end: date | None = None
    for exposure in exposures:
        begins = exposure.start.earliest if exposure.start and exposure.dose is None else None
        if run and end is not None and begins is not None and begins > day_after(end, joining.within.days):
            yield run
            run, end = [], None
        if exposure.dose is None:
            last = exposure.last_day
            is_first = all(each.dose for each in run)
            end = None if last is None or (end is None and not is_first) else max(last.latest, end or date.min)
        run.append(exposure)
    if run:
        yield run


def _course(run: list[Exposure], joining: Joining) -> Course:
    latest = run[-1]
    doses = _doses(each.dose for each in run if each.dose)
    is_active = _is_active(run)
    amount = next((each for each in reversed(run) if each.amount_per_day is not None), None)
    return Course(
        drug=latest.drug,
        text=latest.text,
        sources=tuple(sorted({each.source for each in run})),
        start=min((each.start for each in run if each.start), default=None),
        stop=_stop(run, joining),
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


_MONTH = timedelta(days=31)


def _doses(recorded: Iterable[Dose]) -> tuple[Dose, ...]:
    """Doses in time, each once: what the nurse, the pharmacy and the bill say of one day is one dose.

    A dose of which only the month is known is one with a dose in that month. The entry with the amount stands.
    """
    doses: list[Dose] = []
    for dose in sorted(recorded, key=_best_told):
        if not any(_is_one(known.when, dose.when) for known in doses):
            doses.append(dose)
    return tuple(sorted(doses, key=lambda each: (each.when, each.source)))


def _best_told(dose: Dose) -> tuple[bool, bool, float, bytes]:
    return not dose.when.is_exact, dose.amount is None, -(dose.amount or 0.0), msgspec.json.encode(dose)


def _is_one(known: When, other: When) -> bool:
    is_near = max(known.latest - known.earliest, other.latest - other.earliest) <= _MONTH
    return is_near and known.earliest <= other.latest and other.earliest <= known.latest


def _is_active(run: list[Exposure]) -> bool | None:
    """What was said last; of what was said on one day, taking it outweighs having stopped it."""
    said = [(each.told or each.last_day or each.start, each.is_active) for each in run if each.is_active is not None]
    if not said:
        return None
    days = [day.latest if day else date.min for day, _ in said]
    return any(is_active for day, (_, is_active) in zip(days, said, strict=True) if day == max(days))


def _stop(run: list[Exposure], joining: Joining) -> When | None:
    """The last day of a course that has one: of what was said to end, or of the last supply or dose with its grace."""
    taken = [each for each in run if each.dose is None]
    if not taken and run[0].drug in joining.intervals:
        return None
    is_active = _is_active(run)
    if any(each.end is None and each.is_active for each in taken) and is_active:
        return None
    if is_active is None and any(each.last_day is None for each in taken):
        return None
    told = [each for each in taken or run if each.is_active is is_active or each.is_supply]
    days = [each.last_day or (each.start if each.dose else None) for each in told]
    last = max((day for day in days if day), key=_latest, default=None)
    if last is None or is_active is not None or any(each.end for each in taken):
        return last
    return When(last.earliest, day_after(last.latest, joining.grace.days))


def _latest(day: When) -> tuple[date, date]:
    return day.latest, day.earliest


# --- supply --------------------------------------------------------------------------------------------------------


def _supplied(run: list[Exposure]) -> list[tuple[date, date]]:
    """The stretches with supply, in time. What was handed over says it best; else every entry must say its end."""
    handed_over = [each for each in run if each.is_supply and each.supply_days]
    entries = handed_over or [each for each in run if each.dose is None]
    stretches = []
    for each in entries:
        last = each.last_day
        if each.start is None or last is None or not (each.start.is_exact and last.is_exact):
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
        stretches = [(dose.when.earliest, day_after(dose.when.latest, interval)) for dose in doses]
    gaps = []
    until = stretches[0][1] if stretches else date.max
    for start, end in stretches[1:]:
        if start > day_after(until, joining.grace.days):
            gaps.append((until, start))
        until = max(until, end)
    return tuple(gaps)
