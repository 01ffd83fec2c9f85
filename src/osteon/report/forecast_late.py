"""What happens if the next dose is late?"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from osteon.bone.patient import Site
from osteon.bone.types import Forecast
from osteon.report.forecast_words import SITE, drug_words, per_100, span_words

_WORTH_SAYING_PCT, _WORTH_SAYING_PEOPLE = 0.5, 0.2
"""Less than half a point of density, or than 0.05 of 100 people, is said to be hardly a change (design)."""


class Late(Struct, frozen=True):
    """What becomes of the skeleton if this dose is late? `due_mo` is when it was due, `by_mo` how late it comes."""

    drug: str
    due_mo: float
    by_mo: float
    forecast: Forecast

    @property
    def words(self) -> str:
        """Which dose comes how late?"""
        due = "today" if abs(self.due_mo) < 0.05 else f"in month {self.due_mo:.3g}"
        return f"the dose of {drug_words(self.drug)} that is due {due} comes {span_words(self.by_mo)} late"


def late_words(on_time: Forecast, late: Late) -> str:
    """What does the delay cost, in a sentence: density at the site that loses most, and broken vertebrae?"""
    lost = {site: _most_lost(on_time, late.forecast, site) for site in on_time.density_pct}
    site = min(lost, key=lambda each: lost[each][0])
    points, month = lost[site]
    if points > -_WORTH_SAYING_PCT:
        density = "density hardly changes (less than half a point at any site)"
    else:
        density = f"density is up to {-points:.1f} points lower ({SITE[site]}, month {month:.0f})"
    return f"If {late.words}, {density}{_vertebrae(on_time, late.forecast)}."


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
    if 100.0 * more < _WORTH_SAYING_PEOPLE:
        return f", and about as many people break a vertebra in {span}"
    return f", and {per_100(more)} more of 100 people break a vertebra in {span}"
