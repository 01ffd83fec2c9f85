"""Does the check see what people get wrong? Each test breaks a whole library in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from osteon.knowledge.check import Problem, check
from osteon.knowledge.compile import compile_folder

Library = dict[str, Any]


@pytest.fixture(scope="module")
def whole() -> Library:
    return compile_folder()


@pytest.fixture(scope="module")
def before(whole: Library) -> set[Problem]:
    return set(check(whole).problems)


def drug(library: Library) -> Any:
    return library["drugs"]["zoledronic_acid"]


def unit_lost(library: Library) -> None:
    del drug(library)["dose"]["unit"]


def citation_lost(library: Library) -> None:
    drug(library)["dose"]["cite"] = []


def citation_dangling(library: Library) -> None:
    drug(library)["dose"]["cite"] = ["NOBODY_2099"]


def table_citation_dangling(library: Library) -> None:
    library["tables"]["ost"]["cite"] = ["NOBODY_2099"]


def fact_dangling(library: Library) -> None:
    drug(library)["rules"][0]["when"] = {"type": "test", "fact": "shoe_size", "comparison": "above", "value": 9}


def rule_dangling(library: Library) -> None:
    drug(library)["rules"][0]["when"] = {"type": "not", "of": {"type": "rule", "rule": "gate.no_such_rule"}}


def number_asked_of_a_flag(library: Library) -> None:
    drug(library)["rules"][0]["when"] = {"type": "test", "fact": "pregnant", "comparison": "above", "value": 9}


def word_that_never_comes(library: Library) -> None:
    drug(library)["rules"][0]["when"] = {"type": "test", "fact": "sex", "comparison": "equals", "value": "woman"}


def set_asked_of_a_number(library: Library) -> None:
    drug(library)["rules"][0]["when"] = {"type": "test", "fact": "age_y", "comparison": "includes", "value": ["x"]}


def exit_to_no_drug(library: Library) -> None:
    leaf = {"value": "because", "cite": ["OSTEON_DESIGN"], "verified": "design", "effective": "2000-01-01"}
    drug(library)["exits"] = [{"to": ["aspirin"], "why": leaf}]


def pre_test_of_no_fact(library: Library) -> None:
    drug(library)["tests"][0]["age"] = "age_of_nothing"


def category_without_rule(library: Library) -> None:
    library["frameworks"]["invented"] = {
        "id": "invented",
        "rules": [],
        "categories": [{"id": "high", "label": "High", "rule": "invented.high"}],
    }


def unknown_code_system(library: Library) -> None:
    library["codes"].append(
        {
            "value_set": "x",
            "system": "http://example.org/codes",
            "code": "1",
            "display": "x",
            "cite": "ECQM",
            "verified": "source",
        }
    )


def code_lost(library: Library) -> None:
    library["codes"].append(
        {
            "value_set": "x",
            "system": "http://loinc.org",
            "code": "",
            "display": "x",
            "cite": "ECQM",
            "verified": "source",
        }
    )


def fact_without_value_set(library: Library) -> None:
    library["facts"]["gout"] = {"kind": "flag", "label": "gout", "obtain": "ask", "theme": "x", "record": "condition"}


def fact_without_analyte(library: Library) -> None:
    library["facts"]["tsh_miu_l"]["measure"] = "thyroid"


def fact_in_another_unit(library: Library) -> None:
    library["facts"]["tsh_miu_l"]["unit"] = "mg/dL"


def fact_silent_about_its_absence(library: Library) -> None:
    del library["facts"]["weight_age_d"]["absent"]


@pytest.mark.parametrize(
    ("break_it", "where", "what"),
    [
        (fact_without_analyte, "facts.tsh_miu_l", "names the analyte 'thyroid', which is not there"),
        (fact_in_another_unit, "facts.tsh_miu_l", "is in mg/dL, but tsh is kept in m[IU]/L"),
        (fact_silent_about_its_absence, "facts.weight_age_d", "does not say why it is unknown"),
        (unit_lost, "drugs.zoledronic_acid.dose", "has no unit"),
        (citation_lost, "drugs.zoledronic_acid.dose", "has no citation"),
        (citation_dangling, "drugs.zoledronic_acid.dose", "cites 'NOBODY_2099'"),
        (table_citation_dangling, "tables.ost", "cites 'NOBODY_2099'"),
        (fact_dangling, "zoledronic_acid.", "the fact 'shoe_size', which is not in facts.yaml"),
        (rule_dangling, "zoledronic_acid.", "the rule 'gate.no_such_rule', which is not there"),
        (number_asked_of_a_flag, "zoledronic_acid.", "it is a flag"),
        (word_that_never_comes, "zoledronic_acid.", "sex is never 'woman'"),
        (set_asked_of_a_number, "zoledronic_acid.", "it is a number"),
        (exit_to_no_drug, "drugs.zoledronic_acid.exits", "the drug 'aspirin'"),
        (pre_test_of_no_fact, "drugs.zoledronic_acid.tests", "the fact 'age_of_nothing'"),
        (category_without_rule, "frameworks.invented.high", "the rule 'invented.high'"),
        (unknown_code_system, "codes.x", "the code system 'http://example.org/codes' is unknown"),
        (code_lost, "codes.x", "has no code"),
        (fact_without_value_set, "facts.gout", "value set that is not there"),
    ],
)
def test_it_says_what_is_wrong_and_where(
    break_it: Callable[[Library], None], where: str, what: str, whole: Library, before: set[Problem]
) -> None:
    broken = copy.deepcopy(whole)
    break_it(broken)
    new = set(check(broken).problems) - before
    assert any(problem.where.startswith(where) and what in problem.what for problem in new), new


def test_it_counts_how_values_are_known(whole: Library) -> None:
    before = {tally.topic: tally for tally in check(whole).tallies}["drugs.zoledronic_acid"]
    changed = copy.deepcopy(whole)
    assert drug(changed)["dose"]["verified"] == "source"
    drug(changed)["dose"]["verified"] = "recalled"
    after = {tally.topic: tally for tally in check(changed).tallies}["drugs.zoledronic_acid"]
    assert (after.source, after.recalled, after.design) == (before.source - 1, before.recalled + 1, before.design)


def test_it_names_the_hard_stops_that_nobody_read(whole: Library) -> None:
    changed = copy.deepcopy(whole)
    stop = next(rule for rule in drug(changed)["rules"] if rule["severity"] == "stop")
    stop["verified"] = "recalled"
    assert stop["id"] in check(changed).recalled_stops
    stop["verified"] = "source"
    assert stop["id"] not in check(changed).recalled_stops
