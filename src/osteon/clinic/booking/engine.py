"""From the database to the schedule's engine and back: chairs, nurses, hours and visits of the days asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import holidays
from django.conf import settings
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.booking import models
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule import types
from osteon.clinic.schedule.harm import harm

_STATES: dict[str, types.VisitState] = {
    models.Visit.State.CONFIRMED: "confirmed",
    models.Visit.State.ARRIVED: "arrived",
    models.Visit.State.IN_CHAIR: "in_chair",
    models.Visit.State.INFUSING: "in_chair",
    models.Visit.State.OBSERVING: "in_chair",
}


class Days(Struct, frozen=True):
    """What the engine needs to know of some days: the clinic, who is booked, and what time it is."""

    clinic: types.Clinic
    booked: tuple[types.Visit, ...]
    now: tuple[date, int]


def days_from(first: date, last: date) -> Days:
    """Chairs, nurses, hours and bookings from one day to another, both included."""
    begins, ends = moment(first, 0), moment(last + timedelta(days=1), 0)
    rows = (
        models.Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends, chair__isnull=False)
        .exclude(state__in=models.Visit.OVER)
        .select_related("patient__availability")
    )
    local = timezone.localtime()
    return Days(
        clinic=types.Clinic(
            chairs=tuple(
                types.Chair(str(chair.pk), frozenset(chair.features))
                for chair in models.Chair.objects.filter(is_in_use=True).order_by("pk")
            ),
            nurses=tuple(_shift(each) for each in models.Shift.objects.filter(day__gte=first, day__lte=last)),
            hours=tuple(
                types.OpeningHours(each.weekday, _minute(each.opens), _minute(each.closes))
                for each in models.OpeningHours.objects.all()
            ),
            holidays=frozenset(closed_days(first, last)),
        ),
        booked=tuple(visit_of(row) for row in rows),
        now=(local.date(), local.hour * 60 + local.minute),
    )


def closed_days(first: date, last: date) -> dict[date, str]:
    """The days on which nobody comes, and why: public holidays where the clinic stands, and its own closures."""
    closed: dict[date, str] = {}
    if settings.HOLIDAYS:
        country, _, region = settings.HOLIDAYS.partition("-")
        years = range(first.year, last.year + 1)
        known = holidays.country_holidays(country, subdiv=region or None, years=years)
        closed = {day: name for day, name in known.items() if first <= day <= last}
    own = models.Closure.objects.filter(day__gte=first, day__lte=last)
    return closed | {each.day: each.reason for each in own}


def visit_of(row: models.Visit) -> types.Visit:
    """A visit as the engine knows it."""
    state = _STATES.get(row.state, "proposed")
    booked = slot_of(row)
    danger = row.latest + timedelta(days=1) if row.latest and row.window_is_hard else None
    weight = (
        harm(row.drug, doses_given=None, dangerous_from=danger) if danger else types.Harm(round(row.harm_per_day) or 1)
    )
    return types.Visit(
        id=str(row.pk),
        label=row.title,
        phases=types.Phases(row.setup_min, row.giving_min, row.observing_min, row.cleaning_min),
        due=row.due_on,
        window=types.Window(row.earliest, row.latest, is_latest_hard=row.window_is_hard),
        harm=weight,
        wishes=_wishes(row.patient),
        features=frozenset(row.features),
        state=state if booked is not None else "proposed",
        booked=booked,
    )


def _wishes(patient: Patient) -> types.Wishes:
    """What binds this patient: nothing, where nothing is recorded."""
    known: models.Availability | None = getattr(patient, "availability", None)
    if known is None:
        return types.Wishes()
    return types.Wishes(
        not_before=_minute(known.not_before) if known.not_before else None,
        gone_by=_minute(known.gone_by) if known.gone_by else None,
        weekdays=frozenset(known.weekdays),
    )


def slot_of(row: models.Visit) -> types.Slot | None:
    """Where and when a visit is booked, on the clinic's own clock."""
    if row.starts_at is None or row.chair_id is None:
        return None
    local = timezone.localtime(row.starts_at)
    return types.Slot(local.date(), local.hour * 60 + local.minute, str(row.chair_id))


def moment(on: date, minute: int) -> datetime:
    """The moment of a minute on the clinic's clock."""
    return timezone.make_aware(datetime.combine(on, time(minute // 60, minute % 60)))


def _shift(row: models.Shift) -> types.NurseShift:
    return types.NurseShift(
        str(row.nurse_id), row.day, _minute(row.starts), _minute(row.ends), row.starts_at_once, row.patients_at_once
    )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def some_days(first: date, number: int) -> Iterable[date]:
    """So many days from one on."""
    return (first + timedelta(days=each) for each in range(number))
