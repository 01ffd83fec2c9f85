"""Give a visit a chair and a time, and move several at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from django.db import transaction

from osteon.clinic.audit.log import record
from osteon.clinic.booking.engine import days_from, moment, some_days, visit_of
from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Summary
from osteon.clinic.records.refresh import refresh_patient, today
from osteon.clinic.schedule.refusal import why_not
from osteon.clinic.schedule.slots import open_slots
from osteon.clinic.schedule.types import OpenSlot, Refusal, Refused, Slot

LOOKS_AHEAD_DAYS = 35
"""How many days from the first possible one are searched for a place (a design default)."""

_APART_MIN = 60
MOVABLE = (Visit.State.WAITING, Visit.State.PROPOSED, Visit.State.CONFIRMED)
"""A visit in one of these states may be put on any day; whoever has arrived may still change the chair or the hour."""

CHANGED_MEANWHILE = Refusal(Refused.KEPT, "The visit was changed meanwhile; look again.")
HAS_BEGUN = Refusal(Refused.KEPT, "The visit has begun, or is over: it is not moved any more.")


class NotFreeError(Exception):
    """The place is not to be had. `reasons` say why, in words."""

    def __init__(self, reasons: tuple[Refusal, ...]) -> None:
        super().__init__(" ".join(each.words for each in reasons))
        self.reasons = reasons


def best_slots(visit: Visit, *, most: int = 12, first: date | None = None) -> list[OpenSlot]:
    """The best free places for a visit, the best first, an hour or more apart; none outside a hard window."""
    begin = max(first or visit.earliest, today())
    end = begin + timedelta(days=LOOKS_AHEAD_DAYS)
    if visit.window_is_hard and visit.latest is not None:
        end = min(end, visit.latest)
    if end < begin:
        return []
    known = days_from(begin, end)
    days = some_days(begin, (end - begin).days + 1)
    apart: dict[tuple[date, int], OpenSlot] = {}
    for each in open_slots(visit_of(visit), known.clinic, days, known.booked, now=known.now):
        apart.setdefault((each.slot.on, each.slot.start // _APART_MIN), each)
        if len(apart) == most:
            break
    return list(apart.values())


def book(visit: Visit, slot: Slot, by: User) -> Visit:
    """Book a visit into a place, if it is free at this moment. Raises `NotFreeError`."""
    return rebook([(visit, slot)], by)[0]


def rebook(moves: Sequence[tuple[Visit, Slot]], by: User) -> list[Visit]:
    """Book each of these visits into its place, all or none: they do not stand in each other's way.

    A visit that has no row yet is made. Raises `NotFreeError` where one place is not free, or a visit was changed.
    """
    with transaction.atomic():
        one_at_a_time()
        kept = [(_as_it_stands(visit), slot) for visit, slot in moves]
        lift(visit for visit, _ in kept)
        return [_place(visit, slot, by) for visit, slot in kept]


def one_at_a_time() -> None:
    """Let nobody else book until this transaction ends: whoever looks for a free place sees all who were before."""
    list(Chair.objects.select_for_update().order_by("pk").values_list("pk"))


def lift(visits: Iterable[Visit]) -> None:
    """Take these out of their chairs for a moment; each is put into another at once."""
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(chair=None)


def _as_it_stands(visit: Visit) -> Visit:
    kept = Visit.objects.select_for_update().filter(pk=visit.pk).first()
    if kept is None:
        if visit.patient.visits.exclude(state__in=Visit.OVER).exists():
            raise NotFreeError((CHANGED_MEANWHILE,))
        return visit
    if kept.version != visit.version:
        raise NotFreeError((CHANGED_MEANWHILE,))
    return kept


def _place(visit: Visit, slot: Slot, by: User) -> Visit:
    known = days_from(slot.on, slot.on)
    is_here = visit.state == Visit.State.ARRIVED and slot.on == today()
    if visit.state not in MOVABLE and not is_here:
        raise NotFreeError((HAS_BEGUN,))
    if reasons := why_not(visit_of(visit), slot, known.clinic, known.booked, now=known.now):
        raise NotFreeError(reasons)
    visit.chair_id, visit.starts_at = int(slot.chair), moment(slot.on, slot.start)
    if not is_here:
        visit.state = Visit.State.CONFIRMED
    visit.version += 1
    visit.save()
    record(by, "booked a visit", patient=visit.patient, visit=str(visit.pk), on=slot.on.isoformat(), minute=slot.start)
    if slot.on == today() and not Summary.objects.filter(patient=visit.patient, on=today()).exists():
        transaction.on_commit(partial(refresh_patient.enqueue, str(visit.patient_id)))
    return visit
