"""Which measures are there, what do their populations mean, and what does each need?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import osteon.pathway.facts  # noqa: F401 - registers the facts that measures of charts ask
from osteon.chart.fhir.readers import READERS
from osteon.pathway.measures import cms249, cms645, fls_kpi, hedis_omw, mips418
from osteon.pathway.measures.after_fracture import cannot_be_judged
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import (
    DENOMINATOR,
    EXCEPTION,
    EXCLUSION,
    INITIAL,
    NUMERATOR,
    NUMERATOR_EXCLUSION,
    Populations,
)
from osteon.pathway.measures.resources import READ, Resources
from osteon.pathway.measures.value_sets import ValueSets


class Group(NamedTuple):
    """One indicator of a measure: its name (empty where it is the only one), what it counts, and its populations."""

    id: str
    title: str
    populations: tuple[str, ...]

    def key(self, population: str) -> str:
        """Under which name does a population of this group stand in the answer?"""
        return f"{self.id}.{population}" if self.id else population


OF_CHARTS = frozenset(READERS) - {"AllergyIntolerance", "Coverage", "Device", "FamilyMemberHistory", "Organization"}
"""The types of resources of which a measure of charts makes use."""


class Measure(NamedTuple):
    """A measure: how it is judged, what it reads, and what it needs.

    `reads` are the types of resources that it looks at. `needs` names the value sets without which nothing can be said,
    `unjudged` says what it cannot tell of anybody.
    """

    id: str
    title: str
    higher_is_better: bool
    groups: tuple[Group, ...]
    judge: Callable[[Resources, Period, ValueSets], Populations]
    reads: frozenset[str] = OF_CHARTS
    needs: frozenset[str] = frozenset()
    unjudged: Callable[[ValueSets], tuple[str, ...]] = lambda _: ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all its populations, each once."""
        return tuple(dict.fromkeys(group.key(each) for group in self.groups for each in group.populations))


_OF_FRACTURES = (INITIAL, DENOMINATOR, EXCLUSION, NUMERATOR)


def _unjudged_indicators(_: ValueSets) -> tuple[str, ...]:
    return (
        "kpi-1, data completeness: the description that this program follows does not name the data",
        "kpi-2 and kpi-3 as shares: only the place knows how many fractures to expect; the fractures found are counted",
        "kpi-8 and kpi-9 from charts: training and contacts are known to the service alone",
    )


def _indicator(name: str) -> Group:
    populations = tuple(each.partition(".")[2] for each in fls_kpi.NAMES if each.startswith(f"{name}."))
    return Group(name, fls_kpi.INDICATORS[name], populations)


MEASURES: Mapping[str, Measure] = {
    each.id: each
    for each in (
        Measure(
            "cms249",
            "Appropriate use of DXA scans in women under 65 without risk factors",
            False,
            (Group("", "", (INITIAL, DENOMINATOR, EXCLUSION, NUMERATOR, NUMERATOR_EXCLUSION)),),
            cms249.cms249,
            READ,
            cms249.VALUE_SETS,
        ),
        Measure(
            "cms645",
            "Bone density evaluation in prostate cancer with androgen deprivation",
            True,
            (Group("", "", (INITIAL, DENOMINATOR, NUMERATOR, EXCEPTION)),),
            cms645.cms645,
            READ,
            cms645.VALUE_SETS,
        ),
        Measure(
            "mips418",
            "Osteoporosis management in women who had a fracture (MIPS 418)",
            True,
            (Group("", "", _OF_FRACTURES),),
            mips418.mips418,
            unjudged=cannot_be_judged,
        ),
        Measure(
            "hedis-omw",
            "Osteoporosis management in women who had a fracture (HEDIS OMW)",
            True,
            (Group("", "", _OF_FRACTURES),),
            hedis_omw.hedis_omw,
            unjudged=cannot_be_judged,
        ),
        Measure(
            "fls-kpi",
            "Key performance indicators of a fracture liaison service",
            True,
            (Group("", "fragility fractures of the period", (INITIAL,)), *map(_indicator, fls_kpi.INDICATORS)),
            fls_kpi.fls_kpi,
            unjudged=_unjudged_indicators,
        ),
    )
}
"""The measures, by the names under which the command line knows them."""
