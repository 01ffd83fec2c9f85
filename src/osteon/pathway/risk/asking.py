"""What does a score need from the chart, and what if the chart does not tell?"""

from __future__ import annotations

from osteon.pathway.finding import Missing
from osteon.pathway.occasion import Occasion


def needed(name: str, at: Occasion) -> Missing:
    """A fact that a score needs and the chart does not tell."""
    entry = at.knowledge.facts[name]
    return Missing(name, entry.label, entry.obtain, at[name].why_not)


def number(name: str, at: Occasion) -> float | None:
    """The number that a fact holds, or None where it is unknown."""
    value = at[name].value
    return float(value) if isinstance(value, int | float) else None


def words(name: str, at: Occasion) -> frozenset[str] | None:
    """The set of words that a fact holds, or None where it is unknown."""
    value = at[name].value
    return value if isinstance(value, frozenset) else None
