"""Which fracture does a coded entry speak of, and what does it say of the cause?"""

from __future__ import annotations

from osteon.chart.codes import episode
from osteon.chart.fhir.context import Context
from osteon.chart.fhir.elements import Concept
from osteon.chart.fracture_words import (
    UNNAMED,
    cause_by_words,
    count_by_words,
    is_history_by_words,
    levels_by_words,
    side_by_words,
    site_by_words,
)
from osteon.chart.fractures import Recording
from osteon.chart.types import Cause, Fracture, When

FRACTURE = "fracture."
"""How the value sets of broken bones and of what broke them begin."""

_CAUSES = (Cause.ATYPICAL, Cause.PATHOLOGICAL, Cause.FRAGILITY, Cause.TRAUMA)


def is_fracture(value_sets: frozenset[str]) -> bool:
    """Does any of the value sets speak of a broken bone?"""
    return any(each.startswith(FRACTURE) for each in value_sets)


def recording_of(
    code: Concept,
    value_sets: frozenset[str],
    source: str,
    at: Context,
    *,
    when: When | None,
    recorded: When | None = None,
    encounter: str = "",
    body_site: str = "",
    notes: str = "",
) -> Recording:
    """The recording of a fracture by its code, and by its words for what the code leaves open.

    `when` is the day of the fracture as far as the entry tells it; a follow-up or an old fracture that was only
    recorded that day has none.
    """
    words = f"{code.all_words} {body_site}".strip()
    named = {each.removeprefix(FRACTURE) for each in value_sets if each.startswith(FRACTURE)}
    cause = next((each for each in _CAUSES if each in named), None)
    if cause is None:
        cause = cause_by_words(f"{words} {notes} {at.mechanisms.get(encounter, '')}")
    sites = sorted(named - set(_CAUSES))
    site = sites[0] if len(sites) == 1 and sites != [UNNAMED] else site_by_words(words)
    if site == UNNAMED and sites:
        site = sites[0]
    vertebra = site == "vertebra"
    return Recording(
        fracture=Fracture(
            site=site,
            cause=cause,
            text=code.words,
            source=source,
            when=when,
            side="" if vertebra else side_by_words(words),
            count=count_by_words(words) if vertebra else 1,
            is_history=is_history_by_words(words),
        ),
        recorded=recorded,
        care=next(filter(None, (episode(each.system, each.code) for each in code.coding)), ""),
        encounter=encounter,
        levels=levels_by_words(words) if vertebra else frozenset(),
    )
