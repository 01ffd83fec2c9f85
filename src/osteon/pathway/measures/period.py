"""When was it: before, inside or after the measurement period?

Measures count days, and here and there the time of day. A day is the day of the clock where it was written; only two
times that both name their zone are compared as instants.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from osteon.chart.fhir.dates import when
from osteon.chart.fhir.elements import Period as FhirPeriod
from osteon.pathway.calendar import months_after

_DAY_S = 86_400
_CLOCK = re.compile(r"[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?\s*([Zz]|[+-]\d\d:?\d\d)?")


class PeriodError(ValueError):
    """A measurement period that nobody can read. The message says how to write one."""


class Moment(NamedTuple):
    """A point in time as far as it was written: somewhere from `first` to `last`, both included.

    Seconds on the clock of the place, counted from the eve of year 1; `zone` is how many seconds that clock is ahead of
    UTC, None where nobody said. A date alone is any second of its day, a year any second of the year.
    """

    first: int
    last: int
    zone: int | None = None

    @property
    def first_day(self) -> int:
        """The earliest day that it can be, as an ordinal."""
        return self.first // _DAY_S

    @property
    def last_day(self) -> int:
        """The latest day that it can be, as an ordinal."""
        return self.last // _DAY_S

    @property
    def day(self) -> date | None:
        """The day, where it is one."""
        return date.fromordinal(self.first_day) if self.first_day == self.last_day else None

    def is_before(self, other: Moment) -> bool:
        """Was it surely earlier than the other?"""
        shift = 0 if self.zone is None or other.zone is None else self.zone - other.zone
        return self.last - shift < other.first


@lru_cache(maxsize=16384)
def moment(text: str) -> Moment | None:
    """The point in time that a FHIR date, dateTime or instant names; None for what is not one."""
    days = when(text)
    if days is None:
        return None
    first, last = days.earliest.toordinal() * _DAY_S, days.latest.toordinal() * _DAY_S + _DAY_S - 1
    clock = _CLOCK.fullmatch(text, 10)
    if clock is None:
        return Moment(first, last)
    hours, minutes, seconds, zone = clock.groups()
    start = first + int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    return Moment(start, start if seconds else start + 59, _seconds_ahead(zone))


def _seconds_ahead(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone in "Zz":
        return 0
    ahead = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
    return -ahead if zone[0] == "-" else ahead


class Span(NamedTuple):
    """From when to when did it last? An end that is None is not known."""

    start: Moment | None = None
    end: Moment | None = None


def span(point: str, period: FhirPeriod | None = None) -> Span:
    """The span of an element that FHIR writes as a point in time or as a period."""
    at = moment(point) if point else None
    if at is not None:
        return Span(at, at)
    return Span(moment(period.start), moment(period.end)) if period else Span()


class Days(NamedTuple):
    """A stretch of whole days, both ends included, as ordinals."""

    first: int
    last: int


class Period(NamedTuple):
    """The measurement period, both days included, and the day up to which the source knows (None: it knows all).

    A step that may be taken up to a day after `known_until` cannot be told to be missing.
    """

    start: date
    end: date
    known_until: date | None = None

    @classmethod
    def parse(cls, text: str, known_until: date | None = None) -> Period:
        """The period that is written as `2025-01-01/2025-12-31`. Raises `PeriodError`."""
        start, _, end = text.partition("/")
        return cls.between(start, end, known_until)

    @classmethod
    def between(cls, start: str, end: str, known_until: date | None = None) -> Period:
        """The period from one day to another. Raises `PeriodError`."""
        try:
            first, last = date.fromisoformat(start.strip()[:10]), date.fromisoformat(end.strip()[:10])
        except ValueError as error:
            message = f"{start}/{end}: write a measurement period as two days: 2025-01-01/2025-12-31"
            raise PeriodError(message) from error
        if last < first:
            message = f"{start}/{end}: the measurement period ends before it begins"
            raise PeriodError(message)
        return cls(first, last, known_until)

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"

    def holds(self, point: Moment | None) -> bool:
        """Was it surely inside, by day?"""
        return (
            point is not None and self.start.toordinal() <= point.first_day and point.last_day <= self.end.toordinal()
        )

    def holds_all(self, lasting: Span) -> bool:
        """Did it surely begin and end inside, by day?"""
        return self.holds(lasting.start) and self.holds(lasting.end)

    def is_after(self, point: Moment | None) -> bool:
        """Was it surely over before the period began?"""
        return point is not None and point.last_day < self.start.toordinal()

    def has_begun_by_its_end(self, point: Moment | None) -> bool:
        """Was it surely on the last day of the period or before?"""
        return point is not None and point.last_day <= self.end.toordinal()

    def overlaps(self, lasting: Span) -> bool:
        """Did it surely reach into the period? What has no end goes on; what has no beginning began with its end."""
        start, end = lasting.start or lasting.end, lasting.end
        return self.has_begun_by_its_end(start) and (end is None or end.first_day >= self.start.toordinal())

    def from_start(self, months: int) -> date:
        """The day so many calendar months after the first day; below 0, before it."""
        return months_after(self.start, months)

    def knows(self, day: date) -> bool:
        """Does the source reach to the end of that day?"""
        return self.known_until is None or day <= self.known_until
