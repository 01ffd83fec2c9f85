"""Which day does a FHIR date mean?

A date keeps the precision it was written with. Of a time only the day is kept, as the place that wrote it counted
days: the zone is not shifted.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache

from osteon.chart.fhir.elements import Period, Quantity
from osteon.chart.types import When, day_after
from osteon.knowledge.spans import DAYS, DAYS_PER_YEAR


@lru_cache(maxsize=8192)
def when(text: str) -> When | None:
    """The day, month or year that a FHIR date, dateTime or instant names; None for what is not a date."""
    try:
        if len(text) == 4:
            year = int(text) if text.isdecimal() else 0
            return When(date(year, 1, 1), date(year, 12, 31))
        if len(text) == 7 and text[4] == "-":
            year, month = int(text[:4]), int(text[5:])
            return When(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        if text[4:5] == "-" and text[7:8] == "-" and text[10:11] in ("", "T", "t", " "):
            return When.on(date.fromisoformat(text[:10]))
    except (ValueError, IndexError):
        pass
    return None


def during(period: Period | None) -> When | None:
    """From the first to the last day of a period; the one end that is given; None where neither is."""
    start, end = bounds(period)
    if start and end and start.earliest <= end.latest:
        return When(start.earliest, end.latest)
    return start or end


def bounds(period: Period | None) -> tuple[When | None, When | None]:
    """The start and the end of a period, each as far as it is known."""
    return (when(period.start), when(period.end)) if period else (None, None)


_YEARS_PER_AGE_UNIT = {unit: DAYS[unit] / DAYS_PER_YEAR for unit in ("a", "mo", "wk", "d")}


def at_age(age: Quantity | None, birth: When | None) -> When | None:
    """In which span of days did the patient have this age? An age in years leaves a year open."""
    if not age or not birth or age.value is None or age.comparator:
        return None
    years = age.value * _YEARS_PER_AGE_UNIT.get(age.code or age.unit or "a", 0.0)
    if not 0 < years < 130:
        return None
    open_years = 1 if years == int(years) else 0
    return When(
        day_after(birth.earliest, DAYS_PER_YEAR * years), day_after(birth.latest, DAYS_PER_YEAR * (years + open_years))
    )


def earliest(*days: When | None) -> When | None:
    """The first of the days that are known."""
    return min((day for day in days if day), default=None)
