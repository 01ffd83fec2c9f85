"""A person can read any of the knowledge, with value, unit, date, source and mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from osteon.cli.exits import ExitCode
from osteon.cli.knowledge_check import report_on_folder
from osteon.cli.knowledge_text import report_text
from osteon.knowledge.catalogue import SHELVES
from osteon.knowledge.check import Problem, Report, Tally
from tests.cli.conftest import Osteon


def test_list_names_every_shelf(osteon: Osteon) -> None:
    ended = osteon("knowledge", "list")
    assert ended.code == ExitCode.DONE
    assert all(f"{shelf} (" in ended.out for shelf in SHELVES)


def test_one_shelf_is_listed_in_full(osteon: Osteon) -> None:
    ended = osteon("knowledge", "list", "facts")
    assert "crcl_ml_min" in ended.out
    assert "citations (" not in ended.out


def test_an_unknown_shelf_is_a_usage_error(osteon: Osteon) -> None:
    assert osteon("knowledge", "list", "poems").code == ExitCode.USAGE


def test_a_value_is_shown_with_unit_date_source_and_mark_in_words(osteon: Osteon) -> None:
    shown = osteon("knowledge", "show", "zoledronic_acid.renal.crcl_minimum", "--on", "2026-01-01").out
    assert "35 mL/min" in shown
    assert "● read, since 2007-08-17" in shown
    assert "LBL_ZOL_PFIZER: " in shown
    assert "http" in shown
    assert "● read: seen at its source" in shown


def test_a_default_of_the_program_says_so(osteon: Osteon) -> None:
    assert "○ design" in osteon("knowledge", "show", "parameters.plan.test_lead").out


def test_a_rule_is_shown_as_a_question_with_the_place_of_its_number(osteon: Osteon) -> None:
    shown = osteon("knowledge", "show", "zoledronic_acid.crcl_below_limit").out
    assert "creatinine clearance (Cockcroft-Gault, actual weight) below 35 mL/min" in shown
    assert "(drugs.zoledronic_acid.renal.crcl_minimum)" in shown


def test_before_its_day_a_drug_is_not_there(osteon: Osteon) -> None:
    assert osteon("knowledge", "show", "drugs.zoledronic_acid", "--on", "2007-08-16").code == ExitCode.BAD_INPUT
    assert osteon("knowledge", "show", "drugs.zoledronic_acid", "--on", "2007-08-17").code == ExitCode.DONE


def test_json_carries_the_entry_and_its_path(osteon: Osteon) -> None:
    shown = osteon("knowledge", "show", "zoledronic_acid.dose", "--json").data
    assert shown["path"] == "drugs.zoledronic_acid.dose"
    assert (shown["entry"]["value"], shown["entry"]["unit"]) == (5, "mg")


@pytest.mark.parametrize("shelf", SHELVES)
def test_everything_on_every_shelf_can_be_shown(shelf: str, osteon: Osteon) -> None:
    from datetime import date

    from osteon.cli.knowledge_text import entry_text
    from osteon.knowledge import catalogue, load

    knowledge = load(date(2026, 1, 1))
    for name, entry in catalogue.shelf(knowledge, shelf).items():
        text = entry_text(name, entry, knowledge)
        assert len(text.splitlines()) > 1, name
        assert "not in citations.yaml" not in text, name


def test_check_ends_with_one_where_something_is_wrong(osteon: Osteon, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Report(
        version="v",
        problems=(Problem("drugs.x.dose", "has no citation"),),
        tallies=(Tally("drugs.x", 3, 2, 1),),
        recalled_stops=("x.stop",),
    )
    monkeypatch.setattr("osteon.cli.knowledge_check.report_on_folder", lambda: wrong)
    ended = osteon("knowledge", "check")
    assert ended.code == ExitCode.CHECK_FAILED
    assert "drugs.x.dose: has no citation" in ended.out
    assert "x.stop" in ended.out
    assert osteon("knowledge", "check", "--json").data["problems"][0]["where"] == "drugs.x.dose"


def test_check_counts_what_is_read_recalled_and_the_programs_own() -> None:
    text = report_text(
        Report(version="v", problems=(), tallies=(Tally("a", 3, 2, 1), Tally("b", 1, 0, 0)), recalled_stops=())
    )
    assert text.splitlines()[-3].split() == ["all", "4", "2", "1"]
    assert text.endswith("knowledge v: no problem found")


def test_a_folder_that_does_not_compile_is_told_as_one_problem(tmp_path: Path) -> None:
    (tmp_path / "citations.yaml").write_text("A: [unclosed\n")
    (problem,) = report_on_folder(tmp_path).problems
    assert "citations.yaml: not YAML" in problem.what
