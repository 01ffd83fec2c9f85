"""The table of value sets that a site supplies: how it is read, and how a code is found in it."""

from __future__ import annotations

import pytest

from osteon.chart.fhir.elements import Coding, Concept
from osteon.pathway.measures.coded import carries, number
from osteon.pathway.measures.value_sets import ValueSetError, named, read_value_sets
from tests.panel.cases import ICD10CM, LOINC, SNOMED, observation, quantity, taken
from tests.panel.cases import person as someone

TABLE = f"""value_set,oid,system,code
Broken Bones,1.2,{ICD10CM},S72.001A
"Bones, Thin",1.3,urn:oid:2.16.840.1.113883.6.96,64859006
broken bones,1.2,{SNOMED},1
"""


def concept(*codings: tuple[str, str]) -> Concept:
    return Concept(coding=tuple(Coding(system=system, code=code) for system, code in codings))


@pytest.mark.parametrize(
    ("codings", "names"),
    [
        ([(ICD10CM, "S72.001A")], {"broken bones"}),
        ([("urn:oid:2.16.840.1.113883.6.90", "S72001A")], {"broken bones"}),
        ([(SNOMED, "64859006")], {"bones, thin"}),
        ([(SNOMED, "64859006"), (SNOMED, "1")], {"bones, thin", "broken bones"}),
        ([(LOINC, "64859006")], set()),
        ([], set()),
    ],
)
def test_a_code_is_found_by_whatever_name_its_system_goes(codings: list[tuple[str, str]], names: set[str]) -> None:
    found = read_value_sets(TABLE, name="sets.csv")
    assert found.of(concept(*codings)) == names
    assert found.hold(concept(*codings), named("BROKEN bones")) is ("broken bones" in names)


def test_names_are_compared_without_regard_to_case() -> None:
    assert read_value_sets(TABLE, name="sets.csv").lacks({"broken BONES", "Whole Bones"}) == ["Whole Bones"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,code\na,b\n", "sets.csv: no column 'value_set'"),
        ("", "sets.csv: no column 'value_set'"),
        ("value_set,system,code\n", "sets.csv: no value set in it"),
        ("value_set,system,code\n,urn:x,1\n", "sets.csv: no value set in it"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_it_lacks(text: str, said: str) -> None:
    with pytest.raises(ValueSetError, match=said):
        read_value_sets(text, name="sets.csv")


def test_a_byte_order_mark_of_a_spreadsheet_does_no_harm() -> None:
    assert read_value_sets(f"\ufeff{TABLE}", name="sets.csv").names == {"broken bones", "bones, thin"}


def test_a_measure_of_charts_says_that_it_needs_knowledge() -> None:
    with pytest.raises(ValueError, match="give the value sets the knowledge"):
        _ = read_value_sets(TABLE, name="sets.csv").knowledge


def test_a_limit_is_no_number() -> None:
    (seen,) = taken(someone(), observation("1-1", "2025-01-01", LOINC, **quantity(3))).observations
    assert carries(seen.code, (LOINC, "1-1"))
    assert number(seen, frozenset({""})) == 3
    below = {"valueQuantity": {"value": 3, "comparator": "<"}}
    (limit,) = taken(someone(), observation("1-1", "2025-01-01", LOINC, **below)).observations
    assert number(limit, frozenset({""})) is None
