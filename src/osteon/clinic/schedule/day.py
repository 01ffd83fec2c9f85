"""What does the clinic offer on one day: which slots is each chair open, and how much can the nurses do?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from osteon.clinic.schedule.grid import SLOTS, complement, inside, members, span
from osteon.clinic.schedule.types import Chair, Clinic, Company, NurseShift


class Day(msgspec.Struct, frozen=True):
    """What is there on this date?

    `opened` and each entry of `chairs` (in the order of the clinic's chairs) are sets of slots (see `grid`). `care`,
    `starts` and each row of `company` hold one number per slot of the day: how many patients can be looked after, be
    set up, and be accompanied at once.
    """

    on: date
    opened: int
    chairs: tuple[int, ...]
    care: tuple[int, ...]
    starts: tuple[int, ...]
    company: dict[str, tuple[int, ...]]


def day(clinic: Clinic, on: date) -> Day:
    """What does the clinic offer on this date? Nothing is open on a holiday."""
    opened = 0
    if on not in clinic.holidays:
        for hours in clinic.hours:
            if hours.weekday == on.weekday():
                opened |= inside(hours.start, hours.end)
    shifts = [shift for shift in clinic.nurses if shift.on == on]
    return Day(
        on=on,
        opened=opened,
        chairs=tuple(opened & complement(_closed(chair, on)) for chair in clinic.chairs),
        care=_added((shift, shift.patients_at_once) for shift in shifts),
        starts=_added((shift, shift.starts_at_once) for shift in shifts),
        company={
            kind: _added(
                (there, there.patients_at_once) for there in clinic.company if (there.kind, there.on) == (kind, on)
            )
            for kind in sorted({there.kind for there in clinic.company})
        },
    )


def _closed(chair: Chair, on: date) -> int:
    closed = 0
    for out in chair.closed:
        if out.on in {None, on}:
            closed |= span(out.start, out.end)
    return closed


def _added(there: Iterable[tuple[NurseShift | Company, int]]) -> tuple[int, ...]:
    """Someone who is there for part of a slot is not counted in it."""
    total = [0] * SLOTS
    for who, at_once in there:
        for slot in members(inside(who.start, who.end)):
            total[slot] += at_once
    return tuple(total)
