"""Every rule does what the cases written beside it expect, and a rule without cases does not pass."""

from __future__ import annotations

from datetime import date

from osteon.cli.knowledge_check import report_on_folder
from osteon.knowledge import load
from osteon.knowledge.compile import rule_cases
from osteon.pathway.rule_cases import failures

TODAY = date(2026, 1, 1)
RULE = "zoledronic_acid.crcl_below_limit"


def failures_of_rule(*cases: dict[str, object]) -> list[str]:
    lines = failures(load(TODAY), {**rule_cases(), RULE: list(cases)})
    return [line for line in lines if line.startswith(RULE)]


YES = {"given": {"crcl_ml_min": 20}, "expect": True}
NO = {"given": {"crcl_ml_min": 60}, "expect": False}
UNKNOWN = {"given": {}, "expect": "cannot_tell"}


def test_the_knowledge_is_whole_and_every_rule_passes_its_cases() -> None:
    assert [f"{problem.where}: {problem.what}" for problem in report_on_folder().problems] == []


def test_right_cases_pass() -> None:
    assert failures_of_rule(YES, NO, UNKNOWN) == []


def test_a_case_that_comes_out_otherwise_is_told_with_what_was_given() -> None:
    (line,) = failures_of_rule(YES, NO, UNKNOWN, {"given": {"crcl_ml_min": 34.9}, "expect": False})
    assert "34.9" in line
    assert "expected no, found yes" in line


def test_a_rule_needs_a_case_for_every_answer_it_can_give() -> None:
    assert failures_of_rule(YES, NO) == [f"{RULE}: no case expects cannot_tell"]
    assert len(failures_of_rule()) == 3


def test_a_case_about_an_unheard_of_fact_does_not_pass() -> None:
    assert failures_of_rule(YES, NO, UNKNOWN, {"given": {"shoe_size": 9}, "expect": True}) == [
        f"{RULE}: no fact named shoe_size"
    ]
