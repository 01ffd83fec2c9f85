"""How many patients are in each population, and what of that may be shown to others?

A count of seven or less could point to a person and is hidden; the rest are rounded to five. A share is worked out
from the counts that are shown, so that nothing can be calculated back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from osteon.pathway.measures.catalogue import Group
from osteon.pathway.measures.populations import (
    DENOMINATOR,
    EXCEPTION,
    EXCLUSION,
    NUMERATOR,
    NUMERATOR_EXCLUSION,
    Populations,
)
from osteon.pathway.truth import Truth

LARGEST_HIDDEN = 7
ROUNDED_TO = 5

Shown: TypeAlias = Callable[[int], int | None]
"""What is shown of a count; None where it is hidden."""


def shareable(count: int) -> int | None:
    """The count as it may be shown to others: None up to seven, else rounded to five."""
    return None if count <= LARGEST_HIDDEN else ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def exact(count: int) -> int | None:
    """The count as it is, for those who may see who is behind it."""
    return count


class Tally:
    """How many patients were judged, how many are in each population, and of how many that cannot be told."""

    def __init__(self) -> None:
        self.patients = 0
        self.inside: Counter[str] = Counter()
        self.open: Counter[str] = Counter()

    def add(self, populations: Populations) -> None:
        """Count one patient."""
        self.patients += 1
        for name, truth in populations.truths.items():
            if truth is Truth.YES:
                self.inside[name] += 1
            elif truth is Truth.CANNOT_TELL:
                self.open[name] += 1


class Score(NamedTuple):
    """How many met a measure, of how many that counted; and between which shares, from 0 to 1, it surely lies."""

    met: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where somebody's answer is open."""
        return self.low if self.low == self.high else None


def score(group: Group, tally: Tally, shown: Shown) -> Score | None:
    """The score of one indicator, worked out from the counts that are shown.

    None where denominator or numerator is hidden, or nobody counted. An exclusion that is hidden takes nobody out.
    Where it cannot be told whether somebody counts, is taken out or meets it, the bounds hold for either; a hidden
    number of these is taken for the largest that it can be.
    """
    counts = {each: shown(tally.inside[group.key(each)]) for each in group.populations}
    denominator, numerator = counts.get(DENOMINATOR), counts.get(NUMERATOR)
    if denominator is None or numerator is None:
        return None
    of = denominator - sum(counts.get(each) or 0 for each in (EXCLUSION, EXCEPTION))
    met = min(max(numerator - (counts.get(NUMERATOR_EXCLUSION) or 0), 0), of)
    if of <= 0:
        return None

    def unknown(*populations: str) -> int:
        found = (tally.open[group.key(each)] for each in populations if each in group.populations)
        return sum(LARGEST_HIDDEN if (seen := shown(each)) is None else seen for each in found if each)

    low = max(met - unknown(NUMERATOR_EXCLUSION), 0) / (of + unknown(DENOMINATOR))
    high = min(met + unknown(NUMERATOR), of) / max(of - unknown(EXCLUSION, EXCEPTION), 1)
    return Score(met, of, low, min(high, 1.0))


def band(share: float) -> str:
    """In which of the three bands of the indicators is a share, from 0 to 1?"""
    return "below 50 %" if share < 0.5 else "above 80 %" if share > 0.8 else "50 to 80 %"
