"""Where could this visit be? The free slots, best first: the second of two clicks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from osteon.clinic.schedule.allowed import allows, places
from osteon.clinic.schedule.cost import lateness, waiting
from osteon.clinic.schedule.day import day
from osteon.clinic.schedule.grid import GRID_MINUTES, members, span
from osteon.clinic.schedule.occupancy import Occupancy
from osteon.clinic.schedule.types import Booking, Clinic, OpenSlot, Slot, Visit


def open_slots(
    visit: Visit,
    clinic: Clinic,
    days: Iterable[date],
    booked: Iterable[Visit] = (),
    *,
    now: tuple[date, int] | None = None,
    most: int | None = None,
) -> list[OpenSlot]:
    """Which slots of these days are free for it, best first?

    Best is least harm from delay, then the day nearest to the due date, then least waiting, then the time at which the
    nurses look after fewest, then a chair without features that it does not need, then the earliest. One chair per
    start: another chair free at that time is no other choice for the patient. `booked` are the others with their booked
    slots; its own booking does not stand in its way. Nothing before `now` (today and the minute). `most` caps the list.
    """
    others = [other for other in booked if other.id != visit.id and other.booked is not None]
    ranked: list[tuple[tuple[int, int, int, int, int], OpenSlot]] = []
    for on in sorted(set(days)):
        if (now is not None and on < now[0]) or not allows(visit, clinic, on):
            continue
        here = [Booking(other, other.booked) for other in others if other.booked is not None and other.booked.on == on]
        room = Occupancy(clinic, day(clinic, on), here)
        harm = lateness(visit, on)
        for start, chair in _starts(visit, room, now[1] if now is not None and on == now[0] else 0):
            waits = waiting(visit, on, start)
            load = room.in_care[start // GRID_MINUTES]
            slot = OpenSlot(Slot(on, start, clinic.chairs[chair].id), harm, waits, _words(visit, on, waits))
            ranked.append(((harm, abs((on - visit.due).days), waits, load, start), slot))
    ranked.sort(key=lambda pair: (pair[0], pair[1].slot))
    return [slot for _, slot in ranked[:most]]


def starts_on(
    visit: Visit, clinic: Clinic, on: date, booked: Iterable[Visit] = (), *, now: tuple[date, int] | None = None
) -> frozenset[tuple[int, str]]:
    """On which minute in which chair may it start on this day? Every chair that is free, as `why_not` would say."""
    if (now is not None and on < now[0]) or not allows(visit, clinic, on):
        return frozenset()
    here = [
        Booking(each, each.booked) for each in booked if each.id != visit.id and each.booked and each.booked.on == on
    ]
    room = Occupancy(clinic, day(clinic, on), here)
    left = _not_past(room.team_starts(visit), now[1] if now is not None and on == now[0] else 0)
    return frozenset(
        (slot * GRID_MINUTES, clinic.chairs[chair].id)
        for chair in places(visit, clinic)
        for slot in members(left & room.chair_starts(visit, chair))
    )


def _not_past(starts: int, minute: int) -> int:
    return starts & span(-(-minute // GRID_MINUTES) * GRID_MINUTES, 24 * 60)


def _starts(visit: Visit, room: Occupancy, not_before: int) -> list[tuple[int, int]]:
    """Each start (minute) with the plainest chair (index) that is free then."""
    left = _not_past(room.team_starts(visit), not_before)
    found = []
    for chair in places(visit, room.clinic):
        here = left & room.chair_starts(visit, chair)
        found += [(slot * GRID_MINUTES, chair) for slot in members(here)]
        left &= ~here
    return found


def _words(visit: Visit, on: date, waits: int) -> str:
    late, words = (on - visit.due).days, []
    if late > 0:
        words.append(f"{late} {'day' if late == 1 else 'days'} late")
    if visit.harm.danger_from is not None and on >= visit.harm.danger_from:
        words.append(f"danger of rebound since {visit.harm.danger_from}")
    window = visit.window
    if (window.latest is not None and on > window.latest) or (window.earliest is not None and on < window.earliest):
        words.append("outside the window of the plan")
    if waits:
        words.append(f"{waits} minutes of waiting")
    return "; ".join(words)
