"""To which drugs for osteoporosis is the patient hypersensitive, and which did the stomach not bear?"""

from __future__ import annotations

from collections.abc import Collection

from osteon.chart.types import Allergy
from osteon.pathway.facts.courses import ORAL_BISPHOSPHONATES, PTH_ANALOGUES
from osteon.pathway.facts.lookup import NO, silence
from osteon.pathway.known import Ground, Known
from osteon.pathway.occasion import Occasion, fact

BISPHOSPHONATES = frozenset({*ORAL_BISPHOSPHONATES, "zoledronic_acid", "ibandronate", "pamidronate", "bisphosphonate"})

NONE_KNOWN = Known(False, (Ground("no known allergies"),))

UPSET_STOMACH = ("reflux", "heartburn", "dyspepsia", "indigestion", "oesophag", "esophag", "nausea", "vomiting",
                 "stomach", "abdominal", "epigastric", "gastr", "diarrh", "constipat")  # fmt: skip
"""Words for what tablets do to the gut: an intolerance, and no reason against the same drug by vein."""


@fact
def bisphosphonate_allergy(at: Occasion) -> Known:
    """Is the patient hypersensitive to a bisphosphonate?"""
    return _allergy(at, BISPHOSPHONATES)


@fact
def denosumab_allergy(at: Occasion) -> Known:
    """Is the patient hypersensitive to denosumab?"""
    return _allergy(at, ("denosumab",))


@fact
def romosozumab_allergy(at: Occasion) -> Known:
    """Is the patient hypersensitive to romosozumab?"""
    return _allergy(at, ("romosozumab",))


@fact
def pth_analogue_allergy(at: Occasion) -> Known:
    """Is the patient hypersensitive to teriparatide or abaloparatide?"""
    return _allergy(at, PTH_ANALOGUES)


@fact
def raloxifene_allergy(at: Occasion) -> Known:
    """Is the patient hypersensitive to raloxifene?"""
    return _allergy(at, ("raloxifene",))


def intolerances(at: Occasion, kinds: Collection[str]) -> tuple[Ground, ...]:
    """What the allergy list says of these drugs that is an intolerance."""
    return tuple([_ground(each) for each in _listed(at, kinds) if _is_intolerance(each)])


def _allergy(at: Occasion, kinds: Collection[str]) -> Known:
    """Is there an allergy to one of these? An intolerance is none; `no known allergies` is an answer."""
    if not at.chart.allergies:
        return silence(at, "allergies", NO)
    found = [_ground(each) for each in _listed(at, kinds) if not _is_intolerance(each)]
    if found:
        return Known(True, tuple(found))
    denied = any(each.none_known and _was_known(each, at) for each in at.chart.allergies)
    return NONE_KNOWN if denied else silence(at, "allergies", NO)


def _listed(at: Occasion, kinds: Collection[str]) -> list[Allergy]:
    return [each for each in at.chart.allergies if not each.kinds.isdisjoint(kinds) and _was_known(each, at)]


def _was_known(allergy: Allergy, at: Occasion) -> bool:
    return allergy.when is None or allergy.when.earliest <= at.on


def _is_intolerance(allergy: Allergy) -> bool:
    """Is it called an intolerance, or is every reaction one of the gut?"""
    if allergy.is_intolerance or not allergy.reactions:
        return allergy.is_intolerance
    return all(any(word in reaction.lower() for word in UPSET_STOMACH) for reaction in allergy.reactions)


def _ground(allergy: Allergy) -> Ground:
    return Ground(", ".join((allergy.text, *allergy.reactions)), allergy.source, allergy.when)
