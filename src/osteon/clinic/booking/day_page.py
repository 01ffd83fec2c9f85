"""What the schedule shows of one day: chairs, who sits where and when, nurses, and why nobody comes."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from msgspec import Struct

from osteon.clinic.access.sight import in_sight
from osteon.clinic.booking.day_grid import Line, day_grid
from osteon.clinic.booking.engine import closed_days, days_from, visit_of
from osteon.clinic.booking.models import Chair, OpeningHours, Shift, Visit
from osteon.clinic.day import bounds
from osteon.clinic.people.models import User
from osteon.clinic.schedule.slots import starts_on


class Column(Struct, frozen=True):
    """One chair and its visits in the order of time."""

    chair: Chair
    visits: tuple[Visit, ...]


class DayPage(Struct, frozen=True, kw_only=True):
    """One day: chair by chair. `closed` says why nobody comes, empty on an open day."""

    on: date
    columns: tuple[Column, ...]
    shifts: tuple[Shift, ...]
    hours: OpeningHours | None
    closed: str
    lines: tuple[Line, ...]


def day_page(on: date, user: User, *, moving: Visit | None = None) -> DayPage:
    """What is booked on a day, as far as this person may see it; with `moving`, where that visit could go."""
    begins, ends = bounds(on)
    found = (
        Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
        .exclude(state=Visit.State.CANCELLED)
        .filter(in_sight(user))
        .select_related("patient", "nurse")
        .order_by("starts_at", "pk")
    )
    by_chair: dict[int | None, list[Visit]] = {}
    for visit in found:
        by_chair.setdefault(visit.chair_id, []).append(visit)
    columns = tuple(
        Column(chair, tuple(by_chair.get(chair.pk, ())))
        for chair in Chair.objects.order_by("pk")
        if chair.is_in_use or chair.pk in by_chair
    )
    hours = OpeningHours.objects.filter(weekday=on.weekday()).first()
    closed = closed_days(on, on).get(on, "")
    return DayPage(
        on=on,
        columns=columns,
        shifts=tuple(Shift.objects.filter(day=on).select_related("nurse").order_by("starts", "pk")),
        hours=hours,
        closed=closed,
        lines=day_grid(
            [(column.chair, column.visits) for column in columns],
            None if closed else hours,
            offered=_offered(moving, on) if moving is not None else (),
        ),
    )


def _offered(visit: Visit, on: date) -> frozenset[tuple[int, str]]:
    known = days_from(on, on)
    return starts_on(visit_of(visit), known.clinic, on, known.booked, now=known.now)


def booked_by_day(first: date, days: int) -> list[tuple[date, int, str]]:
    """How many are booked on each of these days, and why a day is closed."""
    begins, _ = bounds(first)
    last = first + timedelta(days=days - 1)
    _, ends = bounds(last)
    counted = dict(
        Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
        .exclude(state__in=(Visit.State.CANCELLED, Visit.State.NO_SHOW))
        .annotate(day=TruncDate("starts_at"))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    closed = closed_days(first, last)
    open_on = set(OpeningHours.objects.values_list("weekday", flat=True))
    each = (first + timedelta(days=number) for number in range(days))
    return [
        (day, counted.get(day, 0), closed.get(day, "" if day.weekday() in open_on else f"no hours on {day:%A}s"))
        for day in each
    ]
