"""Which day is so many days, weeks, months or years after another?"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from osteon.knowledge.spans import DAYS, DAYS_PER_MONTH
from osteon.knowledge.types import Quantity

_WHOLE_DAYS = {unit: DAYS[unit] for unit in ("d", "wk")}
_MONTHS = {"mo": 1, "a": 12}


def after(day: date, span: Quantity, times: int = 1) -> date:
    """The day `times` spans after `day`; months and years run by the calendar, clamped to the end of a short month.

    A negative `times` counts back. Raises ValueError for a unit that is not a time.
    """
    if span.unit in _WHOLE_DAYS:
        return day + timedelta(days=round(span.value * _WHOLE_DAYS[span.unit] * times))
    if span.unit in _MONTHS:
        return months_after(day, span.value * _MONTHS[span.unit] * times)
    message = f"not a span of time: {span}"
    raise ValueError(message)


def months_after(day: date, months: float) -> date:
    """The day so many months after `day`: whole months by the calendar, the rest in mean days."""
    whole, rest = divmod(months, 1)
    years, month = divmod(day.month - 1 + int(whole), 12)
    year = day.year + years
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=round(rest * DAYS_PER_MONTH))


def months_of(span: Quantity) -> float:
    """A span of time in mean months."""
    if span.unit in _MONTHS:
        return span.value * _MONTHS[span.unit]
    return span.value * _WHOLE_DAYS[span.unit] / DAYS_PER_MONTH


def months_between(first: date, second: date) -> float:
    """How many months lie from one day to a later one: whole months by the calendar, the rest in mean days."""
    day = first.day if first.day <= 28 else min(first.day, monthrange(second.year, second.month)[1])
    return (second.year - first.year) * 12 + second.month - first.month + (second.day - day) / DAYS_PER_MONTH
