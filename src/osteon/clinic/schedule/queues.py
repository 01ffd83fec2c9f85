"""What would a schedule be that takes one after the other? The rules of a paper diary, and the solver's start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from osteon.clinic.schedule.allowed import allows
from osteon.clinic.schedule.cost import lateness
from osteon.clinic.schedule.day import day
from osteon.clinic.schedule.occupancy import Occupancy
from osteon.clinic.schedule.types import Booking, Clinic, Visit


def in_turn(visits: Iterable[Visit], clinic: Clinic, days: Sequence[date]) -> list[Booking]:
    """Each in turn gets the first free start of the first day that is allowed, in the plainest chair free then."""
    rooms = {on: Occupancy(clinic, day(clinic, on)) for on in sorted(days)}
    found = []
    for visit in visits:
        booking = _first(visit, clinic, rooms)
        if booking is not None:
            rooms[booking.slot.on].add(booking)
            found.append(booking)
    return found


def first_come_first_served(visits: Sequence[Visit], clinic: Clinic, days: Sequence[date]) -> list[Booking]:
    """Each gets the first free slot in the order in which they asked, which is that of `visits`."""
    return in_turn(visits, clinic, days)


def earliest_due_first(visits: Sequence[Visit], clinic: Clinic, days: Sequence[date]) -> list[Booking]:
    """Each gets the first free slot, those due first before the others."""
    return in_turn(sorted(visits, key=lambda visit: (visit.due, visit.id)), clinic, days)


def greedily(visits: Iterable[Visit], room: Occupancy, *, now: int) -> list[Booking]:
    """One after the other into the room that is left on one day, which fills up with them."""
    found = []
    for visit in visits:
        slot = room.first_place(visit, not_before=now)
        if slot is not None:
            found.append(Booking(visit, slot))
            room.add(found[-1])
    return found


def _first(visit: Visit, clinic: Clinic, rooms: dict[date, Occupancy]) -> Booking | None:
    for on, room in rooms.items():
        if not allows(visit, clinic, on) or _is_before_window(visit, on):
            continue
        slot = room.first_place(visit)
        if slot is not None:
            return Booking(visit, slot)
    return None


def _is_before_window(visit: Visit, on: date) -> bool:
    """A diary does not book before the window, be its end hard or soft."""
    return on < visit.due and lateness(visit, on) > 0
