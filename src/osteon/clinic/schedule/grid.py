"""Which five minutes of the day? Slot numbers, sets of slots, and times in words.

A day is 288 slots of five minutes from local midnight. A set of slots is one whole number with a bit for each slot, so
that "which starts leave this chair free for an hour?" is a handful of shifts and not a loop.

The engine knows no time zone: minutes are those on the clinic's wall clock. On the two days a year on which the clock
jumps, the jump lies at night in every zone with a clinic known to us (recalled); the application refuses opening hours
across it.
"""

from __future__ import annotations

GRID_MINUTES = 5
"""The grid of starts and durations (design): as fine as a wall clock is read."""

SLOTS = 24 * 60 // GRID_MINUTES
_HOUR = 60
_WHOLE_DAY = (1 << SLOTS) - 1


def on_grid(minutes: float) -> int:
    """The same duration in minutes, rounded up to the grid: a push of 30 seconds takes five minutes of the day."""
    return int(-(-minutes // GRID_MINUTES)) * GRID_MINUTES


def is_on_grid(minutes: int) -> bool:
    """Whether it is a whole number of slots within one day."""
    return minutes % GRID_MINUTES == 0 and 0 <= minutes <= 24 * _HOUR


def clock_time(minute: int) -> str:
    """The time on the wall, such as 10:40."""
    return f"{minute // _HOUR:02d}:{minute % _HOUR:02d}"


def span(start: int, end: int) -> int:
    """The set of slots from one minute to another, the last one left out; slots that are touched in part count."""
    first, beyond = max(0, start) // GRID_MINUTES, -(-min(end, 24 * _HOUR) // GRID_MINUTES)
    return ((1 << (beyond - first)) - 1) << first if beyond > first else 0


def inside(start: int, end: int) -> int:
    """The set of slots that lie wholly between two minutes."""
    first, beyond = -(-max(0, start) // GRID_MINUTES), min(end, 24 * _HOUR) // GRID_MINUTES
    return ((1 << (beyond - first)) - 1) << first if beyond > first else 0


def starts_of_runs(free: int, slots: int) -> int:
    """The set of slots from which this many slots in a row are free."""
    covered = 1
    while covered < slots:
        step = min(covered, slots - covered)
        free &= free >> step
        covered += step
    return free


def complement(slots: int) -> int:
    """All slots of the day but these."""
    return _WHOLE_DAY & ~slots


def members(slots: int) -> list[int]:
    """The slots of a set, in order of time."""
    found = []
    while slots:
        lowest = slots & -slots
        found.append(lowest.bit_length() - 1)
        slots ^= lowest
    return found
