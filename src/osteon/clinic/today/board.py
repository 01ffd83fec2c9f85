"""Who is here today, in which state, and who needs a hand next?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.access.sight import in_sight, name_for
from osteon.clinic.booking.models import Visit, VisitEvent
from osteon.clinic.day import bounds
from osteon.clinic.infusion.alarms import OpenAlarm, open_alarms
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Readiness, Summary
from osteon.clinic.records.refresh import today

_ORDER = {
    Visit.State.INFUSING: 2,
    Visit.State.OBSERVING: 3,
    Visit.State.IN_CHAIR: 4,
    Visit.State.CONFIRMED: 6,
    Visit.State.PROPOSED: 7,
    Visit.State.WAITING: 7,
    Visit.State.NO_SHOW: 8,
    Visit.State.GONE: 9,
    Visit.State.CANCELLED: 9,
}
_LOOKS_BACK_DAYS = 28
"""How many days back the board asks for what was not recorded (a design default)."""

_ARRIVED_READY, _ARRIVED_NOT_READY, _LATE = 0, 1, 5


class Row(Struct, frozen=True):
    """One line of the board."""

    visit: Visit
    readiness: str
    one_thing: str
    is_overdue: bool
    waits_min: int | None = None
    """Since how many minutes somebody who has arrived has been waiting."""


class Calling(Struct, frozen=True):
    """An alarm on the board, and whom it is about, as far as this person may know."""

    alarm: OpenAlarm
    who: str


def board(user: User) -> list[Row]:
    """Today's visits: who waits ready for a nurse first, then who waits for one thing, then who sits in a chair, then
    who should have come, who is still to come, and who has gone."""
    now = timezone.now()
    visits = _visits(user).select_related("patient__summary", "chair", "nurse")
    visits = visits.defer("patient__summary__picture", "patient__summary__strip")
    since = _waiting_since(visits)
    rows = [_row(visit, since.get(visit.pk), now) for visit in visits]
    return sorted(rows, key=lambda row: (_hand(row), row.visit.starts_at, row.visit.pk))


def unrecorded(user: User) -> list[Visit]:
    """Visits of the days before of which nobody recorded whether the patient came, or that were never ended."""
    begins, _ = bounds(today())
    rows = (
        Visit.objects.filter(starts_at__lt=begins, starts_at__gte=begins - timedelta(days=_LOOKS_BACK_DAYS))
        .filter(in_sight(user))
        .exclude(state__in=Visit.OVER)
    )
    return list(rows.select_related("patient", "chair").order_by("starts_at", "pk"))


def mark(user: User) -> str:
    """A short word that changes whenever the board would look otherwise: one query, and the minute."""
    seen = _visits(user).aggregate(
        count=Count("pk"), visits=Max("changed_at"), summaries=Max("patient__summary__made_at")
    )
    minute = timezone.now().strftime("%H:%M")
    calling = [(each.id, each.level) for each in open_alarms(timezone.now())]
    return sha256(f"{user.role} {minute} {calling} {sorted(seen.items(), key=str)}".encode()).hexdigest()[:20]


def alarms_for(user: User) -> list[Calling]:
    """What calls out now. Who may not see the patient hears the chair and not the name."""
    return [Calling(each, name_for(user, each.patient)) for each in open_alarms(timezone.now())]


def _visits(user: User) -> QuerySet[Visit]:
    begins, ends = bounds(today())
    return Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends).filter(in_sight(user))


def _waiting_since(visits: Iterable[Visit]) -> dict[UUID, datetime]:
    """When those who wait came, by the id of the visit."""
    waiting = [visit.pk for visit in visits if visit.state == Visit.State.ARRIVED]
    came = VisitEvent.objects.filter(visit__in=waiting, kind=Visit.State.ARRIVED).order_by("at")
    return dict(came.values_list("visit", "at")) if waiting else {}


def _row(visit: Visit, arrived_at: datetime | None, now: datetime) -> Row:
    assert visit.starts_at is not None  # noqa: S101 - asked for by the filter
    summary: Summary | None = getattr(visit.patient, "summary", None)
    overdue = visit.state == Visit.State.CONFIRMED and visit.starts_at < now
    waits = None
    if visit.state == Visit.State.ARRIVED and arrived_at is not None:
        waits = max(0, int((now - arrived_at).total_seconds()) // 60)
    if summary is None or summary.on != today():
        return Row(visit, Readiness.CANNOT_TELL, "It is being worked out.", overdue, waits)
    return Row(visit, summary.readiness, summary.one_thing, overdue, waits)


def _hand(row: Row) -> int:
    """How soon does this one need a hand? 0 is next."""
    if row.visit.state == Visit.State.ARRIVED:
        return _ARRIVED_READY if row.readiness == Readiness.READY else _ARRIVED_NOT_READY
    return _LATE if row.is_overdue else _ORDER[Visit.State(row.visit.state)]
