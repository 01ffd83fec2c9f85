"""How does a fan look in plain letters, on a terminal?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from osteon.report.forecast_reading import FanRow

WIDTH, MOST_ROWS = 66, 15
OUTER, INNER, MIDDLE, LEVEL = "░", "▒", "━", "┄"
_STEPS = (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0)


def sketch(rows: Sequence[FanRow], levels: Sequence[float], *, digits: int, width: int = WIDTH) -> tuple[str, ...]:
    """The fan as lines of text: values at the left, years below. `levels` are drawn through where nothing else is."""
    low, high = min(row.low90 for row in rows), max(row.high90 for row in rows)
    step = next((each for each in _STEPS if (high - low) / each <= MOST_ROWS - 1), _STEPS[-1])
    top, bottom = math.ceil(high / step - 1e-9), math.floor(low / step + 1e-9)
    last = rows[-1].month
    seen = [_at(rows, last * column / (width - 1)) for column in range(width)]
    lines = []
    for number in range(top, bottom - 1, -1):
        value = number * step
        pairs = zip(seen, [*seen[1:], seen[-1]], strict=True)
        marks = "".join(_mark(row, after, value, step, levels) for row, after in pairs)
        lines.append(f"{_label(value, digits):>6} │{marks}")
    return (*lines, f"{'':>6} └{'─' * width}", _years(last, width))


def _mark(row: FanRow, after: FanRow, value: float, step: float, levels: Sequence[float]) -> str:
    half = step / 2.0
    # A steep middle line fills the rows between this column and the next, so that it does not fall apart.
    low, high = sorted((row.median, after.median))
    if value - half <= row.median < value + half or low + half < value < high - half:
        return MIDDLE
    if row.low50 - half <= value <= row.high50 + half:
        return INNER
    if row.low90 - half <= value <= row.high90 + half:
        return OUTER
    return LEVEL if any(value - half < level <= value + half for level in levels) else " "


def _at(rows: Sequence[FanRow], month: float) -> FanRow:
    return min(rows, key=lambda row: abs(row.month - month))


def _label(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and float(text) == 0.0 else text


def _years(last: float, width: int) -> str:
    years = max(1, round(last / 12.0))
    every = next(each for each in (1, 2, 5, 10) if years / each <= 10 or each == 10)
    line = [" "] * (width + 12)
    for year in range(0, years + 1, every):
        place = 8 + round((width - 1) * 12.0 * year / last)
        for shift, letter in enumerate("today" if year == 0 else str(year)):
            if place + shift < len(line):
                line[place + shift] = letter
    return "".join(line).rstrip() + " years"
