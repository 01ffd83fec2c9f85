"""Who stays where she is when a day is planned again?"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from osteon.clinic.schedule.allowed import date_refusals, places
from osteon.clinic.schedule.day import Day
from osteon.clinic.schedule.occupancy import Occupancy
from osteon.clinic.schedule.types import Booking, Clinic, LeftOut, Slot, Visit

_BY_STATE = ("in_chair", "arrived", "confirmed", "proposed")


class Kept(msgspec.Struct, frozen=True):
    """Who stays, who may move, and who cannot be here?

    `fixed` stay at their minute: those in a chair, and those told, where that is possible. `waiting_here` have arrived
    and have a time that still holds: they may be taken earlier, never later. `free` may be anywhere on this day. `told`
    are the ids of those among them who know a time today or are on their way.
    """

    fixed: tuple[Booking, ...]
    waiting_here: tuple[Booking, ...]
    free: tuple[Visit, ...]
    told: frozenset[str]
    left_out: tuple[LeftOut, ...]


def kept(visits: Iterable[Visit], clinic: Clinic, offered: Day, *, now: int, coming: frozenset[str]) -> Kept:
    """Who stays where she is on this day?

    Someone told whose chair is out of use keeps her minute in another chair. Someone told whose minute is past or whose
    minute no longer holds may move, to a later minute only. `coming` are known to come at another time than told.
    """
    here = sorted(
        (visit for visit in visits if visit.state == "proposed" or _is_today(visit, offered)),
        key=lambda visit: (_BY_STATE.index(visit.state), visit.booked.start if visit.booked else 0, visit.id),
    )
    taken = Occupancy(clinic, offered)
    left_out, free, unsettled = [], [], []
    fixed: list[Booking] = []
    waiting_here: list[Booking] = []
    told = {visit.id for visit in here if visit.state != "proposed"} | coming
    for visit in here:
        refusals = () if visit.state == "in_chair" else tuple(date_refusals(visit, clinic, offered.on))
        if refusals:
            left_out.append(LeftOut(visit, refusals))
        elif visit.state == "in_chair" and visit.booked is not None:
            fixed.append(Booking(visit, visit.booked))
            taken.add(fixed[-1])
        elif visit.state == "proposed" or visit.id in coming or not _is_today(visit, offered):
            free.append(visit)
        elif not _stays(visit, taken, visit.booked, now, waiting_here if visit.state == "arrived" else fixed):
            unsettled.append(visit)
    for visit in unsettled:
        stays_in = waiting_here if visit.state == "arrived" else fixed
        if not any(_stays(visit, taken, slot, now, stays_in) for slot in _same_minute(visit, clinic)):
            free.append(_released(visit))
    return Kept(tuple(fixed), tuple(waiting_here), tuple(free), frozenset(told), tuple(left_out))


def _is_today(visit: Visit, offered: Day) -> bool:
    return visit.state == "arrived" if visit.booked is None else visit.booked.on == offered.on


def _stays(visit: Visit, taken: Occupancy, slot: Slot | None, now: int, stays_in: list[Booking]) -> bool:
    if slot is None or slot.start < now or not taken.fits(visit, slot):
        return False
    stays_in.append(Booking(visit, slot))
    taken.add(stays_in[-1])
    return True


def _same_minute(visit: Visit, clinic: Clinic) -> list[Slot]:
    booked = visit.booked
    if booked is None:
        return []
    return [msgspec.structs.replace(booked, chair=clinic.chairs[chair].id) for chair in places(visit, clinic)]


def _released(visit: Visit) -> Visit:
    """The same visit, to be proposed anew: she comes when she was told, or is here already."""
    if visit.booked is None or visit.state == "arrived":
        return msgspec.structs.replace(visit, state="proposed")
    comes_at = max(visit.booked.start, visit.wishes.comes_at or 0)
    return msgspec.structs.replace(
        visit, state="proposed", wishes=msgspec.structs.replace(visit.wishes, comes_at=comes_at)
    )
