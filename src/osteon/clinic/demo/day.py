"""Today in the invented clinic: who has gone, who sits in a chair, who waits, who is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from osteon.clinic.booking.models import Chair, OpeningHours, Visit, VisitEvent
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

_STEP_MIN = 15


def fill_today(patients: Sequence[Patient]) -> None:
    """Give each of these patients a visit today, chair by chair, in the state that fits this hour."""
    now = timezone.localtime()
    free = {chair.pk: _opening(now) for chair in Chair.objects.order_by("pk")}
    nurses = list(User.objects.filter(role=Role.NURSE).order_by("pk"))
    ordered = [*patients[2:8], *patients[:2], *patients[8:]]  # Jane and Mark about now, not at daybreak
    for number, patient in enumerate(ordered):
        visit = visit_for(patient)
        if visit is None:
            continue
        chair = min(free, key=lambda each: (free[each], each))
        visit.chair_id, visit.nurse, visit.starts_at = chair, nurses[number % len(nurses)], free[chair]
        visit.earliest = min(visit.earliest, now.date())
        free[chair] += timedelta(minutes=-(-visit.minutes // _STEP_MIN) * _STEP_MIN + _STEP_MIN * (number % 3))
        visit.state = Visit.State.CONFIRMED
        visit.save()
        _live_through(visit, number, now)


def _live_through(visit: Visit, number: int, now: datetime) -> None:
    """Let happen to a visit what would have happened by now."""
    assert visit.starts_at is not None  # noqa: S101 - fill_today has just set it
    happened = [(Visit.State.ARRIVED, visit.starts_at - timedelta(minutes=10))]
    moment = visit.starts_at
    for state, minutes in (
        (Visit.State.IN_CHAIR, visit.setup_min),
        (Visit.State.INFUSING, visit.giving_min),
        (Visit.State.OBSERVING, visit.observing_min),
        (Visit.State.GONE, 0),
    ):
        happened.append((state, moment))
        moment += timedelta(minutes=minutes)
    if number == 5:
        happened = [(Visit.State.NO_SHOW, visit.starts_at + timedelta(minutes=30))]
    for state, at in happened:
        if at <= now:
            visit.state = state
            VisitEvent.objects.create(visit=visit, at=at, by=visit.nurse, kind=state)
    visit.save(update_fields=["state", "changed_at"])


def _opening(now: datetime) -> datetime:
    hours = OpeningHours.objects.get(weekday=now.weekday())
    return timezone.make_aware(datetime.combine(now.date(), hours.opens))
