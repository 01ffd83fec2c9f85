"""What a named fact answers: a value with its grounds, or why it cannot be told."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from osteon.chart.types import When

Value: TypeAlias = float | bool | str | frozenset[str]


class Ground(Struct, frozen=True):
    """On which entry of the chart does it rest? `source` names the entry, `when` its date as given."""

    text: str
    source: str = ""
    when: When | None = None


class Known(Struct, frozen=True):
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
    def as_of(self) -> date | None:
        """The latest day that any of its grounds speaks of."""
        return max((ground.when.latest for ground in self.grounds if ground.when), default=None)


def unknown(why_not: str, *grounds: Ground) -> Known:
    """What cannot be told, and why."""
    return Known(None, grounds, why_not)
