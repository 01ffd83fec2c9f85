"""Which drugs did an invented person get, from when to when, with which doses and delays?

Who starts and with what comes from the figures; how long they stay is the persistence that bone learned from published
rows (`osteon.bone.adherence`). Whoever leaves denosumab gets another drug or, more often, none.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from osteon.bone.adherence import Persistence, persistence
from osteon.panel.synthetic.figures import products, shares, tables
from osteon.panel.synthetic.person import Course, Dose

DRAWS = 64
"""So many chances are set aside for the treatment of one person; the last ones are used again where that is too few."""

_CLINIC = {"denosumab": 183, "zoledronic_acid": 365, "romosozumab": 30}
"""Days between two doses of the drugs that a clinic gives."""

_MONTH = 30.4375
_SHORTEST_DAYS = 14.0
_WHOLE_COURSE = {"romosozumab": 12 * _MONTH, "teriparatide": 24 * _MONTH}
"""Drugs that end by themselves: 12 and 24 months by their labels."""

_LONGEST = {"denosumab": 210, "zoledronic_acid": 240, "romosozumab": 14}
"""The last delay of the last class of delays, in days (design)."""


class Chances:
    """Numbers from 0 to 1 of one person, one after the other."""

    def __init__(self, drawn: list[float]) -> None:
        self._drawn = drawn
        self._next = 0

    def next(self) -> float:
        """The next number."""
        place = min(self._next, len(self._drawn) - 1)
        self._next += 1
        return self._drawn[place]

    def pick(self, table: str) -> str:
        """A key of a table of shares."""
        keys, total = _table(table)
        return keys[min(bisect_right(total, self.next()), len(keys) - 1)]


class Treatment(NamedTuple):
    """What was taken at home, and what was given."""

    courses: list[Course]
    doses: list[Dose]


def treatment(is_woman: bool, start: int, today: int, chances: Chances) -> Treatment:
    """The drugs from the day `start` on, up to `today`."""
    found = Treatment([], [])
    drug = chances.pick("first_drug.female" if is_woman else "first_drug.male")
    while start <= today:
        stay = _stay_days(drug, chances.next())
        if drug in _CLINIC:
            last = _give(found.doses, drug, start, start + stay, today, chances)
            end, over = last + _CLINIC[drug], start + stay < today
        else:
            end = int(start + stay)
            over = end < today
            found.courses.append(Course(drug, start, end if over else 0, products()[drug].dose))
        if not over:
            break
        following = chances.pick(f"after.{drug}" if f"after.{drug}" in tables() else "after.tablets")
        if following in ("none", drug):
            break
        drug, start = following, int(end + 7 + 60 * chances.next())
    return found


def _give(doses: list[Dose], drug: str, start: int, until: float, today: int, chances: Chances) -> int:
    """Give a dose at the start and then as they fall due, each with its delay; the day of the last."""
    day = last = start
    while day <= today and (day <= until or day == start):
        doses.append(Dose(drug, day, products()[drug].dose))
        last = day
        day = last + _CLINIC[drug] + _delay_days(drug, chances)
    return last


def _delay_days(drug: str, chances: Chances) -> int:
    name = {"denosumab": "denosumab_delay_days", "zoledronic_acid": "zoledronic_delay_days"}.get(drug)
    if name is None:
        return int(7 * chances.next())
    keys, _ = _table(name)
    key = chances.pick(name)
    place = keys.index(key)
    end = float(keys[place + 1]) if place + 1 < len(keys) else _LONGEST[drug]
    return int(float(key) + (end - float(key)) * chances.next())


def _stay_days(drug: str, chance: float) -> float:
    """How long does this person stay on the drug?"""
    curve = _curve(drug)
    days = _WHOLE_COURSE.get(drug, math.inf)
    if curve is None:
        return days
    left: float = curve.scale_months * _MONTH * (-math.log1p(-chance)) ** (1.0 / curve.shape)
    return max(min(left, days), _SHORTEST_DAYS)


@cache
def _curve(drug: str) -> Persistence | None:
    return persistence(drug)


@cache
def _table(name: str) -> tuple[tuple[str, ...], list[float]]:
    keys, total = shares(name)
    return keys, total.tolist()
