"""Does every rule do what the cases written beside it expect?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from osteon.chart.types import Chart, Patient, When
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Rule
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth


def failures(knowledge: Knowledge, cases: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Every case that comes out otherwise, and every rule in force whose cases leave an answer untried.

    `cases` holds, by the id of the rule, mappings with `given` (facts by name) and `expect` (yes, no, cannot_tell).
    Facts that are not given are unknown. Rules that are not in force are passed over.
    """
    return [line for rule in knowledge.rules.values() for line in _of(rule, cases.get(rule.id, ()), knowledge)]


def _of(rule: Rule, cases: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> Iterator[str]:
    tried = set()
    for case in cases:
        given, expected = dict(case.get("given") or {}), _expected(case["expect"])
        unheard = sorted(set(given) - set(knowledge.facts))
        if unheard:
            yield f"{rule.id}: no fact named {', '.join(unheard)}"
            continue
        found = _judged(rule, given, knowledge)
        tried.add(expected)
        if found is not expected:
            yield f"{rule.id}: given {given or 'nothing'}, expected {expected}, found {found}"
    for answer in sorted(_needed(rule, knowledge) - tried):
        yield f"{rule.id}: no case expects {answer}"


def _needed(rule: Rule, knowledge: Knowledge) -> set[Truth]:
    """Both answers, and cannot tell; but a rule about what is recorded at all is decided even by silence."""
    silent = _judged(rule, {}, knowledge)
    return {Truth.YES, Truth.NO} | ({silent} if silent is Truth.CANNOT_TELL else set())


def _judged(rule: Rule, given: Mapping[str, Any], knowledge: Knowledge) -> Truth:
    facts = {name: Known(frozenset(value) if isinstance(value, list) else value) for name, value in given.items()}
    nobody = Chart(patient=Patient(id="nobody", birth_date=When.on(knowledge.on)))
    return judge(rule, Occasion(nobody, knowledge.on, knowledge, given=facts, given_only=True)).verdict


def _expected(answer: bool | str) -> Truth:
    """An expected answer as YAML reads it: `yes` and `no` arrive as true and false."""
    return Truth.of(answer) if isinstance(answer, bool) else Truth(answer)
