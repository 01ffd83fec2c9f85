"""How is a measure told to another system? As a FHIR R4 MeasureReport: of one patient, or of all together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from osteon.pathway.measures.catalogue import Group, Measure
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import COUNTS, Populations
from osteon.pathway.measures.tally import Shown, Tally, score

_POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
_IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
_WHY_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_CANONICAL = "urn:osteon:measure:"

MASKED, UNKNOWN = "masked", "unknown"
"""Why a count is absent: hidden to protect people, or it cannot be told."""


def individual_report(
    measure: Measure, populations: Populations, *, patient: str, period: Period, on: date
) -> dict[str, Any]:
    """The report of one patient, made on a day. A population that cannot be told has no count."""
    counts = {name: COUNTS[truth] for name, truth in populations.truths.items()}
    return {
        **_head(measure, "individual", period, on),
        "subject": {"reference": f"Patient/{patient}"},
        "group": [_group(each, counts, UNKNOWN) for each in measure.groups],
    }


def summary_report(measure: Measure, tally: Tally, shown: Shown, *, period: Period, on: date) -> dict[str, Any]:
    """The report of all patients together, made on a day. A count that is hidden is absent and marked as masked."""
    counts = {name: shown(tally.inside[name]) for name in measure.keys}
    groups = []
    for each in measure.groups:
        group = _group(each, counts, MASKED)
        found = score(each, tally, shown)
        if found and found.share is not None:
            group["measureScore"] = {"value": round(found.share, 4)}
        groups.append(group)
    return {**_head(measure, "summary", period, on), "group": groups}


def _head(measure: Measure, kind: str, period: Period, on: date) -> dict[str, Any]:
    notation = "increase" if measure.higher_is_better else "decrease"
    return {
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": kind,
        "measure": f"{_CANONICAL}{measure.id}",
        "date": on.isoformat(),
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "improvementNotation": {"coding": [{"system": _IMPROVEMENT, "code": notation}]},
    }


def _group(group: Group, counts: Mapping[str, int | None], absent: str) -> dict[str, Any]:
    named = {"code": {"text": f"{group.id}: {group.title}" if group.id else group.title}} if group.title else {}
    return {
        **named,
        "population": [_population(each, counts[group.key(each)], absent) for each in group.populations],
    }


def _population(name: str, count: int | None, absent: str) -> dict[str, Any]:
    code = {"code": {"coding": [{"system": _POPULATION, "code": name}]}}
    if count is None:
        return {**code, "_count": {"extension": [{"url": _WHY_ABSENT, "valueCode": absent}]}}
    return {**code, "count": count}
