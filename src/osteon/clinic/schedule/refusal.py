"""Why can this visit not be there? In words for the person who asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from osteon.clinic.schedule.allowed import date_refusals, feature_refusal, patient_refusal
from osteon.clinic.schedule.day import Day, day
from osteon.clinic.schedule.grid import GRID_MINUTES, clock_time, is_on_grid, members, span
from osteon.clinic.schedule.occupancy import Occupancy
from osteon.clinic.schedule.types import Booking, Chair, Clinic, Refusal, Refused, Slot, Visit


def why_not(
    visit: Visit, slot: Slot, clinic: Clinic, booked: Iterable[Visit] = (), *, now: tuple[date, int] | None = None
) -> tuple[Refusal, ...]:
    """Why can the visit not be in this slot? Nothing where it can.

    `booked` are the others, with their booked slots; the visit's own booking does not stand in its own way. `now` is
    today and the minute, where the past is to be refused.
    """
    if not is_on_grid(slot.start):
        words = f"{clock_time(slot.start)} is not on the grid of {GRID_MINUTES} minutes."
        return (Refusal(Refused.OFF_GRID, words, -(-slot.start // GRID_MINUTES) * GRID_MINUTES),)
    chair = next((chair for chair in clinic.chairs if chair.id == slot.chair), None)
    if chair is None:
        return (Refusal(Refused.NO_SUCH_CHAIR, f"There is no chair {slot.chair}."),)
    found = date_refusals(visit, clinic, slot.on)
    if now is not None and (slot.on, slot.start) < now:
        found.append(Refusal(Refused.PAST, "That time is past."))
    if lacks := feature_refusal(visit, chair):
        found.append(lacks)
    if hers := patient_refusal(visit, slot.start):
        found.append(hers)
    others = [
        Booking(other, other.booked)
        for other in booked
        if other.booked is not None and other.booked.on == slot.on and other.id != visit.id
    ]
    if not any(refusal.why in {Refused.HOLIDAY, Refused.CLOSED} for refusal in found):
        offered = day(clinic, slot.on)
        found += _hours(visit, slot, chair, clinic, offered)
        found += _taken(visit, slot, others)
        found += _team(visit, slot.start, Occupancy(clinic, offered, others))
    return tuple(found)


def why_not_today(visit: Visit, clinic: Clinic, room: Occupancy) -> tuple[Refusal, ...]:
    """Why did the visit find no place on this day, which is now full?"""
    chairs = [index for index, chair in enumerate(clinic.chairs) if visit.features <= chair.features]
    if not chairs:
        needs = " and ".join(sorted(visit.features))
        return (Refusal(Refused.FEATURE, f"No chair has {needs}, which this visit needs."),)
    minutes = visit.phases.in_chair
    if not any(room.chair_starts(visit, chair) for chair in chairs):
        return (Refusal(Refused.CHAIR_TAKEN, f"No chair that fits is free for {minutes} minutes in a row."),)
    if not room.team_starts(visit):
        why = _what_binds(visit, room)
        return (Refusal(why, f"At no time of the day {_TEAM_WORDS[why]}."),)
    words = f"When a chair that fits is free for {minutes} minutes, the nurses or the patient are not, and the reverse."
    return (Refusal(Refused.NO_ROOM, words),)


_TEAM_WORDS = {
    Refused.NURSE_STARTING: "has a nurse free hands to start it",
    Refused.NURSE_FULL: "can the nurses look after one more for so long",
    Refused.COMPANY: "is the company there that the patient needs",
    Refused.PATIENT_TIME: "is a nurse free when the patient can be here",
}


def _what_binds(visit: Visit, room: Occupancy) -> Refused:
    """Which limit leaves no start, looked at alone?"""
    for why, starts in room.limits(visit).items():
        if not starts:
            return why
    return Refused.PATIENT_TIME


def _hours(visit: Visit, slot: Slot, chair: Chair, clinic: Clinic, offered: Day) -> list[Refusal]:
    ends = slot.start + visit.phases.in_chair
    wanted = span(slot.start, ends)
    if wanted & ~offered.opened or ends > 24 * 60:
        spans = sorted((hours.start, hours.end) for hours in clinic.hours if hours.weekday == slot.on.weekday())
        opened = " and ".join(f"{clock_time(start)} to {clock_time(end)}" for start, end in spans)
        words = f"It would last until {clock_time(ends)}, cleaning included; the clinic is open {opened}."
        return [Refusal(Refused.CLOSED, words)]
    index = next(number for number, other in enumerate(clinic.chairs) if other.id == chair.id)
    shut = members(wanted & ~offered.chairs[index])
    if not shut:
        return []
    out = [
        closed
        for closed in chair.closed
        if closed.on in {None, slot.on} and closed.start < ends and slot.start < closed.end
    ]
    until = max(closed.end for closed in out)
    why = next((f" ({closed.why})" for closed in out if closed.why), "")
    return [Refusal(Refused.CHAIR_CLOSED, f"Chair {chair.id} is out of use until {clock_time(until)}{why}.", until)]


def _taken(visit: Visit, slot: Slot, others: Sequence[Booking]) -> list[Refusal]:
    ends = slot.start + visit.phases.in_chair
    there = [o for o in others if o.slot.chair == slot.chair and o.slot.start < ends and slot.start < o.ends]
    found = []
    for other in sorted(there, key=lambda booking: booking.slot.start):
        if other.slot.start <= slot.start:
            words = f"Chair {slot.chair} is taken by another visit until {clock_time(other.ends)}."
        else:
            words = (
                f"Chair {slot.chair} is taken by another visit from {clock_time(other.slot.start)} to "
                f"{clock_time(other.ends)}; this one would need it until {clock_time(ends)}."
            )
        found.append(Refusal(Refused.CHAIR_TAKEN, words, other.ends))
    return found


def _team(visit: Visit, start: int, room: Occupancy) -> list[Refusal]:
    """What do nurses and company say? At the first slot at which it is too much."""
    offered, phases = room.offered, visit.phases
    in_care = members(span(start, start + phases.in_care) & offered.opened)
    hands_on = members(span(start, start + phases.hands_on) & offered.opened)
    found: list[Refusal] = []
    alone = next((slot for slot in in_care if not offered.care[slot]), None)
    if alone is not None:
        return [Refusal(Refused.NO_NURSE, f"No nurse is there at {clock_time(alone * GRID_MINUTES)}.")]
    busy = next((slot for slot in hands_on if room.starting[slot] >= offered.starts[slot]), None)
    if busy is not None:
        until = _until(busy, room.starting, offered.starts)
        words = (
            f"At {clock_time(busy * GRID_MINUTES)} the nurses there are already starting {room.starting[busy]}, and "
            f"can start {offered.starts[busy]} at once; until {clock_time(until)}."
        )
        found.append(Refusal(Refused.NURSE_STARTING, words, until))
    full = next((slot for slot in in_care if room.in_care[slot] >= offered.care[slot]), None)
    if full is not None:
        until = _until(full, room.in_care, offered.care)
        words = (
            f"At {clock_time(full * GRID_MINUTES)} the nurses there already look after {room.in_care[full]}, and can "
            f"look after {offered.care[full]}; until {clock_time(until)}."
        )
        found.append(Refusal(Refused.NURSE_FULL, words, until))
    for kind in sorted(visit.wishes.needs):
        capacity, load = offered.company.get(kind), room.accompanied.get(kind)
        lacking = next(
            (slot for slot in in_care if capacity is None or load is None or load[slot] >= capacity[slot]), None
        )
        if lacking is not None:
            words = f"The patient needs {kind}, and none is free at {clock_time(lacking * GRID_MINUTES)}."
            found.append(Refusal(Refused.COMPANY, words))
    return found


def _until(slot: int, load: Sequence[int], capacity: Sequence[int]) -> int:
    while slot < len(load) and load[slot] >= capacity[slot]:
        slot += 1
    return slot * GRID_MINUTES
