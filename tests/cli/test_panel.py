"""`osteon panel measure` as a person or a script calls it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from osteon.cli.exits import ExitCode
from osteon.panel.measure import Line
from osteon.pathway.measures.catalogue import MEASURES
from tests.cli.conftest import Osteon
from tests.panel.cases import NOT_HERE, SHARED, YEAR, bundle, case, order, person, table, visit

SCAN = "dxa (dual energy xray absorptiometry) scan"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Value sets, and a case file of 20 women of whom 12 were sent to a scan."""
    sets, source = tmp_path / "sets.csv", tmp_path / "cases.ndjson"
    sets.write_text(table(), "utf-8")
    seen = (person(), visit())
    lines = [case(f"p{n}", *seen, *([order(SCAN, "2025-06-01")] if n < 12 else [])) for n in range(20)]
    source.write_text("\n".join(lines), "utf-8")
    return str(sets), str(source)


def test_json_is_one_line_per_patient_that_fits_its_schema(osteon: Osteon, files: tuple[str, str]) -> None:
    sets, source = files
    ended = osteon("panel", "measure", "cms249", "--period", YEAR, "--valuesets", sets, source, "--json")
    assert ended.code == ExitCode.DONE
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["patient"] for line in lines] == [f"p{n}" for n in range(20)]
    assert list(lines[0]["populations"]) == list(MEASURES["cms249"].keys)
    assert sum(line["populations"]["numerator"] for line in lines) == 12
    schema = jsonschema_rs.validator_for(msgspec.json.schema(Line))
    assert all(schema.is_valid(line) for line in lines)
    assert "20 patients in" in ended.err


def test_the_summary_hides_and_rounds_unless_it_may_be_identifiable(osteon: Osteon, files: tuple[str, str]) -> None:
    sets, source = files
    shared = osteon("panel", "measure", "cms249", "--valuesets", sets, source)
    assert row(shared.out, "patients judged") == "20"
    assert row(shared.out, "numerator") == "10"
    assert row(shared.out, "numerator exclusion") == "≤ 7"
    assert "lower is better" in shared.out
    exact = osteon("panel", "measure", "cms249", "--valuesets", sets, source, "--identifiable")
    assert row(exact.out, "numerator") == "12"
    assert row(exact.out, "numerator exclusion") == "0"
    assert "60.0%   12 of 20" in exact.out


def row(text: str, label: str) -> str:
    line = next(line for line in text.splitlines() if line.strip().startswith(f"{label}  "))
    return line.replace(label, "").strip()


def test_a_report_of_all_hides_what_the_summary_hides(osteon: Osteon, files: tuple[str, str], tmp_path: Path) -> None:
    sets, source = files
    to = tmp_path / "out" / "report.json"
    ended = osteon("panel", "measure", "cms249", "--valuesets", sets, source, "--report", str(to), "--on", "2026-02-01")
    assert ended.code == ExitCode.DONE
    report = json.loads(to.read_bytes())
    assert (report["type"], report["date"]) == ("summary", "2026-02-01")
    assert [each.get("count") for each in report["group"][0]["population"]] == [20, 20, None, 10, None]


def test_a_report_of_every_patient_is_made_only_where_people_may_be_named(
    osteon: Osteon, files: tuple[str, str], tmp_path: Path
) -> None:
    sets, source = files
    asked = ("panel", "measure", "cms249", "--valuesets", sets, source, "--report", str(tmp_path / "report.ndjson"))
    refused = osteon(*asked)
    assert refused.code == ExitCode.USAGE
    assert "--identifiable" in refused.err
    assert osteon(*asked, "--identifiable").code == ExitCode.DONE
    reports = [json.loads(line) for line in (tmp_path / "report.ndjson").read_bytes().splitlines()]
    assert [each["type"] for each in reports] == ["individual"] * 20 + ["summary"]
    assert reports[0]["subject"] == {"reference": "Patient/p0"}
    assert [each["count"] for each in reports[-1]["group"][0]["population"]] == [20, 20, 0, 12, 0]


def test_it_reads_a_pipe(osteon: Osteon, files: tuple[str, str]) -> None:
    sets, source = files
    text = Path(source).read_text("utf-8")
    ended = osteon("panel", "measure", "cms249", "--valuesets", sets, "-", "--json", stdin=text)
    assert len(ended.out.splitlines()) == 20


@pytest.mark.parametrize("name", ["mips418", "hedis-omw", "fls-kpi"])
def test_a_measure_of_charts_needs_no_value_sets_and_says_what_it_cannot_tell(
    name: str, osteon: Osteon, tmp_path: Path
) -> None:
    source = tmp_path / "one.json"
    source.write_text(bundle(person(born="1950-01-01")), "utf-8")
    ended = osteon("panel", "measure", name, "--period", YEAR, str(source), "--json")
    assert ended.code == ExitCode.DONE
    assert list(json.loads(ended.out)["populations"]) == list(MEASURES[name].keys)
    assert "Cannot be told:" in ended.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("cms249", "--period", "2025"), "2025-01-01/2025-12-31"),
        (("cms249", "--period", "2025-12-31/2025-01-01"), "ends before it begins"),
        (("cms000",), "cms000"),
        (("cms249",), "--valuesets"),
        (("mips418",), "--period"),
    ],
)
def test_a_wrong_call_ends_as_usage_and_says_how_to_mend_it(
    args: tuple[str, ...], said: str, osteon: Osteon, tmp_path: Path
) -> None:
    source = tmp_path / "one.json"
    source.write_text(bundle(person()), "utf-8")
    ended = osteon("panel", "measure", *args, str(source))
    assert ended.code == ExitCode.USAGE
    assert said in ended.err
    assert ended.out == ""


def test_bad_input_ends_with_ten_and_without_a_traceback(
    osteon: Osteon, files: tuple[str, str], tmp_path: Path
) -> None:
    sets, source = files
    some = tmp_path / "some.csv"
    some.write_text(table("Office Visit", "Osteopenia"), "utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,code\na,b\n", "utf-8")
    empty = tmp_path / "empty.ndjson"
    empty.write_text("{\n", "utf-8")
    calls = {
        "needs": ("cms249", "--valuesets", str(some), source),
        "no column 'value_set'": ("cms249", "--valuesets", str(wrong), source),
        "No such file": ("cms249", "--valuesets", sets, str(tmp_path / "nowhere.ndjson")),
        "no patient in it could be judged": ("cms249", "--valuesets", sets, str(empty)),
    }
    for said, args in calls.items():
        ended = osteon("panel", "measure", *args)
        assert ended.code == ExitCode.BAD_INPUT, args
        assert said in ended.err
        assert "Traceback" not in ended.err


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("name", ["cms249", "cms645"])
def test_all_published_cases_agree_from_the_command_line(name: str, osteon: Osteon) -> None:
    source = SHARED / f"{name}.cases.ndjson"
    expected = {case["id"]: case["expected"] for case in map(json.loads, source.read_text("utf-8").splitlines())}
    sets = str(SHARED / "value_sets.csv")
    ended = osteon("panel", "measure", name, "--period", YEAR, "--valuesets", sets, str(source), "--json")
    found = {line["patient"]: line["populations"] for line in map(json.loads, ended.out.splitlines())}
    assert found == expected
