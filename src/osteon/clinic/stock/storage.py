"""How must a drug be kept? Its figures are read out of the sentences of the knowledge: they stand in one place."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.types import Verified
from osteon.report.words import sentence

_BETWEEN = re.compile(r"(\d+) to (\d+) °C in the carton")
_OUT = re.compile(r"out of the fridge no warmer than (\d+) °C.*used within (\d+) days")
REFRIGERATOR_C = (2.0, 8.0)
"""Between which temperatures a refrigerator for drugs is kept where nothing else is said (design)."""


class Storage(Struct, frozen=True, kw_only=True):
    """How one drug is kept. `words` are the sentences of the knowledge, `how_known` how well they are known.

    `cold_c` is set where it needs a refrigerator, `out_for` and `out_below_c` where a time outside of it is stated.
    """

    words: tuple[str, ...]
    how_known: Verified
    cold_c: tuple[float, float] | None = None
    out_for: timedelta | None = None
    out_below_c: float | None = None


def storage_of(drug: str, knowledge: Knowledge) -> Storage:
    """What does the knowledge say of keeping this drug? No words where it says nothing."""
    found = knowledge.drugs.get(drug)
    said = found.storage if found else ()
    cold = next((match for each in said if (match := _BETWEEN.search(each.value))), None)
    out = next((match for each in said if (match := _OUT.search(each.value))), None)
    known = {each.verified for each in said}
    worst = next((mark for mark in (Verified.DESIGN, Verified.RECALLED) if mark in known), Verified.SOURCE)
    return Storage(
        words=tuple(" ".join(map(sentence, filter(None, (each.value, each.note)))) for each in said),
        how_known=worst if said else Verified.DESIGN,
        cold_c=(float(cold[1]), float(cold[2])) if cold else None,
        out_for=timedelta(days=int(out[2])) if out else None,
        out_below_c=float(out[1]) if out else None,
    )
