"""What do the charts of forecasts share? Axes, words at a pixel, and the dress of the house."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import altair as alt
from msgspec import Struct

INK, SOFT, LINE = "#16202a", "#4a5966", "#d5dde3"
FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"


class Frame(Struct, frozen=True, kw_only=True):
    """From where to where do the axes go? `start` and `end` in years from today; `width` and `height` in pixels.

    `step` is the distance of the marks of the upright axis, `title` its name, `number` the format of its numbers,
    `origin` what happens at year 0.
    """

    start: float
    end: float
    low: float
    high: float
    step: float
    width: int
    height: int
    title: str
    number: str
    origin: str = "today"

    def holds(self, level: float) -> bool:
        """Does this value lie inside?"""
        return self.low < level < self.high

    def across(self, year: float) -> float:
        """At which pixel from the left does this year lie?"""
        return self.width * (year - self.start) / (self.end - self.start)

    def down(self, value: float) -> float:
        """At which pixel from the top does this value lie?"""
        return self.height * (self.high - value) / (self.high - self.low)

    def x(self) -> alt.X:
        """The axis of time."""
        axis = alt.Axis(
            title=f"Years from {self.origin}", format="d", tickMinStep=1, grid=False,
            labelExpr=f"datum.value == 0 ? '{self.origin}' : datum.label",
        )  # fmt: skip
        return alt.X("year:Q", scale=alt.Scale(domain=[self.start, self.end], nice=False), axis=axis)

    def y(self, field: str) -> alt.Y:
        """The upright axis, for this column of the data."""
        marks = round((self.high - self.low) / self.step)
        axis = alt.Axis(
            title=self.title, format=self.number, values=[self.low + k * self.step for k in range(marks + 1)],
            labelExpr="datum.value == 0 ? '0' : datum.label",
        )  # fmt: skip
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False)
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)


def layer(values: Iterable[dict[str, Any]]) -> alt.Chart:
    """A layer of these rows."""
    return alt.Chart(alt.InlineData(values=list(values)))


def named(data: str) -> alt.Chart:
    """A layer of the rows that the whole chart holds once, under this name."""
    return alt.Chart(alt.NamedData(name=data))


def text_at(words: str, x: float, y: float, **style: Any) -> alt.Chart:
    """Words at a pixel of the chart; `x` may lie beyond its edge."""
    text: alt.Chart = (
        layer([{"words": words}])
        .mark_text(**{"align": "left", "baseline": "top", **style})
        .encode(x=alt.value(x), y=alt.value(y), text="words:N")
    )
    return text


def haloed(words: str, x: float, y: float, **style: Any) -> Iterator[alt.Chart]:
    """Words that stay readable on whatever lies beneath: the same text twice, first as a white edge."""
    yield text_at(words, x, y, **{**style, "color": "white", "stroke": "white", "strokeWidth": 3.5, "opacity": 0.85})
    yield text_at(words, x, y, **style)


def dress() -> alt.Config:
    """The colours and letters of the house."""
    return alt.Config(
        font=FONT, background="white", padding={"left": 6, "top": 6, "right": 12, "bottom": 6},
        view=alt.ViewConfig(stroke=None),
        text=alt.MarkConfig(fontSize=11),
        axis=alt.AxisConfig(
            labelColor=INK, titleColor=SOFT, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            gridColor=LINE, domainColor=SOFT, tickColor=SOFT, labelPadding=5, titlePadding=8,
        ),
        axisY=alt.AxisConfig(
            titleAngle=0, titleAlign="left", titleAnchor="end", titleBaseline="bottom", titleX=-30, titleY=-8,
            domain=False, ticks=False,
        ),
        title=alt.TitleConfig(
            anchor="start", frame="bounds", color=INK, fontSize=16, fontWeight="bold", subtitleColor=SOFT,
            subtitleFontSize=12.5, subtitleLineHeight=17, subtitlePadding=6, offset=16,
        ),
    )  # fmt: skip
