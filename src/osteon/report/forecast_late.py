"""What happens if the next dose is late?"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from osteon.bone.deviations import late
from osteon.bone.patient import Site
from osteon.bone.regimen import Course, Regimen
from osteon.bone.types import Forecast
from osteon.knowledge.spans import DAYS_PER_MONTH
from osteon.report.forecast_words import SITE, drug_words, per_100, signed, span_words

LATE_BY_MONTHS = 3.0
"""How late the dose is taken to be, if nobody says: a missed appointment, found at the next call (design)."""

_SHORTEST_INTERVAL_D = 28.0
"""Doses closer than four weeks are taken at home; a late one among many is no event (design)."""

_ENOUGH = 2
"""Of a course the first two doses decide which one is next."""

_WORTH_SAYING_PCT, _WORTH_SAYING_PEOPLE = 0.5, 0.05
"""Less than half a point of density, or than 0.05 of 100 people, is said to be hardly a change (design)."""


class LateDose(Struct, frozen=True):
    """Which regimen is it then, and which dose is late? `month` is when it was due."""

    regimen: Regimen
    drug: str
    month: float
    by_months: float

    @property
    def words(self) -> str:
        """Which dose comes how late?"""
        due = "today" if abs(self.month) < 0.05 else f"in month {self.month:.3g}"
        return f"the dose of {drug_words(self.drug)} that is due {due} comes {span_words(self.by_months)} late"


class Late(Struct, frozen=True):
    """What becomes of the skeleton if this dose is late?"""

    dose: LateDose
    forecast: Forecast


def next_dose_late(regimen: Regimen, history: Regimen, by_months: float) -> LateDose | None:
    """Which regimen is it, if the next dose comes late?

    The next dose is the first one planned, from today on, that follows an earlier dose: the first dose of all is never
    late. Only doses at intervals of four weeks or more, or single ones, count, be it as earlier dose in the history or
    as the late one. None where no such dose is planned.
    """
    is_followed = any(_at_clinic(course) for course in history.courses)
    planned = [
        (dose.day, dose.drug, _at_clinic(course)) for course in regimen.courses for dose in course.doses()[:_ENOUGH]
    ]
    for day, drug, counts in sorted(planned):
        if is_followed and counts and day > -1e-6:
            month = day / DAYS_PER_MONTH
            return LateDose(late(regimen, drug, month, by_months), drug, month, by_months)
        is_followed = True
    return None


def _at_clinic(course: Course) -> bool:
    return course.interval_days is None or course.interval_days >= _SHORTEST_INTERVAL_D


def late_words(on_time: Forecast, late: Late) -> str:
    """What does the delay cost, in a sentence: density at the site that loses most, and broken vertebrae?"""
    lost = {site: _most_lost(on_time, late.forecast, site) for site in on_time.density_pct}
    site = min(lost, key=lambda each: lost[each][0])
    points, month = lost[site]
    if points > -_WORTH_SAYING_PCT:
        density = "density hardly changes (less than half a point at any site)"
    else:
        density = f"density is up to {-points:.1f} points lower ({SITE[site]}, month {month:.0f})"
    return f"If {late.dose.words}, {density}{_vertebrae(on_time, late.forecast)}."


def _most_lost(on_time: Forecast, late: Forecast, site: Site) -> tuple[float, float]:
    """By how many points, and when, is the middle of the late fan furthest below the other?"""
    apart: Sequence[tuple[float, float]] = [
        (two - one, month)
        for one, two, month in zip(
            on_time.density_pct[site].median, late.density_pct[site].median, on_time.months, strict=True
        )
    ]
    return min(apart)


def _vertebrae(on_time: Forecast, late: Forecast) -> str:
    if not (on_time.fractures and late.fractures and "vertebral" in on_time.fractures):
        return ""
    one, two = on_time.fractures["vertebral"].cumulative.median, late.fractures["vertebral"].cumulative.median
    more = two[-1] - one[-1]
    span = span_words(on_time.months[-1])
    if abs(100.0 * more) < _WORTH_SAYING_PEOPLE:
        return f", and as many people break a vertebra in {span}"
    if more < 0.0:
        return f"; of 100 people {signed(100.0 * more)} break a vertebra in {span}"
    return f", and {per_100(more)} more of 100 people break a vertebra in {span}"
