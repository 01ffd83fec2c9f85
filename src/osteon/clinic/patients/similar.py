"""Are two names so much alike that two people could be taken for one another?"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations

from osteon.clinic.records.models import Patient

ALIKE = 0.85
"""From here on two names on one list are warned of (design; Doyle Jane and Doyle Janet 0.95, Smith Ann and Smyth Anne
0.84 by family and given name apart: see `likeness`)."""

ALIKE_SAME_BIRTH_DATE = 0.7
"""From here on two people born on one day may be one (design): a misspelt name, a new family name, names swapped."""


def likeness(one: str, other: str) -> float:
    """How alike are two names as they are kept for the search (0 to 1)? The order of the words does not count."""
    return max(_ratio(one, other), _ratio(_sorted(one), _sorted(other)))


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    at_most = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return matcher.ratio() if at_most >= ALIKE_SAME_BIRTH_DATE else 0.0


def _sorted(name: str) -> str:
    return " ".join(sorted(name.split()))


def shares_a_word(one: str, other: str) -> bool:
    """Is a whole word of at least three letters in both names: the given name kept, the family name new?"""
    return any(len(word) > 2 for word in set(one.split()) & set(other.split()))


def look_alikes(patients: Sequence[Patient]) -> set[object]:
    """The keys of those on one list whose name is like that of another on it."""
    alike: set[object] = set()
    for one, other in combinations(patients, 2):
        if likeness(one.search_name, other.search_name) >= ALIKE:
            alike |= {one.pk, other.pk}
    return alike
