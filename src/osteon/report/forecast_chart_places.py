"""Where do words stand in a chart, so that they hide nothing? Everything in pixels, y from the top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LETTER, LINE_HEIGHT = 5.9, 15.0
"""Mean width of a letter and height of a line at 11 pixels: near enough to keep words off other marks."""


class Box(NamedTuple):
    """A rectangle from (left, top) to (right, bottom)."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Which area have two rectangles in common? In square pixels."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)


class Place(NamedTuple):
    """Where do words beside a level stand: at which end of it, and above or below?"""

    at_start: bool
    above: bool


_PLACES = tuple(Place(at_start, above) for at_start in (True, False) for above in (True, False))


def beside(
    level: float, words: str, ends: tuple[float, float], height: float, taken: Sequence[Box]
) -> tuple[Place, Box]:
    """Where do the words of a level (its y) hide the least of what is taken? The first of equals: start, above.

    `ends` are the pixels between which words may stand.
    """
    found = [(place, _box(level, words, ends, place)) for place in _PLACES]
    return min(found, key=lambda each: _cost(each[1], height, taken))


def apart(blocks: Sequence[tuple[float, float]], height: float) -> list[float]:
    """Where do blocks of text (wanted top, height) begin, so that none lies on another or leaves the chart?"""
    order = sorted(range(len(blocks)), key=lambda place: blocks[place][0])
    tops = [0.0] * len(blocks)
    floor = -4.0
    for place in order:
        tops[place] = max(blocks[place][0], floor)
        floor = tops[place] + blocks[place][1] + 6.0
    ceiling = height + 10.0
    for place in reversed(order):
        tops[place] = min(tops[place], ceiling - blocks[place][1])
        ceiling = tops[place] - 6.0
    return tops


def _box(level: float, words: str, ends: tuple[float, float], place: Place) -> Box:
    long = LETTER * len(words)
    left = ends[0] + 5.0 if place.at_start else ends[1] - 5.0 - long
    top = level - 2.0 - LINE_HEIGHT if place.above else level + 2.0
    return Box(left, top, left + long, top + LINE_HEIGHT)


def _cost(box: Box, height: float, taken: Sequence[Box]) -> float:
    outside = max(-box.top, 0.0) + max(box.bottom - height, 0.0)
    return sum(box.overlap(other) for other in taken) + 1000.0 * outside
