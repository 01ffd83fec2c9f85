"""What does a fan say in words and in numbers, for those who cannot see the picture and those who want to be sure?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from osteon.bone.patient import SITES, Site
from osteon.bone.types import Fan, Forecast
from osteon.report.forecast_words import SITE, regimen_words, signed, span_words, t_words

Scale = Literal["t_score", "change_pct"]

TODAY_PCT = 100.0
"""Density today, on the scale of `Forecast.density_pct`; pictures and tables show the change from it."""

_TURN_T, _TURN_PCT = 0.15, 1.5
"""A rise or dip of the median smaller than this, in T-score or points of per cent, is not worth a sentence: design."""


class FanRow(Struct, frozen=True):
    """Where does the fan lie at this month? Five quantiles: 5, 25, 50, 75 and 95 %, on one scale."""

    month: float
    low90: float
    low50: float
    median: float
    high50: float
    high90: float


def scale_of(forecasts: Sequence[Forecast], site: Site) -> Scale:
    """On which scale can this site be shown? T-scores where a scan is known, else the change of density in per cent.

    Raises ValueError for a site that a forecast does not have.
    """
    for forecast in forecasts:
        if site not in forecast.density_pct:
            there = ", ".join(forecast.density_pct) or "no site"
            msg = f"the forecast of {forecast.regimen} has nothing on {site!r}; it has {there}"
            raise ValueError(msg)
    return "t_score" if all(site in forecast.t_score for forecast in forecasts) else "change_pct"


def said_on(scale: Scale) -> Callable[[float], str]:
    """How is a value on this scale written? A T-score as -2.3, a change as +3.4 %."""
    return t_words if scale == "t_score" else _change


def fan_of(forecast: Forecast, site: Site, scale: Scale) -> Fan:
    """Which fan is shown: T-scores, or the change of density in per cent? Raises KeyError where there is none."""
    if scale == "t_score":
        return forecast.t_score[site]
    fan = forecast.density_pct[site]
    every = (fan.low90, fan.low50, fan.median, fan.high50, fan.high90)
    return Fan(*(tuple(value - TODAY_PCT for value in values) for values in every))


def leading_site(forecasts: Sequence[Forecast]) -> Site:
    """Which site stands first? The one with the lowest T-score today; the total hip where no T-score is known.

    Osteoporosis is told by the lowest site, and treatment aims there (design).
    """
    first = forecasts[0]
    known = [site for site in SITES if all(site in forecast.t_score for forecast in forecasts)]
    return min(known, key=lambda site: first.t_score[site].median[0], default="total_hip")


def rows(forecast: Forecast, site: Site, *, every_months: float = 12.0) -> tuple[FanRow, ...]:
    """Which numbers does the picture show, from today on, every so many months? The last month is always there.

    On the scale that `scale_of` names for this forecast alone.
    """
    return fan_rows(forecast.months, fan_of(forecast, site, scale_of([forecast], site)), every_months)


def fan_rows(months: Sequence[float], fan: Fan, every_months: float = 12.0) -> tuple[FanRow, ...]:
    """Which numbers does this fan hold, every so many months and at its end? Months that it lacks are left out."""
    quantiles = zip(months, fan.low90, fan.low50, fan.median, fan.high50, fan.high90, strict=True)
    found = [FanRow(*values) for values in quantiles]
    return tuple(row for row in found if row is found[-1] or _is_multiple(row.month, every_months))


def table(forecast: Forecast, site: Site) -> tuple[tuple[str, ...], ...]:
    """The table beside the picture: a heading row, then a row for each year (half-year in forecasts under 3 years)."""
    scale = scale_of([forecast], site)
    short = forecast.months[-1] < 36.0 - 1e-6
    said = said_on(scale)
    what = "T-score" if scale == "t_score" else "Change of density"
    head = ("After", f"{what}, middle", "Half of people like this", "90 of 100 people like this")
    body = (
        (
            "today" if row.month < 1e-6 else span_words(row.month),
            said(row.median),
            f"{said(row.low50)} to {said(row.high50)}",
            f"{said(row.low90)} to {said(row.high90)}",
        )
        for row in rows(forecast, site, every_months=6.0 if short else 12.0)
    )
    return (head, *body)


def caption(forecast: Forecast, site: Site, *, named: bool = True) -> str:
    """What does the fan of this site say, in a sentence or two? Without `named` the heading above names the regimen."""
    scale = scale_of([forecast], site)
    fan = fan_of(forecast, site, scale)
    span = span_words(forecast.months[-1])
    of = f"{SITE[site].capitalize()}, {regimen_words(forecast.regimen)}" if named else SITE[site].capitalize()
    if scale == "t_score":
        words = (
            f"{of}: T-score {t_words(fan.median[0])} today, about {t_words(fan.median[-1])} after "
            f"{span}; 90 of 100 people like this lie between {t_words(fan.low90[-1])} and {t_words(fan.high90[-1])}."
        )
    else:
        words = (
            f"{of}: density changes by about {_change(fan.median[-1])} in {span}; 90 of 100 people like "
            f"this lie between {_change(fan.low90[-1])} and {_change(fan.high90[-1])}."
        )
    turn = _turn(forecast.months, fan.median, scale)
    return f"{words} {turn}" if turn else words


def _turn(months: Sequence[float], median: Sequence[float], scale: Scale) -> str:
    """Does the middle rise or fall on the way, and then turn?"""
    least = _TURN_T if scale == "t_score" else _TURN_PCT
    said = said_on(scale)
    top = max(range(len(median)), key=lambda place: median[place])
    low = min(range(len(median)), key=lambda place: median[place])
    if median[top] - max(median[0], median[-1]) > least:
        return f"It is highest after {_nearly(months[top])} ({said(median[top])}) and falls again."
    if min(median[0], median[-1]) - median[low] > least:
        return f"It is lowest after {_nearly(months[low])} ({said(median[low])}) and rises again."
    return ""


def _nearly(months: float) -> str:
    return span_words(round(months)) if months < 24.0 else f"{round(months / 6.0) / 2.0:g} years"


def _change(pct: float) -> str:
    return f"{signed(pct)} %"


def _is_multiple(month: float, of: float) -> bool:
    return abs(month / of - round(month / of)) < 1e-6
