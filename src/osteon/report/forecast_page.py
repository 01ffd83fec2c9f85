"""Forecasts as one HTML page: no script, nothing fetched, printable, readable by a screen reader."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

import osteon
from osteon.bone.patient import Site
from osteon.bone.types import Forecast
from osteon.report.forecast_chart import fan_chart
from osteon.report.forecast_picture import inline_svg
from osteon.report.forecast_reading import fan_of, scale_of, table
from osteon.report.forecast_view import ForecastView, Part
from osteon.report.forecast_words import SITE

_LARGE = {"width": 560, "height": 300}
_SMALL = {"width": 300, "height": 190}

_YEARS_AFTER_A_LATE_DOSE, _MONTHS_BEFORE_A_LATE_DOSE = 4, 12.0
"""So much is drawn around it: what a late dose costs is seen in the years that follow (design)."""


def forecast_page(view: ForecastView) -> str:
    """The whole page as text."""
    template = _environment().get_template("forecast.html.j2")
    pictures = {number: _pictures(part, number, view) for number, part in enumerate(view.parts, start=1)}
    return template.render(
        view=view, pictures=pictures, table=table, site_words=SITE, css=_css(), version=osteon.__version__
    )


def _pictures(part: Part, number: int, view: ForecastView) -> dict[str, str]:
    """The main fan, the fans of the other sites, and the pair of on time and late: each by its name."""

    def drawn(forecasts: Forecast | tuple[Forecast, ...], site: Site, name: str, **how: Any) -> str:
        target = next((each.target for each in part.forecast.targets if each.site == site), None)
        usual = {"measured": view.scans, "target": target, "ends": _ends(view, site)}
        chart = fan_chart(forecasts, site=site, titled=False, **{**usual, **how})
        return inline_svg(chart, prefix=f"fan{number}-{name}")

    found = {"main": drawn(part.forecast, view.site, "main", **_LARGE)}
    for other, _ in part.others:
        found[other] = drawn(part.forecast, other, other.replace("_", "-"), **_SMALL)
    if part.late:
        years = math.ceil(part.late.due_mo / 12.0) + _YEARS_AFTER_A_LATE_DOSE
        pair = (part.forecast, part.late.forecast)
        recent = [scan for scan in view.scans if scan.month >= -_MONTHS_BEFORE_A_LATE_DOSE]
        found["late"] = drawn(
            pair, view.site, "late", names=("on time", "late"), years=years, measured=recent, **_LARGE
        )
    return found


def _ends(view: ForecastView, site: Site) -> tuple[float, float] | None:
    """Which values must every picture of this site reach, so that regimens compare at a glance?"""
    forecasts = [part.forecast for part in view.parts]
    if any(site not in forecast.density_pct for forecast in forecasts):
        return None
    scale = scale_of(forecasts, site)
    fans = [fan_of(forecast, site, scale) for forecast in forecasts]
    return min(min(fan.low90) for fan in fans), max(max(fan.high90) for fan in fans)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("osteon.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> str:
    return resources.files("osteon.report").joinpath("templates/report.css").read_text("utf-8")
