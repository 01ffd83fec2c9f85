"""What stands between a patient and a dose that is to come, as acts, the one to begin with first?"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.knowledge.types import Severity
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate, Readiness
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth

_TIME_ALONE_CLEARS = (
    "denosumab_just_given",
    "repeated_too_early",
    "other_infusion_inside_its_interval",
    "bisphosphonate_too_soon_after_denosumab",
)
"""Rules that say no more than: not yet. They hold nothing up for a dose that is not due yet."""


class Clearing(Struct, frozen=True):
    """Is the patient ready, and if not, what clears it? `acts` are in words; empty when she is ready."""

    verdict: Readiness
    acts: tuple[str, ...]


def clearing(gate: Gate, at: Occasion, *, due_on: date) -> Clearing:
    """What has to be done before the dose that is due on a day, as far as can be told on the gate's day?

    What holds comes first, then what cannot be told: results before the questions that are asked on the day itself.
    """
    blocking = standing_against(gate, due_on=due_on)
    holding = [each.remedy or each.text for each in blocking if each.verdict is Truth.YES]
    unknown = [each for each in blocking if each.verdict is Truth.CANNOT_TELL]
    unknown.sort(key=lambda each: _is_asked(each, at))
    acts = (*holding, *(act for each in unknown for act in _to_find_out(each)))
    if holding:
        return Clearing(Readiness.NOT_READY, tuple(dict.fromkeys(acts)))
    return Clearing(Readiness.CANNOT_TELL if unknown else Readiness.READY, tuple(dict.fromkeys(acts)))


_OPEN = (Truth.YES, Truth.CANNOT_TELL)


def standing_against(gate: Gate, *, due_on: date) -> list[Finding]:
    """Which stops and then holds stand against a dose that is due on a day, or cannot be told?

    Those that time alone clears before that day are not among them.
    """
    checks = (*gate.of(Severity.STOP, *_OPEN), *gate.of(Severity.HOLD, *_OPEN))
    return [each for each in checks if not _is_not_yet(each, gate.on, due_on)]


def _is_not_yet(finding: Finding, on: date, due_on: date) -> bool:
    return due_on > on and finding.id.endswith(_TIME_ALONE_CLEARS)


def _is_asked(finding: Finding, at: Occasion) -> bool:
    """Is what is missing asked of the patient on the day, and not a result that somebody can send for?"""
    return all(at.knowledge.facts[each.fact].record == "answer" for each in finding.missing)


def _to_find_out(finding: Finding) -> tuple[str, ...]:
    wanted = tuple(each.obtain[:1].upper() + each.obtain[1:] for each in finding.missing if each.obtain)
    return wanted or (finding.remedy or finding.text,)
