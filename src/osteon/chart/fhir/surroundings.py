"""When was the patient seen, who pays, what happened in the family, and which lists were drawn up?"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.fhir.context import Context, target
from osteon.chart.fhir.dates import bounds
from osteon.chart.fhir.resources import (
    CoverageResource,
    EncounterResource,
    FamilyHistoryResource,
    ListResource,
)
from osteon.chart.fhir.states import states_by_words
from osteon.chart.reasons import skipped
from osteon.chart.types import Coverage, Encounter, Relative, Skipped

_MOTHER, _FATHER, _PARENT = ("MTH", "NMTH", "MTHBIO"), ("FTH", "NFTH"), ("PRN", "NPRN")
_SIBLING = ("SIB", "NSIB", "BRO", "NBRO", "SIS", "NSIS", "TWIN", "FTWIN", "ITWIN", "TWINBRO", "TWINSIS")
_RELATIONS = {
    **dict.fromkeys(_MOTHER, "mother"),
    **dict.fromkeys(_FATHER, "father"),
    **dict.fromkeys(_PARENT, "parent"),
    **dict.fromkeys(_SIBLING, "sibling"),
}
_SPOKEN_RELATIONS = {
    "mother": "mother", "father": "father", "parent": "parent",
    "brother": "sibling", "sister": "sibling", "sibling": "sibling",
}  # fmt: skip
LISTS = {
    "11450-4": "conditions", "10160-0": "medications", "48765-2": "allergies", "47519-4": "procedures",
}  # fmt: skip
"""LOINC codes of the lists whose emptiness says something."""


def read_encounter(seen: EncounterResource, at: Context) -> Iterator[Encounter | Skipped]:
    """The visit or stay."""
    text = next((each.words for each in seen.type if each.words), "")
    if seen.status in ("entered-in-error", "cancelled"):
        reason = reasons.CANCELLED if seen.status == "cancelled" else reasons.ENTERED_IN_ERROR
        yield skipped("Encounter", reason, text)
        return
    start, end = bounds(seen.period)
    yield Encounter(
        text=text,
        source=f"Encounter/{seen.id}",
        kinds=at.sets(*seen.type),
        status=seen.status,
        setting=seen.setting.code if seen.setting else "",
        start=start,
        end=end,
    )


def read_coverage(seen: CoverageResource, at: Context) -> Iterator[Coverage | Skipped]:
    """Who pays."""
    if seen.status in ("entered-in-error", "cancelled", "draft"):
        reason = reasons.ENTERED_IN_ERROR if seen.status == "entered-in-error" else reasons.CANCELLED
        yield skipped("Coverage", reason, seen.type.words)
        return
    payers = [_payer(each.display, at.payers.get(target(each))) for each in seen.payor]
    start, end = bounds(seen.period)
    yield Coverage(
        payer=next(filter(None, payers), seen.type.words),
        source=f"Coverage/{seen.id}",
        kind=seen.type.words,
        status=seen.status,
        start=start,
        end=end,
    )


def _payer(display: str, organization: object) -> str:
    return display or str(getattr(organization, "name", ""))


def read_family_history(seen: FamilyHistoryResource, at: Context) -> Iterator[Relative | Skipped]:
    """What happened to a relative, one entry for each of their conditions."""
    if seen.status == "entered-in-error":
        yield skipped("FamilyMemberHistory", reasons.ENTERED_IN_ERROR, seen.relationship.words)
        return
    for condition in seen.condition:
        kinds = at.of_topic(at.sets(condition.code), Topic.STATE) or states_by_words(condition.code, at)
        if kinds:
            yield Relative(
                relation=_relation(seen),
                kinds=kinds,
                text=condition.code.words,
                source=f"FamilyMemberHistory/{seen.id}",
            )
        else:
            yield skipped("FamilyMemberHistory", reasons.UNKNOWN_CODE, condition.code.words)


def _relation(seen: FamilyHistoryResource) -> str:
    coded = (_RELATIONS.get(each.code) for each in seen.relationship.coding)
    spoken = _SPOKEN_RELATIONS.get(seen.relationship.words.lower(), "other")
    return next(filter(None, coded), spoken)


def empty_list(seen: ListResource) -> str:
    """Which list is said to be empty because there is nothing to put on it?"""
    if seen.status != "current" or seen.empty_reason.code != "nilknown":
        return ""
    return next((LISTS[each.code] for each in seen.code.coding if each.code in LISTS), "")
