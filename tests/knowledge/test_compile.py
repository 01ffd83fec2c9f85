"""The compiler fills in what people may leave out, and says in which file what they wrote is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from osteon.knowledge.compile import COMPILED, FOLDER, CompileError, compile_folder, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(FOLDER, copy)
    return copy


def add_to(file: Path, text: str) -> None:
    file.write_text(file.read_text("utf-8") + text, "utf-8")


RULE = """
  - id: invented
    severity: hold
    when: {when}
    says: It holds.
    verified: source
    cite: LBL_ROMO
"""


def book(folder: Path, when: str) -> None:
    (folder / "rules" / "invented.yaml").write_text(
        "name: Invented\ndefaults: {effective: 2000-01-01}\nrules:\n" + RULE.replace("{when}", when), "utf-8"
    )


def test_the_compiled_file_is_that_of_the_folder() -> None:
    stored = msgspec.json.decode(COMPILED.read_bytes())
    assert stored["version"] == compile_folder()["version"], "run `make`, or `python -m osteon.knowledge.compile`"


def test_the_version_changes_with_any_file(folder: Path) -> None:
    before = compile_folder(folder)["version"]
    add_to(folder / "citations.yaml", "\nNEW_TEXT: {title: A new text}\n")
    assert compile_folder(folder)["version"] != before


def test_a_rule_carries_the_id_of_its_file_and_what_the_file_says_once(folder: Path) -> None:
    book(folder, "{age_y: {at_least: 50}, pregnant: true}".replace(", pregnant: true", ""))
    (rule,) = compile_folder(folder)["books"]["invented"]["rules"]
    assert rule["id"] == "invented.invented"
    assert rule["effective"] == "2000-01-01"
    assert rule["cite"] == ["LBL_ROMO"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{pregnant: true}", {"fact": "pregnant", "comparison": "equals", "value": True}),
        ("{pregnant: known}", {"fact": "pregnant", "comparison": "known", "value": True}),
        ("{sex: [female, male]}", {"fact": "sex", "comparison": "one_of", "value": ["female", "male"]}),
        ("{treatments_now: {includes: denosumab}}", {"comparison": "includes", "value": ["denosumab"]}),
        ("{age_y: {at_least: 50}}", {"fact": "age_y", "comparison": "at_least", "value": 50}),
        ("{not: {pregnant: true}}", {"type": "not"}),
        ("{rule: gate.fever}", {"type": "rule", "rule": "gate.fever"}),
    ],
)
def test_conditions_may_be_written_short(written: str, expected: dict[str, object], folder: Path) -> None:
    book(folder, written)
    (rule,) = compile_folder(folder)["books"]["invented"]["rules"]
    assert expected.items() <= rule["when"].items()


def test_two_comparisons_of_one_fact_must_both_hold(folder: Path) -> None:
    book(folder, "{age_y: {at_least: 50, below: 65}}")
    (rule,) = compile_folder(folder)["books"]["invented"]["rules"]
    assert rule["when"]["type"] == "all"
    assert [test["comparison"] for test in rule["when"]["of"]] == ["at_least", "below"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{age_y: {older_than: 50}}", "rules/invented.yaml: rule invented: age_y: no comparison 'older_than'"),
        ("{age_y: 50, pregnant: true}", "rules/invented.yaml: rule invented: expected one of all, any, not"),
        (
            "{age_y: {above: $parameters.plan.nothing}}",
            "invented.invented: nothing in force at 'parameters.plan.nothing'",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(written: str, said: str, folder: Path) -> None:
    book(folder, written)
    with pytest.raises(CompileError, match=said.replace("$", r"\$")):
        compile_folder(folder)


def test_a_value_without_a_source_does_not_compile(folder: Path) -> None:
    (folder / "parameters" / "invented.yaml").write_text("speed: {value: 3, unit: m, effective: 2000-01-01}\n", "utf-8")
    with pytest.raises(CompileError, match=r"missing required field .*parameters"):
        compile_folder(folder)


def test_what_is_not_yaml_is_told(folder: Path) -> None:
    add_to(folder / "citations.yaml", "\nBROKEN: {title: [unclosed\n")
    with pytest.raises(CompileError, match=r"citations\.yaml: not YAML"):
        compile_folder(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# title: x\n# cite: LBL_ROMO\n# verified: source\nterm,value\na,1\n", "must say 'effective'"),
        ("# title: x\n# cite: LBL_ROMO\n# verified: source\n# effective: 2000-01-01\nterm,value\na\n", "needs 2 cells"),
    ],
)
def test_a_table_says_what_it_is_and_every_row_is_whole(text: str, said: str, folder: Path) -> None:
    (folder / "tables" / "invented.csv").write_text(text, "utf-8")
    with pytest.raises(CompileError, match=rf"tables/invented\.csv: .*{said}"):
        compile_folder(folder)


def test_what_is_written_can_be_read_back(tmp_path: Path) -> None:
    target = tmp_path / "compiled.json"
    write(compile_folder(), target)
    assert msgspec.json.decode(target.read_bytes())["version"] == compile_folder()["version"]
    assert list(tmp_path.iterdir()) == [target]
