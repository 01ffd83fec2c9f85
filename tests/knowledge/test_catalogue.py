"""Any value can be found by its path or its id, and what is not there is told with what is near."""

from __future__ import annotations

from datetime import date

import pytest

from osteon.knowledge import Knowledge, load
from osteon.knowledge.catalogue import SHELVES, NotInKnowledgeError, catalogue, find, shelf


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(date(2026, 1, 1))


def test_the_catalogue_names_everything_on_every_shelf(knowledge: Knowledge) -> None:
    found = catalogue(knowledge)
    assert [each.name for each in found.shelves] == list(SHELVES)
    for each in found.shelves:
        assert [item.id for item in each.items] == list(shelf(knowledge, each.name))


@pytest.mark.parametrize(
    ("path", "full_path"),
    [
        ("zoledronic_acid", "drugs.zoledronic_acid"),
        ("zoledronic_acid.renal.crcl_minimum", "drugs.zoledronic_acid.renal.crcl_minimum"),
        ("drugs.zoledronic_acid.renal", "drugs.zoledronic_acid.renal"),
        ("zoledronic_acid.crcl_below_limit", "drugs.zoledronic_acid.crcl_below_limit"),
        ("zoledronic_acid.tests.crcl_ml_min", "drugs.zoledronic_acid.tests.crcl_ml_min"),
        ("zoledronic_acid.indications.0", "drugs.zoledronic_acid.indications.0"),
        ("parameters.plan.test_lead", "parameters.plan.test_lead"),
        ("plan.test_lead", "parameters.plan.test_lead"),
        ("crcl_ml_min", "facts.crcl_ml_min"),
        ("LBL_ROMO", "citations.LBL_ROMO"),
        ("tables", "tables"),
        ("news2", "tables.news2"),
    ],
)
def test_a_value_is_found_with_or_without_its_shelf(path: str, full_path: str, knowledge: Knowledge) -> None:
    found, node, _ = find(knowledge, path)
    assert found == full_path
    assert node is not None


def test_of_two_things_with_one_name_the_first_is_shown_and_the_other_told(knowledge: Knowledge) -> None:
    assert find(knowledge, "gate")[0] == "books.gate"
    assert find(knowledge, "gate")[2] == ("parameters.gate",)


def test_every_rule_is_found_by_its_id(knowledge: Knowledge) -> None:
    for rule_id, rule in knowledge.rules.items():
        assert find(knowledge, rule_id)[1] is rule


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("zoledronic_acd", "did you mean zoledronic_acid"),
        ("zoledronic_acid.renal.kidneys", "below zoledronic_acid.renal stand equation"),
        ("drugs.aspirin", "on that shelf stand .*zoledronic_acid"),
        ("xyzzy", "`osteon knowledge list` names what is there"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_near(path: str, said: str, knowledge: Knowledge) -> None:
    with pytest.raises(NotInKnowledgeError, match=said):
        find(knowledge, path)
