"""Is a schedule allowed? Looked at minute by minute, on purpose without anything that made it.

This knows neither the solver nor the sets of slots: only the types. It is slow, and what tests hold the engine to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from osteon.clinic.schedule.types import Booking, Clinic, Refused, Violation


def check(bookings: Iterable[Booking], clinic: Clinic) -> list[Violation]:
    """What is wrong with these bookings? Nothing where they are allowed.

    A confirmed visit that is booked at another day or minute than told is wrong too; in another chair it is not.
    """
    found = []
    all_of_them = list(bookings)
    for booking in all_of_them:
        found += _alone(booking, clinic)
    found += _in_chairs(all_of_them)
    found += _with_nurses(all_of_them, clinic)
    found += _with_company(all_of_them, clinic)
    ids = [booking.visit.id for booking in all_of_them]
    found += [
        Violation(Refused.KEPT, (twice,), "booked twice")
        for twice in sorted({one for one in ids if ids.count(one) > 1})
    ]
    return found


def _alone(booking: Booking, clinic: Clinic) -> list[Violation]:
    visit, slot = booking.visit, booking.slot
    window, wishes, start = visit.window, visit.wishes, slot.start
    chair = next((chair for chair in clinic.chairs if chair.id == slot.chair), None)
    leaves = start + visit.phases.set_up + visit.phases.giving + visit.phases.observation
    ends = leaves + visit.phases.cleaning
    open_minutes = {
        minute
        for hours in clinic.hours
        if hours.weekday == slot.on.weekday()
        for minute in range(hours.start, hours.end)
    }
    shut = {
        minute
        for closed in (chair.closed if chair else ())
        if closed.on is None or closed.on == slot.on
        for minute in range(closed.start, closed.end)
    }
    minutes = set(range(start, ends))
    booked = visit.booked
    moved = booked is not None and (booked.on, booked.start) != (slot.on, start)
    wrong = {
        Refused.NO_SUCH_CHAIR: chair is None,
        Refused.FEATURE: chair is not None and not all(feature in chair.features for feature in visit.features),
        Refused.HOLIDAY: slot.on in clinic.holidays,
        Refused.CLOSED: not minutes <= open_minutes,
        Refused.CHAIR_CLOSED: bool(minutes & shut),
        Refused.TOO_EARLY: window.is_earliest_hard and window.earliest is not None and slot.on < window.earliest,
        Refused.TOO_LATE: window.is_latest_hard and window.latest is not None and slot.on > window.latest,
        Refused.WEEKDAY: bool(wishes.weekdays) and slot.on.weekday() not in wishes.weekdays,
        Refused.PATIENT_TIME: (wishes.not_before is not None and start < wishes.not_before)
        or (wishes.comes_at is not None and start < wishes.comes_at)
        or (wishes.gone_by is not None and leaves > wishes.gone_by),
        Refused.OFF_GRID: start % 5 != 0,
        Refused.KEPT: visit.state in {"confirmed", "in_chair"} and moved,
    }
    return [Violation(why, (visit.id,), f"{why} at {slot}") for why, is_wrong in wrong.items() if is_wrong]


def _in_chairs(bookings: list[Booking]) -> list[Violation]:
    found = []
    for number, one in enumerate(bookings):
        for other in bookings[number + 1 :]:
            same_chair = (one.slot.on, one.slot.chair) == (other.slot.on, other.slot.chair)
            if same_chair and one.slot.start < other.ends and other.slot.start < one.ends:
                both = one.visit.id, other.visit.id
                found.append(Violation(Refused.CHAIR_TAKEN, both, f"two people in chair {one.slot.chair}"))
    return found


def _with_nurses(bookings: list[Booking], clinic: Clinic) -> list[Violation]:
    starting, in_care = defaultdict(list), defaultdict(list)
    for booking in bookings:
        on, start, phases = booking.slot.on, booking.slot.start, booking.visit.phases
        for minute in range(start, start + max(phases.set_up, 5)):
            starting[on, minute].append(booking.visit.id)
        for minute in range(start, start + phases.set_up + phases.giving + phases.observation):
            in_care[on, minute].append(booking.visit.id)
    found = []
    for (on, minute), visits in sorted(in_care.items()):
        there = [nurse for nurse in clinic.nurses if nurse.on == on and nurse.start <= minute < nurse.end]
        if len(visits) > sum(nurse.patients_at_once for nurse in there):
            why = Refused.NURSE_FULL if there else Refused.NO_NURSE
            found.append(Violation(why, tuple(visits), f"{len(visits)} people in care on {on} at minute {minute}"))
    for (on, minute), visits in sorted(starting.items()):
        hands = sum(n.starts_at_once for n in clinic.nurses if n.on == on and n.start <= minute < n.end)
        if len(visits) > hands:
            words = f"{len(visits)} set up on {on} at minute {minute}"
            found.append(Violation(Refused.NURSE_STARTING, tuple(visits), words))
    return found


def _with_company(bookings: list[Booking], clinic: Clinic) -> list[Violation]:
    needed = defaultdict(list)
    for booking in bookings:
        for kind in booking.visit.wishes.needs:
            for minute in range(booking.slot.start, booking.leaves):
                needed[kind, booking.slot.on, minute].append(booking.visit.id)
    found = []
    for (kind, on, minute), visits in sorted(needed.items()):
        there = sum(
            company.patients_at_once
            for company in clinic.company
            if (company.kind, company.on) == (kind, on) and company.start <= minute < company.end
        )
        if len(visits) > there:
            found.append(Violation(Refused.COMPANY, tuple(visits), f"no {kind} on {on} at minute {minute}"))
    return found
