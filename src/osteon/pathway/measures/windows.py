"""Does what happened fall into a window of days that begins or ends with another event?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from osteon.chart.types import When
from osteon.pathway.truth import Truth, some


class Window(NamedTuple):
    """A stretch of days whose ends may be open: from a day within `first` to a day within `last`, both included."""

    first: When
    last: When

    @classmethod
    def of(cls, first: date, last: date) -> Window:
        """The window between two days that are known."""
        return cls(When.on(first), When.on(last))

    def holds(self, event: When | None) -> Truth:
        """Is it inside? What has no day, or may be inside or not, cannot be told."""
        if event is None:
            return Truth.CANNOT_TELL
        if event.latest < self.first.earliest or event.earliest > self.last.latest:
            return Truth.NO
        if self.first.latest <= event.earliest and event.latest <= self.last.earliest:
            return Truth.YES
        return Truth.CANNOT_TELL

    def holds_any(self, events: Iterable[When | None]) -> Truth:
        """Is any of them inside?"""
        return some(self.holds(each) for each in events)
