"""Today in the invented clinic: who has gone, who sits in a chair, who waits, who is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from osteon.clinic.booking.models import Chair, Visit, VisitEvent
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.demo.hour import sit_through
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

_BEGAN_BEFORE = timedelta(minutes=135)
"""How long before now the first patient sat down."""

_BETWEEN = timedelta(minutes=5)
_COMES_BEFORE = timedelta(minutes=10)
_DID_NOT_COME = 4
"""Who of the day's patients stayed away."""


def fill_today(patients: Sequence[Patient]) -> None:
    """Give each of these patients a visit today, chair by chair, in the state that fits this hour."""
    now = timezone.now()
    begins = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0) - _BEGAN_BEFORE
    chairs = list(Chair.objects.order_by("pk"))
    free = {chair.pk: begins + _BETWEEN * number for number, chair in enumerate(chairs)}
    nurses = list(User.objects.filter(role=Role.NURSE).order_by("pk"))
    ordered = [*patients[2:], *patients[:2]]  # Jane and Mark are still to come
    for number, patient in enumerate(ordered):
        visit = visit_for(patient)
        if visit is None:
            continue
        chair = min(
            (each for each in chairs if set(visit.features) <= set(each.features)),
            key=lambda each: (free[each.pk], each.pk),
        )
        visit.chair, visit.nurse, visit.starts_at = chair, nurses[number % len(nurses)], free[chair.pk]
        visit.earliest, visit.state = min(visit.earliest, timezone.localdate()), Visit.State.CONFIRMED
        visit.save()
        free[chair.pk] += timedelta(minutes=visit.minutes) + _BETWEEN * (number % 3)
        _live_through(visit, number, now)


def _live_through(visit: Visit, number: int, now: datetime) -> None:
    """Let happen to a visit what would have happened by now."""
    assert visit.starts_at is not None  # noqa: S101 - fill_today has just set it
    if number == _DID_NOT_COME:
        _note(visit, Visit.State.NO_SHOW, visit.starts_at + timedelta(minutes=30))
        return
    came = visit.starts_at - _COMES_BEFORE
    if came > now:
        return
    _note(visit, Visit.State.ARRIVED, came)
    if visit.starts_at <= now:
        sit_through(visit, now)


def _note(visit: Visit, state: Visit.State, at: datetime) -> None:
    visit.state = state
    visit.save(update_fields=["state", "changed_at"])
    VisitEvent.objects.create(visit=visit, at=at, by=visit.nurse, kind=state)
