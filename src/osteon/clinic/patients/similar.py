"""Are two names so much alike that two people could be taken for one another?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rapidfuzz import fuzz

from osteon.clinic.records.models import Patient

ALIKE = 0.85
"""From here on two names on one list are warned of (design; Doyle Jane and Doyle Janet 0.95, Smith Ann and Smyth Anne
0.84 by family and given name apart: see `likeness`)."""

ALIKE_SAME_BIRTH_DATE = 0.7
"""From here on two people born on one day may be one (design): a misspelt name, a new family name, names swapped."""


def likeness(one: str, other: str) -> float:
    """How alike are two names as they are kept for the search (0 to 1)? The order of the words does not count.

    The share of letters that stand in both in the same order (normalised indel similarity); 0 where it is too low to
    matter.
    """
    least = 100 * ALIKE_SAME_BIRTH_DATE
    as_written, as_words = (
        fuzz.ratio(one, other, score_cutoff=least),
        fuzz.token_sort_ratio(one, other, score_cutoff=least),
    )
    return float(max(as_written, as_words)) / 100


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
