"""Chairs × time: one day as a table whose rows are five minutes, in which each visit is as long as it takes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils import timezone
from msgspec import Struct

from osteon.clinic.booking.models import Chair, OpeningHours, Visit
from osteon.clinic.schedule.grid import GRID_MINUTES, clock_time

CELL_MIN = 30
"""Free time is cut at every half hour: a place to click, and a line to read the clock by (design)."""


class Cell(Struct, frozen=True, kw_only=True):
    """A part of one chair's day: a visit, or time that is free. `offered` is the first minute on which the visit that
    is being moved may start here; None where it may not."""

    start: int
    rows: int
    chair: Chair
    visit: Visit | None = None
    offered: int | None = None

    @property
    def at(self) -> str:
        """When does it begin?"""
        return clock_time(self.start)

    @property
    def offered_at(self) -> str:
        """When could the visit that is being moved start here?"""
        return clock_time(self.offered) if self.offered is not None else ""


class Line(Struct, frozen=True):
    """One row of the table. `clock` stands at every half hour, over `clock_rows` rows."""

    clock: str
    clock_rows: int
    cells: tuple[Cell, ...]


Taken = tuple[int, int, Visit]


def day_grid(
    chairs: Sequence[tuple[Chair, Sequence[Visit]]],
    hours: OpeningHours | None,
    *,
    offered: Collection[tuple[int, str]] = (),
) -> tuple[Line, ...]:
    """The day, row by row; empty where the clinic is closed and nobody is booked.

    `offered` holds (minute, chair) for each start that is open to the visit that is being moved.
    """
    taken = {chair.pk: _taken(visits) for chair, visits in chairs}
    ends = [end for there in taken.values() for _, end, _ in there]
    starts = [start for there in taken.values() for start, _, _ in there]
    if hours is not None:
        starts.append(hours.opens.hour * 60 + hours.opens.minute)
        ends.append(hours.closes.hour * 60 + hours.closes.minute)
    if not starts:
        return ()
    first, last = min(starts) // CELL_MIN * CELL_MIN, -(-max(ends) // CELL_MIN) * CELL_MIN
    cells = [each for chair, _ in chairs for each in _column(chair, taken[chair.pk], first, last, offered)]
    at: dict[int, list[Cell]] = {}
    for each in cells:
        at.setdefault(each.start, []).append(each)
    return tuple(_line(minute, at.get(minute, [])) for minute in range(first, last, GRID_MINUTES))


def _line(minute: int, cells: list[Cell]) -> Line:
    is_clock = minute % CELL_MIN == 0
    return Line(clock_time(minute) if is_clock else "", CELL_MIN // GRID_MINUTES, tuple(cells))


def _taken(visits: Sequence[Visit]) -> list[Taken]:
    """From which to which minute of the day each visit has the chair, on the grid, in order, without overlap."""
    found: list[Taken] = []
    until = 0
    for visit in visits:
        if visit.starts_at is None or visit.state in (Visit.State.NO_SHOW, Visit.State.CANCELLED):
            continue
        local = timezone.localtime(visit.starts_at)
        start = max(until, (local.hour * 60 + local.minute) // GRID_MINUTES * GRID_MINUTES)
        until = min(max(start + GRID_MINUTES, -(-(start + visit.minutes) // GRID_MINUTES) * GRID_MINUTES), 24 * 60)
        found.append((start, until, visit))
    return found


def _column(
    chair: Chair, taken: Sequence[Taken], first: int, last: int, offered: Collection[tuple[int, str]]
) -> list[Cell]:
    cells: list[Cell] = []
    free_from = first
    for start, end, visit in taken:
        cells += _free(chair, free_from, start, offered)
        cells.append(Cell(start=start, rows=(end - start) // GRID_MINUTES, chair=chair, visit=visit))
        free_from = end
    return cells + _free(chair, free_from, last, offered)


def _free(chair: Chair, start: int, end: int, offered: Collection[tuple[int, str]]) -> list[Cell]:
    cells = []
    while start < end:
        until = min(end, (start // CELL_MIN + 1) * CELL_MIN)
        open_to = (minute for minute in range(start, until, GRID_MINUTES) if (minute, str(chair.pk)) in offered)
        cells.append(Cell(start=start, rows=(until - start) // GRID_MINUTES, chair=chair, offered=next(open_to, None)))
        start = until
    return cells
