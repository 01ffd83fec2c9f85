"""What is missing, ranked by what it would change?"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from osteon.knowledge.types import Severity
from osteon.pathway.finding import Finding
from osteon.pathway.truth import Truth

_WEIGHT = {Severity.STOP: 8, Severity.CRITERION: 4, Severity.HOLD: 3, Severity.ADVISE: 1}
"""How much an open question of each severity counts in the ranking. An order of reading, not a clinical score."""


class Wanted(Struct, frozen=True):
    """One thing to find out: what to do, which facts it gives, and which open questions it could settle."""

    obtain: str
    facts: tuple[str, ...]
    settles: tuple[str, ...]
    stops: int
    weight: int


def wanted(findings: Iterable[Finding]) -> tuple[Wanted, ...]:
    """The to-do list of all open findings, most consequential first; one line for each thing to do."""
    facts: dict[str, dict[str, None]] = {}
    settles: dict[str, dict[str, Severity]] = {}
    for finding in findings:
        if finding.verdict is not Truth.CANNOT_TELL:
            continue
        for missing in finding.missing:
            facts.setdefault(missing.obtain, {})[missing.fact] = None
            settles.setdefault(missing.obtain, {})[finding.id] = finding.severity
    lines = (
        Wanted(
            obtain=obtain,
            facts=tuple(facts[obtain]),
            settles=tuple(questions),
            stops=sum(severity is Severity.STOP for severity in questions.values()),
            weight=sum(_WEIGHT[severity] for severity in questions.values()),
        )
        for obtain, questions in settles.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.weight, line.obtain)))
