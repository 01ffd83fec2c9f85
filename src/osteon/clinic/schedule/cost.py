"""How good is a schedule? Lateness weighted by harm, then waiting, then how unevenly the nurses are loaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from osteon.clinic.schedule.day import Day
from osteon.clinic.schedule.grid import GRID_MINUTES, SLOTS
from osteon.clinic.schedule.types import Booking, Visit

UNEVENNESS_EVERY = 30 // GRID_MINUTES
"""Slots between two looks at the load: one each half hour (design)."""

_SHARE = 60
"""Of how many parts is a team's capacity made, so that loads of large and small teams compare in whole numbers? 60
divides by every team of up to six (design)."""


class Measured(msgspec.Struct, frozen=True):
    """How good is it? Harm in units of `harm`, minutes waited by all, and unevenness (no unit)."""

    lateness: int
    waiting_minutes: int
    unevenness: int


def lateness(visit: Visit, on: date) -> int:
    """How much harm does it do to give it on this date, in units of `harm`?

    Each day after the due date costs the weight of a day, each day in danger the weight of danger. Each day outside a
    soft end of the window costs a day's weight more.
    """
    harm, window = visit.harm, visit.window
    late = max(0, (on - visit.due).days)
    in_danger = 0
    if harm.danger_from is not None:
        in_danger = max(0, (on - max(harm.danger_from, visit.due)).days)
    total = (late - in_danger) * harm.per_day + in_danger * max(harm.per_day, harm.per_day_in_danger)
    if window.latest is not None and not window.is_latest_hard:
        total += max(0, (on - window.latest).days) * harm.per_day
    if window.earliest is not None and not window.is_earliest_hard:
        total += max(0, (window.earliest - on).days) * harm.per_day
    return total


def waits_from(visit: Visit, on: date) -> int | None:
    """From which minute does she wait: that at which she comes, else the one that she was told for this day?"""
    if visit.wishes.comes_at is not None:
        return visit.wishes.comes_at
    if visit.booked is not None and visit.booked.on == on and visit.state != "proposed":
        return visit.booked.start
    return None


def waiting(visit: Visit, on: date, start: int) -> int:
    """How many minutes does she wait?"""
    since = waits_from(visit, on)
    return 0 if since is None else max(0, start - since)


def loads(bookings: Iterable[Booking]) -> list[int]:
    """How many people are in the nurses' care, slot by slot of one day?"""
    load = [0] * SLOTS
    for booking in bookings:
        for slot in range(booking.slot.start // GRID_MINUTES, booking.leaves // GRID_MINUTES):
            load[min(slot, SLOTS - 1)] += 1
    return load


def looked_at(offered: Day) -> list[int]:
    """At which slots is the load looked at: each half hour at which a nurse is there?"""
    return [slot for slot in range(0, SLOTS, UNEVENNESS_EVERY) if offered.care[slot]]


def steps_of_load(offered: Day, slot: int, most: int) -> list[int]:
    """What does the first, the second, … patient at once cost at this slot? Rising, so that even loads are cheapest.

    Together they are the square of the load, in parts of what the team can do there: twelve patients of four nurses
    weigh as much as six of two.
    """
    return [(2 * patient + 1) * _SHARE // offered.care[slot] for patient in range(most)]


def unevenness(bookings: Iterable[Booking], offered: Day) -> int:
    """How unevenly is the team loaded over one day? The same work spread evenly has the least."""
    load = loads(bookings)
    return sum(sum(steps_of_load(offered, slot, load[slot])) for slot in looked_at(offered))


def measured(bookings: Iterable[Booking], days: Iterable[Day]) -> Measured:
    """How good are these bookings on these days? Who was left out is not in it."""
    found = list(bookings)
    return Measured(
        lateness=sum(lateness(booking.visit, booking.slot.on) for booking in found),
        waiting_minutes=sum(waiting(booking.visit, booking.slot.on, booking.slot.start) for booking in found),
        unevenness=sum(
            unevenness((booking for booking in found if booking.slot.on == offered.on), offered) for offered in days
        ),
    )
