"""What will become of this site? The picture, after the growth charts of paediatrics.

Measured dots with their error, from today on a fan in which half and 90 of 100 people like this lie, thresholds, and
never more than two fans at once. Colours from the palette of Okabe and Ito (2008), told apart by those who see no red
or green; in grey print one fan is darker and whole, the other lighter and dashed, and each is named at its end.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from osteon.bone.goals import SD_OF_MEAN
from osteon.bone.patient import SITES, Scan, Site
from osteon.bone.precision import scan_error_pct
from osteon.bone.types import Forecast
from osteon.report.forecast_chart_frame import INK, SOFT, Frame, dress, haloed, layer, named, text_at
from osteon.report.forecast_chart_places import Box, apart, beside
from osteon.report.forecast_reading import Scale, caption, fan_of, fan_rows, leading_site, scale_of
from osteon.report.forecast_words import SITE, drugs_words, signed, t_words

MOST_FANS = 2
OSTEOPOROSIS_T, NORMAL_T = -2.5, -1.0
THRESHOLDS = (OSTEOPOROSIS_T, NORMAL_T)
"""T-scores at and below which bone is called osteoporotic, and at and above which normal (WHO 1994, recalled)."""

PAST, GOAL = "#8899a6", "#00664b"

_THRESHOLD_WORDS = {OSTEOPOROSIS_T: "osteoporosis: -2.5 or less", NORMAL_T: "normal: -1.0 or more"}
_STYLES: tuple[dict[str, Any], ...] = (
    {"line": "#0072b2", "words": "#0072b2", "band": "#0072b2", "dash": [1, 0], "outer": 0.16, "inner": 0.3},
    {"line": "#d55e00", "words": "#b94e00", "band": "#e69f00", "dash": [7, 4], "outer": 0.2, "inner": 0.34},
)
_KEY = "Dark band: half of people like this. Light band: 90 of 100. Line: the middle."
_KEY_OF_DOTS = " Dots: scans with their error (90 %)."
_NAME_WIDTH, _NAME_LINE = 20, 15.0
_MOST_POINTS = 400
_Z90 = 1.6448536269514722


class TooManyFansError(ValueError):
    """More than two fans were asked for at once."""


def fan_chart(
    forecasts: Forecast | Sequence[Forecast],
    *,
    site: Site | None = None,
    measured: Sequence[Scan] = (),
    thresholds: Sequence[float] = THRESHOLDS,
    target: float | None = None,
    names: Sequence[str] = (),
    titled: bool = True,
    years: float | None = None,
    ends: tuple[float, float] | None = None,
    width: int = 620,
    height: int = 320,
) -> alt.LayerChart:
    """How will this site of the skeleton do under one regimen, or under two side by side?

    `site` is the one with the lowest T-score if not given. The scale is the T-score where today's is known, else the
    change of density in per cent, and then dots, thresholds and target, which are T-scores, are left out. `measured`
    are scans (months from today, so 0 or negative); scans of other sites are passed over. `names` stand at the ends
    of two fans, the drugs if not given. Without `titled` the page around it carries heading and caption. Only so many
    `years` are drawn; `ends` are two values that the upright axis must reach, so that several charts compare. Width
    and height in pixels. Raises `TooManyFansError` for more than two forecasts, ValueError for none or for a site that
    they lack.
    """
    shown = (forecasts,) if isinstance(forecasts, Forecast) else tuple(forecasts)
    _check(shown, names)
    site = site or leading_site(shown)
    scale = scale_of(shown, site)
    by_t = scale == "t_score"
    scans = [scan for scan in measured if scan.site == site] if by_t else []
    aim = target if by_t else None
    names = tuple(names) or tuple(drugs_words(forecast.regimen) for forecast in shown)
    until = math.inf if years is None else years
    fans = {
        f"fan{place}": [row for row in _values(each, site, scale) if row["year"] <= until + 1e-6]
        for place, each in enumerate(shown, start=1)
    }
    rows = [row for values in fans.values() for row in values]
    reached = [*(end for scan in scans for end in _error_bar(scan)), *(() if aim is None else (aim,)), *(ends or ())]
    frame = _frame(rows, scans, reached, by_t=by_t, size=(width, height))
    levels = dict.fromkeys(
        level for level in ((*thresholds, aim) if by_t else (0.0,)) if level is not None and frame.holds(level)
    )
    chart: alt.LayerChart = alt.layer(  # type: ignore[assignment]  # no facet is asked for
        *_past(frame),
        *_levels(tuple(levels), aim, frame),
        # All bands lie below all lines, so that no fan hides the middle of the other.
        *(mark for name, style in zip(fans, _STYLES, strict=False) for mark in _bands(name, style, frame)),
        *(mark for name, style in zip(fans, _STYLES, strict=False) for mark in _lines(name, style, frame)),
        _today(frame),
        *_dots(scans, frame),
        *_ends([rows[-1]["median"] for rows in fans.values()], names, by_t, frame),
        *_level_words(tuple(levels), aim, by_t, _taken(fans.values(), scans, frame), frame),
        datasets=fans,
        config=dress(),
        width=width,
        height=height,
        description=" ".join(caption(each, site) for each in shown),
        title=_title(shown, site, names, width, dots=bool(scans)) if titled else alt.Undefined,
    )
    return chart


def _check(shown: Sequence[Forecast], names: Sequence[str]) -> None:
    if len(shown) > MOST_FANS:
        msg = (
            f"a chart shows at most {MOST_FANS} fans, or nobody can read it; {len(shown)} were given. Draw one chart "
            "for each regimen, or one for each pair that you want to compare"
        )
        raise TooManyFansError(msg)
    if not shown:
        msg = "a chart needs a forecast; none was given"
        raise ValueError(msg)
    if names and len(names) != len(shown):
        msg = f"{len(shown)} fans need as many names, not {len(names)}"
        raise ValueError(msg)


def _title(shown: Sequence[Forecast], site: Site, names: Sequence[str], width: int, *, dots: bool) -> alt.TitleParams:
    drugs = dict.fromkeys(drugs_words(forecast.regimen) for forecast in shown)
    where = SITE[site].capitalize()
    named = len(shown) > 1 and len(drugs) == 1
    compared = " against ".join(names)
    heading = f"{where}, {next(iter(drugs))}: {compared}" if named else f"{where}: {compared}"
    sentences = [re.sub(r"(?<=[\d.]) (?=years?|months?|mg|µg|%)", "\u00a0", caption(each, site)) for each in shown]
    wrapped = [line for each in sentences for line in textwrap.wrap(each, int(width / 5.3))]
    key = textwrap.wrap(_KEY + (_KEY_OF_DOTS if dots else ""), int(width / 5.3))
    return alt.TitleParams(text=textwrap.wrap(heading, int(width / 8.6)), subtitle=[*wrapped, *key])


def _values(forecast: Forecast, site: Site, scale: Scale) -> list[dict[str, float]]:
    """The fan as it is drawn: years, and T-scores or the change in per cent."""
    every = max(1.0, math.ceil(len(forecast.months) / _MOST_POINTS))
    return [
        {
            "year": round(row.month / 12.0, 4),
            "low90": round(row.low90, 4),
            "low50": round(row.low50, 4),
            "median": round(row.median, 4),
            "high50": round(row.high50, 4),
            "high90": round(row.high90, 4),
        }
        for row in fan_rows(forecast.months, fan_of(forecast, site, scale), every)
    ]


def _error_bar(scan: Scan) -> tuple[float, float]:
    """Between which T-scores does the true one lie (90 %), by the precision of a scan?"""
    relative = SD_OF_MEAN[scan.site]
    sd = float(scan_error_pct()[SITES.index(scan.site)]) / 100.0 * (1.0 + relative * scan.t_score) / relative
    return scan.t_score - _Z90 * sd, scan.t_score + _Z90 * sd


def _frame(
    rows: Sequence[dict[str, float]],
    scans: Sequence[Scan],
    reached: Sequence[float],
    *,
    by_t: bool,
    size: tuple[int, int],
) -> Frame:
    """From where to where do the axes go? Over all fans and all that must be reached, rounded outward."""
    values = [*reached, *(end for row in rows for end in (row["low90"], row["high90"]))]
    step = 0.5 if by_t else 5.0
    margin = 0.16 * step
    return Frame(
        start=min([-0.25, *(scan.month / 12.0 - 0.35 for scan in scans)]),
        end=max(row["year"] for row in rows),
        low=step * math.floor((min(values) - margin) / step),
        high=step * math.ceil((max(values) + margin) / step),
        step=step,
        width=size[0],
        height=size[1],
        title="T-score" if by_t else "Change of density, %",
        number=".1f" if by_t else "+d",
    )


def _past(frame: Frame) -> Iterator[alt.Chart]:
    if frame.start < -1.0:
        past = layer([{"year": frame.start, "until": 0.0}]).mark_rect(color=PAST, opacity=0.13)
        yield past.encode(x=frame.x(), x2="until:Q")


def _today(frame: Frame) -> alt.Chart:
    today: alt.Chart = layer([{"year": 0.0}]).mark_rule(color=SOFT, strokeWidth=1.2).encode(x=frame.x())
    return today


def _bands(data: str, style: dict[str, Any], frame: Frame) -> Iterator[alt.Chart]:
    base = named(data).encode(x=frame.x())
    yield base.mark_area(color=style["band"], opacity=style["outer"]).encode(y=frame.y("low90"), y2="high90:Q")
    yield base.mark_area(color=style["band"], opacity=style["inner"]).encode(y=frame.y("low50"), y2="high50:Q")


def _lines(data: str, style: dict[str, Any], frame: Frame) -> Iterator[alt.Chart]:
    base = named(data).encode(x=frame.x())
    colour, dash = style["line"], style["dash"]
    for name in ("low90", "high90"):
        edge = base.mark_line(color=colour, strokeWidth=0.9, opacity=0.75, strokeDash=dash)
        yield edge.encode(y=frame.y(name))
    yield base.mark_line(color=colour, strokeWidth=2.6, strokeDash=dash).encode(y=frame.y("median"))


def _dots(scans: Sequence[Scan], frame: Frame) -> Iterator[alt.Chart]:
    if not scans:
        return
    values = []
    for scan in scans:
        low, high = _error_bar(scan)
        values.append({"year": round(scan.month / 12.0, 4), "t": scan.t_score, "low": low, "high": high})
    base = layer(values).encode(x=frame.x())
    yield base.mark_rule(color=INK, strokeWidth=1.8).encode(y=frame.y("low"), y2="high:Q")
    for end in ("low", "high"):
        yield base.mark_tick(color=INK, orient="horizontal", size=9, thickness=1.8).encode(y=frame.y(end))
    dot = base.mark_point(filled=True, color=INK, size=66, opacity=1.0, stroke="white", strokeWidth=1.2)
    yield dot.encode(y=frame.y("t"))


def _ends(lasts: Sequence[float], names: Sequence[str], by_t: bool, frame: Frame) -> Iterator[alt.Chart]:
    """At the end of each middle line stands its value, and of two fans also the name, moved apart where they meet."""
    blocks = []
    for last, name in zip(lasts, names, strict=True):
        value = t_words(last) if by_t else f"{signed(last)} %"
        lines = [value.replace("-", "−"), *(textwrap.wrap(name, _NAME_WIDTH) if len(lasts) > 1 else ())]
        blocks.append((frame.down(last) - 7.0, lines))
    tops = apart([(top, _NAME_LINE * len(lines)) for top, lines in blocks], frame.height)
    for (_, lines), top, style in zip(blocks, tops, _STYLES, strict=False):
        for number, words in enumerate(lines):
            size, weight = (14, "bold") if number == 0 else (12, "normal")
            yield text_at(
                words,
                frame.width + 8,
                top + number * _NAME_LINE,
                color=style["words"],
                fontSize=size,
                fontWeight=weight,
            )


def _levels(levels: Sequence[float], aim: float | None, frame: Frame) -> Iterator[alt.Chart]:
    for level in levels:
        style: dict[str, Any] = (
            {"color": GOAL, "strokeWidth": 2.0, "strokeDash": [9, 3, 2, 3]}
            if level == aim
            else {"color": SOFT, "strokeWidth": 1.2, "strokeDash": [3, 3]}
        )
        yield layer([{"level": level}]).mark_rule(**style).encode(y=frame.y("level"))


def _level_words(
    levels: Sequence[float], aim: float | None, by_t: bool, taken: Sequence[Box], frame: Frame
) -> Iterator[alt.Chart]:
    taken = list(taken)
    left = 0.0 if frame.start < -1.0 else frame.across(0.0)
    for level in levels:
        words = _THRESHOLD_WORDS.get(level, t_words(level)) if by_t else "as today"
        if level == aim:
            words = f"target {t_words(level)}" + (f" ({words})" if level in _THRESHOLD_WORDS else "")
        place, box = beside(frame.down(level), words, (left, frame.width), frame.height, taken)
        taken.append(box)
        yield from haloed(
            words,
            box.left if place.at_start else box.right,
            box.bottom if place.above else box.top,
            align="left" if place.at_start else "right",
            baseline="bottom" if place.above else "top",
            color=GOAL if level == aim else SOFT,
            fontWeight="bold" if level == aim else "normal",
        )


def _taken(fans: Iterable[list[dict[str, float]]], scans: Sequence[Scan], frame: Frame) -> list[Box]:
    """What would words hide? Dots with their bars (counted thrice), today, and the lines and middle half of fans."""
    taken = [Box(frame.across(0.0) - 3.0, 0.0, frame.across(0.0) + 3.0, frame.height)]
    for scan in scans:
        low, high = _error_bar(scan)
        x = frame.across(scan.month / 12.0)
        taken += [Box(x - 7.0, frame.down(high), x + 7.0, frame.down(low))] * 3
    for drawn in fans:
        for one, two in pairwise(drawn):
            left, right = frame.across(one["year"]), frame.across(two["year"])
            taken.append(Box(left, frame.down(one["high50"]), right, frame.down(one["low50"])))
            for line in ("low90", "median", "high90"):
                taken.append(Box(left, frame.down(one[line]) - 3.0, right, frame.down(one[line]) + 3.0))
    return taken
