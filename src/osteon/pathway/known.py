"""What a named fact answers: a value with its grounds, or why it cannot be told."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from osteon.chart.types import When

Value: TypeAlias = float | bool | str | frozenset[str]


class Ground(Struct, frozen=True, gc=False):
    """On which entry of the chart does it rest? `source` names the entry, `when` its date as given."""

    text: str
    source: str = ""
    when: When | None = None


class Known(Struct, frozen=True, gc=False):
    """The value of a fact, or None and the reason why it cannot be told.

    A flag is True or False, a number is in the unit of its vocabulary entry, a set is a frozenset of words. `low` and
    `high` bound a number that is known only within limits (a partial date, a result below the laboratory's limit); a
    comparison is answered only where both bounds agree.
    """

    value: Value | None
    grounds: tuple[Ground, ...] = ()
    why_not: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def is_known(self) -> bool:
        """Is there a value?"""
        return self.value is not None

    @property
    def number(self) -> float | None:
        """The value where it is a number."""
        return None if isinstance(self.value, bool | str | frozenset) else self.value

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Between which two numbers does it lie? The same twice where it is exact, None where it is no number."""
        number = self.number
        if number is None:
            return None
        return number if self.low is None else self.low, number if self.high is None else self.high

    @property
    def as_of(self) -> date | None:
        """The latest day that any of its grounds speaks of."""
        latest = None
        for ground in self.grounds:
            if ground.when and (latest is None or ground.when.latest > latest):
                latest = ground.when.latest
        return latest

    @property
    def sources(self) -> tuple[str, ...]:
        """The entries of the chart that it rests on."""
        return tuple([ground.source for ground in self.grounds if ground.source])


def unknown(why_not: str, *grounds: Ground) -> Known:
    """What cannot be told, and why."""
    return Known(None, grounds, why_not)
