"""What is in force depends on the day, the jurisdiction and the clinic's settings, and on nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.knowledge import load
from osteon.knowledge.in_force import SettingError, resolve
from osteon.knowledge.types import EVERYWHERE, Jurisdiction

TODAY = date(2026, 1, 1)


def leaf(value: object, effective: str, **more: object) -> dict[str, Any]:
    return {"value": value, "cite": ["X"], "verified": "source", "effective": effective, **more}


def library(**parameters: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"drugs": {}, "frameworks": {}, "books": {}, "lists": {}, "analytes": {}}
    undated = {"version": "v", "codes": [], "citations": {}, "facts": {}, "reference_densities": [], "biosimilars": []}
    return {**empty, **undated, "tables": {}, "editions": [], "parameters": {"topic": parameters}}


def in_force(on: str, jurisdiction: Jurisdiction = Jurisdiction.US, **parameters: Any) -> dict[str, Any]:
    found: dict[str, Any] = resolve(library(**parameters), date.fromisoformat(on), jurisdiction)["parameters"]["topic"]
    return found


@pytest.mark.parametrize(
    ("on", "expected"), [("2009-12-31", None), ("2010-01-01", 10), ("2019-12-31", 10), ("2020-01-01", 20)]
)
def test_of_two_versions_the_one_in_force_counts(on: str, expected: int | None) -> None:
    versions = {"versions": [leaf(10, "2010-01-01"), leaf(20, "2020-01-01")]}
    found = in_force(on, limit=versions).get("limit")
    assert (found and found["value"]) == expected


def test_a_value_ends_on_the_day_that_it_is_valid_until() -> None:
    limit = leaf(10, "2010-01-01", until="2020-01-01")
    assert "limit" in in_force("2019-12-31", limit=limit)
    assert "limit" not in in_force("2020-01-01", limit=limit)


def test_a_value_of_one_jurisdiction_holds_only_there() -> None:
    limit = leaf(10, "2010-01-01", jurisdiction=["UK", "EU"])
    assert "limit" in in_force("2020-01-01", Jurisdiction.UK, limit=limit)
    assert "limit" not in in_force("2020-01-01", Jurisdiction.US, limit=limit)


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_the_whole_library_loads_on_every_day_on_which_something_changes(jurisdiction: Jurisdiction) -> None:
    from osteon.knowledge.in_force import _editions

    for day in (date(1980, 1, 1), *_editions(), TODAY):
        assert load(day, jurisdiction).jurisdiction is jurisdiction


def test_the_same_question_gives_the_same_knowledge() -> None:
    assert load(TODAY) is load(TODAY)
    assert load(TODAY).version == load(date(2020, 1, 1)).version


def test_a_clinic_sets_a_default_of_the_program_and_the_value_says_so() -> None:
    path = "parameters.plan.test_lead"
    before = load(TODAY).parameter("plan.test_lead")
    after = load(TODAY, settings={path: before.value + 7}).parameter("plan.test_lead")
    assert after.value == before.value + 7
    assert "Set by the clinic" in after.note
    assert load(TODAY).parameter("plan.test_lead").value == before.value


@pytest.mark.parametrize("path", ["drugs.zoledronic_acid.dose", "parameters.plan.no_such_thing", "facts.age_y"])
def test_what_is_not_a_default_of_the_program_is_not_the_clinics_to_set(path: str) -> None:
    with pytest.raises(SettingError, match="only a program default"):
        load(TODAY, settings={path: 4.0})


def test_a_rule_takes_its_threshold_from_where_the_number_stands() -> None:
    knowledge = load(TODAY)
    when: Any = knowledge.rules["zoledronic_acid.crcl_below_limit"].when
    minimum = knowledge.drugs["zoledronic_acid"].renal.crcl_minimum
    assert minimum is not None
    assert when.reference == "drugs.zoledronic_acid.renal.crcl_minimum"
    assert when.value == minimum.value == 35


def test_a_parameter_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        load(TODAY).parameter("plan.no_such_thing")
