"""Rules of the knowledge held against nobody in particular, of whom only a few facts are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from osteon.chart.types import Chart, Patient, When
from osteon.knowledge import Knowledge, load
from osteon.knowledge.types import Jurisdiction, Rule, Severity
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth

TODAY = date(2026, 1, 1)
US, EU, UK = WORLD = [load(TODAY, jurisdiction) for jurisdiction in Jurisdiction]
NAMES = ["US", "EU", "UK"]
everywhere = pytest.mark.parametrize("knowledge", WORLD, ids=NAMES)

INJECTIONS = ["denosumab", "teriparatide", "abaloparatide", "romosozumab"]
ANABOLIC = ["teriparatide", "abaloparatide", "romosozumab"]
BOOKS = ["candidacy", "sequence", "holiday", "treatment_failure"]
each_injection = pytest.mark.parametrize("name", INJECTIONS)
each_anabolic = pytest.mark.parametrize("name", ANABOLIC)


def occasion(knowledge: Knowledge = US, **facts: Any) -> Occasion:
    """Nobody in particular, of whom only these facts are known."""
    nobody = Chart(patient=Patient(id="nobody", birth_date=When.on(date(1955, 1, 1))))
    known = {name: Known(frozenset(value) if isinstance(value, list) else value) for name, value in facts.items()}
    return Occasion(nobody, TODAY, knowledge, given=known, given_only=True)


def holding(rules: tuple[Rule, ...], knowledge: Knowledge = US, **facts: Any) -> dict[str, Severity]:
    """The rules that hold, by their short id, and what follows from each."""
    at = occasion(knowledge, **facts)
    return {rule.id.split(".")[1]: rule.severity for rule in rules if judge(rule, at).verdict is Truth.YES}


def of_drug(name: str, knowledge: Knowledge = US, **facts: Any) -> dict[str, Severity]:
    return holding(knowledge.drugs[name].rules, knowledge, **facts)


def of_book(name: str, knowledge: Knowledge = US, **facts: Any) -> dict[str, Severity]:
    return holding(knowledge.books[name].rules, knowledge, **facts)


def rules_of(knowledge: Knowledge) -> Iterator[Rule]:
    for name in INJECTIONS:
        yield from knowledge.drugs[name].rules
    for name in BOOKS:
        yield from knowledge.books[name].rules
