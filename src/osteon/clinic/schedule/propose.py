"""Propose a day, and propose it again when somebody does not come or comes late."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from osteon.clinic.schedule.cost import lateness, unevenness, waiting, waits_from
from osteon.clinic.schedule.day import Day, day
from osteon.clinic.schedule.grid import GRID_MINUTES
from osteon.clinic.schedule.kept import Kept, kept
from osteon.clinic.schedule.model import DayModel, Place
from osteon.clinic.schedule.occupancy import Occupancy
from osteon.clinic.schedule.queues import greedily
from osteon.clinic.schedule.refusal import why_not_today
from osteon.clinic.schedule.search import Effort, Found, search
from osteon.clinic.schedule.seating import seated
from osteon.clinic.schedule.types import (
    Booking,
    Clinic,
    Goal,
    LeftOut,
    Proposal,
    Refusal,
    Refused,
    Slot,
    Visit,
)

A_DAY = Effort(work=4.0, seconds=10.0)
"""How hard a day is searched for if nobody waits before a screen (design)."""

AT_ONCE = Effort(work=0.8, seconds=1.2)
"""How hard a day is searched for while somebody waits (design): the whole answer stays below two seconds."""

_SENT_HOME = 100
"""Harm of sending home somebody who was told to come today, on top of the delay (design)."""

_MISSED_WINDOW_DAYS = 30
"""As how many days of delay counts a hard window that closes before the next open day (design)?"""

_LAST_MINUTE = 24 * 60


def propose_day(
    visits: Iterable[Visit],
    clinic: Clinic,
    on: date,
    *,
    now: int = 0,
    effort: Effort = A_DAY,
    next_day: date | None = None,
) -> Proposal:
    """Propose a time and a chair on this day for each of these visits.

    Those in a chair stay, those told keep their minute (see `kept`), all others may be anywhere from minute `now` on.
    Somebody told for another day is left alone. Who finds no place is late by the days until `next_day`, at least one;
    if that is not given, it is the next day on which the clinic is open.
    """
    return _proposed(list(visits), clinic, on, now, frozenset(), effort, next_day)


def replan(
    visits: Iterable[Visit],
    clinic: Clinic,
    on: date,
    *,
    now: int,
    no_shows: Collection[str] = (),
    late: Mapping[str, int] | None = None,
    effort: Effort = AT_ONCE,
) -> Proposal:
    """Propose the rest of this day again, after some did not come and some come late (id: minute of arrival).

    `visits` are all of the day with their booked slots; that schedule is where the search begins. Those in a chair and
    those told stay where they are, and those waiting here are taken no later than they were told.
    """
    coming = dict(late or {})
    expected, gone = [], []
    for visit in visits:
        if visit.id in no_shows:
            words = "The patient did not come, and needs a new date."
            gone.append(LeftOut(visit, (Refusal(Refused.NOT_COMING, words),)))
        elif visit.id in coming:
            wishes = msgspec.structs.replace(visit.wishes, comes_at=coming[visit.id])
            expected.append(msgspec.structs.replace(visit, state="proposed", wishes=wishes))
        else:
            expected.append(visit)
    proposal = _proposed(expected, clinic, on, now, frozenset(coming), effort, None)
    return msgspec.structs.replace(proposal, left_out=(*proposal.left_out, *gone))


def _proposed(
    visits: list[Visit],
    clinic: Clinic,
    on: date,
    now: int,
    coming: frozenset[str],
    effort: Effort,
    next_day: date | None,
) -> Proposal:
    begun = time.monotonic()
    now = -(-now // GRID_MINUTES) * GRID_MINUTES
    offered = day(clinic, on)
    stay = kept(visits, clinic, offered, now=now, coming=coming)
    later = next_day or _next_open(clinic, on)
    costs = {visit.id: _cost_of_leaving_out(visit, on, later, told=visit.id in stay.told) for visit in stay.free}
    draft = _draft(stay, clinic, offered, now, costs)
    built = _built(stay, clinic, offered, now)
    if built is None:
        return _answer(visits, clinic, offered, stay, draft, None, costs, begun)
    movable = {visit.id: visit for visit in stay.free} | {b.visit.id: b.visit for b in stay.waiting_here}
    places = _places(built, [booking for booking in draft if booking.visit.id in movable])
    spent = time.monotonic() - begun
    found = search(built, movable, places, costs, Effort(effort.work, max(0.0, effort.seconds - spent)))
    bookings = _seat(built, found, movable, stay, clinic, on) or draft
    return _answer(visits, clinic, offered, stay, bookings, found, costs, begun)


def _next_open(clinic: Clinic, on: date) -> date:
    weekdays = {hours.weekday for hours in clinic.hours}
    for days in range(1, 60):
        then = on + timedelta(days=days)
        if then.weekday() in weekdays and then not in clinic.holidays:
            return then
    return on + timedelta(days=60)


def _cost_of_leaving_out(visit: Visit, on: date, later: date, *, told: bool) -> int:
    more = lateness(visit, later) - lateness(visit, on)
    window = visit.window
    if window.is_latest_hard and window.latest is not None and window.latest < later:
        more = max(more, _MISSED_WINDOW_DAYS * visit.harm.per_day)
    return max(more, visit.harm.per_day) + _SENT_HOME * told


def _draft(stay: Kept, clinic: Clinic, offered: Day, now: int, costs: Mapping[str, int]) -> list[Booking]:
    """The best of a few schedules that take one after the other: a good one to begin with, and one for any case."""
    best: tuple[tuple[int, int], list[Booking]] | None = None
    on = offered.on
    orders: Sequence[Sequence[Visit]] = [
        sorted(stay.free, key=lambda v: (-costs[v.id], waits_from(v, on) or 0, v.id)),
        sorted(stay.free, key=lambda v: (waits_from(v, on) or 0, -costs[v.id], v.id)),
        sorted(stay.free, key=lambda v: (v.booked.start if v.booked else waits_from(v, on) or 0, v.id)),
        sorted(stay.free, key=lambda v: (-v.phases.in_chair, v.id)),
    ]
    for order in orders:
        room = Occupancy(clinic, offered, (*stay.fixed, *stay.waiting_here))
        placed = [*stay.fixed, *stay.waiting_here, *greedily(order, room, now=now)]
        there = {booking.visit.id for booking in placed}
        left_out = sum(cost for visit_id, cost in costs.items() if visit_id not in there)
        score = left_out, sum(waiting(booking.visit, on, booking.slot.start) for booking in placed)
        if best is None or score < best[0]:
            best = score, placed
    return best[1] if best else []


def _built(stay: Kept, clinic: Clinic, offered: Day, now: int) -> DayModel | None:
    """The program, or None where nobody may move."""
    if not (stay.free or stay.waiting_here) or not offered.opened:
        return None
    built = DayModel(clinic, offered, stay.fixed)
    for booking in stay.waiting_here:
        built.add(booking.visit, earliest=now, latest=booking.slot.start, must=True)
    for visit in stay.free:
        built.add(visit, earliest=now, latest=_LAST_MINUTE, must=False)
    built.close()
    return built


def _places(built: DayModel, bookings: Iterable[Booking]) -> dict[str, Place]:
    found = {}
    for booking in bookings:
        kind = built.kind_of(booking.slot.chair)
        if kind is not None:
            found[booking.visit.id] = Place(booking.slot.start // GRID_MINUTES, kind)
    return found


def _seat(
    built: DayModel, found: Found, movable: Mapping[str, Visit], stay: Kept, clinic: Clinic, on: date
) -> list[Booking] | None:
    """The same with chairs. Someone told keeps the chair too where all find one then, else an equal one."""
    in_chairs = [booking for booking in stay.fixed if booking.visit.state == "in_chair"]
    told = [booking for booking in stay.fixed if booking.visit.state != "in_chair"]
    bookings = list(in_chairs)
    for number, kind in enumerate(built.kinds):
        starts: dict[str, tuple[Visit, Slot]] = {
            visit_id: (movable[visit_id], Slot(on, place.start * GRID_MINUTES, _chair(movable[visit_id], on)))
            for visit_id, place in found.placed.items()
            if place.kind == number
        }
        starts |= {b.visit.id: (b.visit, b.slot) for b in told if built.kind_of(b.slot.chair) == number}
        chairs = seated(starts, kind, in_chairs, clinic, stay.told)
        if chairs is None:
            return None
        for visit_id, chair in chairs.items():
            visit, slot = starts[visit_id]
            bookings.append(Booking(visit, msgspec.structs.replace(slot, chair=chair)))
    return bookings


def _chair(visit: Visit, on: date) -> str:
    return visit.booked.chair if visit.booked is not None and visit.booked.on == on else ""


def _answer(
    visits: list[Visit],
    clinic: Clinic,
    offered: Day,
    stay: Kept,
    bookings: list[Booking],
    found: Found | None,
    costs: Mapping[str, int],
    begun: float,
) -> Proposal:
    on = offered.on
    bookings = sorted(bookings, key=lambda booking: (booking.slot, booking.visit.id))
    there = {booking.visit.id for booking in bookings}
    out = [visit for visit in stay.free if visit.id not in there]
    movable = {visit.id for visit in stay.free} | {booking.visit.id for booking in stay.waiting_here}
    late_for_sure = sum(lateness(booking.visit, on) for booking in bookings) + sum(lateness(visit, on) for visit in out)
    left = sum(costs[visit.id] for visit in out)
    waits = {booking.visit.id: waiting(booking.visit, on, booking.slot.start) for booking in bookings}
    waits_for_sure = sum(minutes for visit_id, minutes in waits.items() if visit_id not in movable)
    uneven = unevenness(bookings, offered)
    bounds = found.bounds if found else (left, sum(waits.values()) - waits_for_sure, uneven)
    was = {visit.id: visit.booked for visit in visits}
    moved, other_chair = [], []
    for booking in bookings:
        booked = was[booking.visit.id]
        if booked is not None and (booked.on, booked.start) != (on, booking.slot.start):
            moved.append(booking.visit.id)
        elif booked is not None and booked.chair != booking.slot.chair:
            other_chair.append(booking.visit.id)
    room = Occupancy(clinic, offered, bookings)
    return Proposal(
        bookings=tuple(bookings),
        left_out=(*stay.left_out, *(LeftOut(visit, why_not_today(visit, clinic, room)) for visit in out)),
        goals=(
            Goal("lateness", late_for_sure + left, late_for_sure + bounds[0]),
            Goal("waiting", sum(waits.values()), waits_for_sure + bounds[1]),
            Goal("unevenness", uneven, bounds[2]),
        ),
        moved=tuple(moved),
        other_chair=tuple(other_chair),
        seconds=time.monotonic() - begun,
        stopped_by=found.stopped_by if found else "proof",
    )
