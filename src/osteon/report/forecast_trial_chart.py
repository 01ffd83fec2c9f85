"""How did the arms of a virtual trial do? Means over time, spine and hip side by side, each arm named at its end."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from osteon.bone.patient import Site
from osteon.bone.trial import Trial
from osteon.report.forecast_chart_frame import SOFT, Frame, dress, layer, text_at
from osteon.report.forecast_chart_places import apart
from osteon.report.forecast_words import SITE, drugs_words, regimen_words, signed

MOST_ARMS = 6
SITES_SHOWN: tuple[Site, ...] = ("lumbar_spine", "total_hip")

_LINE = 14.0
_STYLES: tuple[tuple[str, list[int]], ...] = (
    ("#0072b2", [1, 0]),
    ("#b94e00", [7, 4]),
    ("#00664b", [2, 2]),
    ("#a3487f", [10, 3, 2, 3]),
    ("#16202a", [4, 2]),
    ("#8a6d00", [14, 4]),
)
"""Colours after Okabe and Ito (2008), some darker, to be read as words on white, and a dash of its own for each arm."""


def trial_chart(trial: Trial, *, width: int = 380, height: int = 320) -> alt.HConcatChart:
    """How do the means of the arms run? Up to two arms also show where half and 90 % of their patients lie.

    Pixels are those of one panel. Raises ValueError for more than six arms.
    """
    if len(trial.arms) > MOST_ARMS:
        msg = f"a chart of a trial shows at most {MOST_ARMS} regimens, not {len(trial.arms)}; draw them in groups"
        raise ValueError(msg)
    names = _names(trial)
    panels = [_panel(trial, site, names, width, height) for site in SITES_SHOWN]
    spread = " Bands: half and 90 % of patients." if len(trial.arms) <= 2 else ""
    subtitle = f"Virtual trial of {trial.patients:,} patients ({trial.words}). Lines: means.{spread}"
    title = alt.TitleParams(text="Change of density under each regimen", subtitle=textwrap.wrap(subtitle, 120))
    chart: alt.HConcatChart = alt.hconcat(*panels, config=dress(), title=title, description=subtitle, spacing=24)
    return chart


def _names(trial: Trial) -> list[str]:
    """Short names where they tell the arms apart, else the regimens in words."""
    short = [drugs_words(arm.regimen) for arm in trial.arms]
    return short if len(set(short)) == len(short) else [regimen_words(arm.regimen) for arm in trial.arms]


def _panel(trial: Trial, site: Site, names: Sequence[str], width: int, height: int) -> alt.LayerChart:
    arms = [arm.density[site] for arm in trial.arms]
    banded = len(arms) <= 2
    low = min(min(arm.low90 if banded else arm.mean) for arm in arms)
    high = max(max(arm.high90 if banded else arm.mean) for arm in arms)
    step = 5.0 if high - low > 8.0 else 2.0
    frame = Frame(
        start=0.0,
        end=trial.months[-1] / 12.0,
        low=step * math.floor((low - 0.5) / step),
        high=step * math.ceil((high + 0.5) / step),
        step=step,
        width=width,
        height=height,
        title=f"{SITE[site].capitalize()}: change, %",
        number="+d",
        origin="the start",
    )
    nought = layer([{"level": 0.0}]).mark_rule(color=SOFT, strokeWidth=1.2, strokeDash=[3, 3])
    chart: alt.LayerChart = alt.layer(  # type: ignore[assignment]  # no facet is asked for
        nought.encode(y=frame.y("level")),
        *(mark for number in range(len(arms)) for mark in _arm(trial, site, number, frame, banded=banded)),
        *_ends([arm.mean[-1] for arm in arms], names, frame),
        width=width,
        height=height,
    )
    return chart


def _arm(trial: Trial, site: Site, number: int, frame: Frame, *, banded: bool) -> Iterator[alt.Chart]:
    seen = trial.arms[number].density[site]
    colour, dash = _STYLES[number]
    values: list[dict[str, Any]] = [
        {"year": month / 12.0, "low90": low90, "low50": low50, "mean": mean, "high50": high50, "high90": high90}
        for month, low90, low50, mean, high50, high90 in zip(
            trial.months, seen.low90, seen.low50, seen.mean, seen.high50, seen.high90, strict=True
        )
    ]
    base = layer(values).encode(x=frame.x())
    if banded:
        yield base.mark_area(color=colour, opacity=0.12).encode(y=frame.y("low90"), y2="high90:Q")
        yield base.mark_area(color=colour, opacity=0.22).encode(y=frame.y("low50"), y2="high50:Q")
    yield base.mark_line(color=colour, strokeWidth=2.4, strokeDash=dash).encode(y=frame.y("mean"))


def _ends(lasts: Sequence[float], names: Sequence[str], frame: Frame) -> Iterator[alt.Chart]:
    blocks = [
        [f"{signed(last)} %".replace("-", "−"), *textwrap.wrap(name, 20)]
        for last, name in zip(lasts, names, strict=True)
    ]
    wanted = [(frame.down(last) - 7.0, _LINE * len(lines)) for last, lines in zip(lasts, blocks, strict=True)]
    for lines, top, (colour, _) in zip(blocks, apart(wanted, frame.height), _STYLES, strict=False):
        for number, words in enumerate(lines):
            weight = "bold" if number == 0 else "normal"
            yield text_at(words, frame.width + 8, top + number * _LINE, color=colour, fontSize=12, fontWeight=weight)
