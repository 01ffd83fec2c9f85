"""What is still free on a day that is partly booked? One account for hand booking, refusals and the first draft."""

from __future__ import annotations

from collections.abc import Iterable

from osteon.clinic.schedule.allowed import allowed_starts, places, room_below
from osteon.clinic.schedule.day import Day, day
from osteon.clinic.schedule.grid import GRID_MINUTES, SLOTS, members, span, starts_of_runs
from osteon.clinic.schedule.types import Booking, Clinic, Refused, Slot, Visit


class Occupancy:
    """One day with its bookings; bookings are added and taken away."""

    def __init__(self, clinic: Clinic, offered: Day, bookings: Iterable[Booking] = ()) -> None:
        self.clinic = clinic
        self.offered = offered
        self.free = list(offered.chairs)
        self.in_care = [0] * SLOTS
        self.starting = [0] * SLOTS
        self.accompanied = {kind: [0] * SLOTS for kind in offered.company}
        self.bookings: dict[str, Booking] = {}
        self._index = {chair.id: index for index, chair in enumerate(clinic.chairs)}
        self._care_room = room_below(offered.care, self.in_care, offered.opened)
        self._start_room = room_below(offered.starts, self.starting, offered.opened)
        self._company_room = {
            kind: room_below(offered.company[kind], load, offered.opened) for kind, load in self.accompanied.items()
        }
        for booking in bookings:
            self.add(booking)

    def team_starts(self, visit: Visit) -> int:
        """From which slots could nurses, company and the patient herself start it, chairs aside? A set of slots."""
        found = allowed_starts(visit)
        for starts in self.limits(visit).values():
            found &= starts
        return found

    def limits(self, visit: Visit) -> dict[Refused, int]:
        """From which slots would each limit of the team let it start, looked at alone? Sets of slots."""
        in_care = visit.phases.in_care // GRID_MINUTES
        found = {
            Refused.NURSE_STARTING: starts_of_runs(self._start_room, visit.phases.hands_on // GRID_MINUTES),
            Refused.NURSE_FULL: starts_of_runs(self._care_room, in_care),
        }
        for kind in visit.wishes.needs:
            together = found.get(Refused.COMPANY, self.offered.opened)
            found[Refused.COMPANY] = together & starts_of_runs(self._company_room.get(kind, 0), in_care)
        return found

    def chair_starts(self, visit: Visit, chair: int) -> int:
        """From which slots is this chair (by index) free for long enough? A set of slots; features are not asked."""
        return starts_of_runs(self.free[chair], visit.phases.in_chair // GRID_MINUTES)

    def first_place(self, visit: Visit, *, not_before: int = 0) -> Slot | None:
        """What is the first free start on this day, in the plainest chair that is free then?"""
        team = self.team_starts(visit) & span(not_before, 24 * 60) if self.offered.opened else 0
        if not team:
            return None
        best: tuple[int, int] | None = None
        for chair in places(visit, self.clinic):
            starts = team & self.chair_starts(visit, chair)
            if starts:
                first = (starts & -starts).bit_length() - 1
                if best is None or first < best[0]:
                    best = first, chair
        if best is None:
            return None
        return Slot(self.offered.on, best[0] * GRID_MINUTES, self.clinic.chairs[best[1]].id)

    def fits(self, visit: Visit, slot: Slot) -> bool:
        """Whether this very slot is free for it, features included. The date is not asked."""
        chair = self._index.get(slot.chair)
        if chair is None or slot.start % GRID_MINUTES or not visit.features <= self.clinic.chairs[chair].features:
            return False
        return bool((self.team_starts(visit) & self.chair_starts(visit, chair)) >> (slot.start // GRID_MINUTES) & 1)

    def add(self, booking: Booking) -> None:
        """Put it there, be there room or not: what has happened has happened."""
        self.bookings[booking.visit.id] = booking
        chair = self._index.get(booking.slot.chair)
        if chair is not None:
            self.free[chair] &= ~span(booking.slot.start, booking.ends)
        self._count(booking, 1)

    def remove(self, visit_id: str) -> None:
        """Take it away again."""
        booking = self.bookings.pop(visit_id)
        chair = self._index.get(booking.slot.chair)
        if chair is not None:
            self.free[chair] = self.offered.chairs[chair]
            for other in self.bookings.values():
                if other.slot.chair == booking.slot.chair:
                    self.free[chair] &= ~span(other.slot.start, other.ends)
        self._count(booking, -1)

    def _count(self, booking: Booking, change: int) -> None:
        visit, start = booking.visit, booking.slot.start
        in_care = span(start, start + visit.phases.in_care)
        rows = [(self.in_care, in_care), (self.starting, span(start, start + visit.phases.hands_on))]
        rows += [(self.accompanied[kind], in_care) for kind in visit.wishes.needs if kind in self.accompanied]
        for load, slots in rows:
            for slot in members(slots):
                load[slot] += change
        offered = self.offered
        self._care_room = _updated(self._care_room, offered.care, self.in_care, in_care & offered.opened)
        self._start_room = _updated(self._start_room, offered.starts, self.starting, rows[1][1] & offered.opened)
        for kind in visit.wishes.needs & self.accompanied.keys():
            room, capacity = self._company_room[kind], offered.company[kind]
            self._company_room[kind] = _updated(room, capacity, self.accompanied[kind], in_care & offered.opened)


def occupancy(clinic: Clinic, booked: Iterable[Visit], days: Iterable[Day] | None = None) -> dict[object, Occupancy]:
    """What is free on each of these days, given visits with booked slots?"""
    found: dict[object, Occupancy] = {offered.on: Occupancy(clinic, offered) for offered in days or ()}
    for visit in booked:
        if visit.booked is None:
            continue
        if visit.booked.on not in found:
            if days is not None:
                continue
            found[visit.booked.on] = Occupancy(clinic, day(clinic, visit.booked.on))
        found[visit.booked.on].add(Booking(visit, visit.booked))
    return found


def _updated(room: int, capacity: tuple[int, ...], load: list[int], slots: int) -> int:
    for slot in members(slots):
        if load[slot] < capacity[slot]:
            room |= 1 << slot
        else:
            room &= ~(1 << slot)
    return room
