"""The published cases of CMS249 and CMS645, beside the repository: every population of every case must agree."""

from __future__ import annotations

import json

import pytest

from osteon.chart.fhir.bundle import Piece
from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.value_sets import ValueSets, read_value_sets
from tests.panel.cases import NOT_HERE, SHARED

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SHARED.is_dir(), reason=NOT_HERE)]


def cases(name: str) -> list[dict]:
    file = SHARED / f"{name}.cases.ndjson"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.is_file() else []


@pytest.fixture(scope="module")
def value_sets() -> ValueSets:
    return read_value_sets((SHARED / "value_sets.csv").read_text("utf-8"), name="value_sets.csv")


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}-{case['id'][:8]}") for name in ("cms249", "cms645") for case in cases(name)],
)
def test_a_published_case_agrees_in_every_population(name: str, case: dict, value_sets: ValueSets) -> None:
    resources = Resources(Piece(each["resourceType"], "", json.dumps(each).encode()) for each in case["resources"])
    found = MEASURES[name].judge(resources, Period.between(case["start"], case["end"]), value_sets)
    assert found.counts == case["expected"], case["description"]


def test_the_published_table_holds_every_value_set_that_is_needed(value_sets: ValueSets) -> None:
    assert value_sets.lacks(MEASURES["cms249"].needs | MEASURES["cms645"].needs) == []
