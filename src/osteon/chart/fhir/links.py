"""What do the resources of one source say of each other?

A report dates its results and names their site, a visit says how a bone broke, a prescription points to its product.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from osteon.chart.codes import code_book
from osteon.chart.fhir.context import Context, Panel, bare, target
from osteon.chart.fhir.elements import Concept
from osteon.chart.fhir.intake import Intake, Seen, inside
from osteon.chart.fhir.patient import Whose
from osteon.chart.fhir.report import panel_of
from osteon.chart.types import When
from osteon.knowledge import Knowledge


def context_of(intake: Intake, knowledge: Knowledge, birth: When, whose: Whose) -> Context:
    """What the resources say of each other."""
    codes = code_book(knowledge)
    plain = Context(knowledge=knowledge, codes=codes, birth=birth)
    return msgspec.structs.replace(
        plain,
        medications=_by_name(intake.of("Medication")),
        devices=_by_name(intake.of("Device")),
        payers=_by_name(intake.of("Organization")),
        panels=_panels(intake, whose, plain),
        mechanisms=_mechanisms(intake, whose, plain),
    )


def _by_name(resources: Iterable[Seen]) -> dict[str, Any]:
    """Resources by every bare id under which a reference may know them."""
    in_order = sorted(resources, key=lambda seen: (seen.resource.id, seen.full_url))
    return {name: seen.resource for seen in in_order for name in (seen.resource.id, bare(seen.full_url)) if name}


def _panels(intake: Intake, whose: Whose, at: Context) -> dict[str, Panel]:
    """What reports say of their results, by the id of the result. Of two reports, the one with more to say."""
    told: dict[str, list[Panel]] = {}
    for seen in intake.of("DiagnosticReport"):
        report = seen.resource
        if report.subject in whose and report.result:
            panel = panel_of(report, at)
            for result in report.result:
                inner = result.reference.startswith("#")
                told.setdefault(inside(report, result.reference[1:]) if inner else target(result), []).append(panel)
    panels = {
        name: max(said, key=lambda panel: msgspec.json.encode(panel, order="deterministic"))
        for name, said in told.items()
    }
    for seen in intake.of("Observation"):
        other_name = bare(seen.full_url)
        if other_name in panels and seen.resource.id:
            panels.setdefault(seen.resource.id, panels[other_name])
    return panels


_ENERGY = {"external_cause.low_fall": "low-energy fall", "external_cause.high_energy": "high-energy injury"}


def _mechanisms(intake: Intake, whose: Whose, at: Context) -> dict[str, str]:
    """How injuries happened, by encounter: the reason of the visit, and the external causes coded at it."""
    told: dict[str, set[str]] = {}
    for seen in intake.of("Encounter"):
        if seen.resource.subject in whose:
            for reason in seen.resource.reason_code:
                for name in (seen.resource.id, bare(seen.full_url)):
                    told.setdefault(name, set()).add(_mechanism(reason, at) or reason.all_words)
    for seen in intake.of("Condition"):
        if seen.resource.subject in whose:
            said = _mechanism(seen.resource.code, at)
            if said:
                told.setdefault(target(seen.resource.encounter), set()).add(said)
    return {name: " ".join(sorted(words)) for name, words in told.items() if name}


def _mechanism(code: Concept, at: Context) -> str:
    """The energy of an injury by the code of its external cause."""
    return next((_ENERGY[each] for each in sorted(at.sets(code)) if each in _ENERGY), "")
