"""The commands about a patient, run as a person or a script would run them."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from tests.examples import ROOT

OSTEON = Path(sys.executable).with_name("osteon")
JANE = str(ROOT / "examples/jane.json")
ON = ("--on", "2026-11-23")


def osteon(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([str(OSTEON), *arguments], input=stdin, capture_output=True, check=False, cwd=ROOT)


@pytest.mark.parametrize("command", [("plan",), ("assess",), ("options",), ("gate", "--drug", "denosumab")])
def test_what_it_prints_as_json_is_what_the_schema_says(command: tuple[str, ...]) -> None:
    answer = osteon(command[0], JANE, *command[1:], *ON, "--json")
    schema = json.loads(osteon("schema", command[0]).stdout)
    problems = list(jsonschema_rs.validator_for(schema).iter_errors(json.loads(answer.stdout)))
    assert not problems, problems[:2]


def test_the_gate_answers_as_scripts_expect() -> None:
    run = osteon("gate", JANE, "--drug", "zoledronic_acid", *ON, "--json")
    answer = json.loads(run.stdout)
    assert run.returncode == 3
    assert answer["verdict"] == "not_ready"
    keys = {"id", "verdict", "severity", "text", "because", "missing", "citations"}
    assert all(keys <= set(finding) for finding in answer["findings"])
    assert run.stderr == b""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", JANE, *ON), 0),
        (("plan", JANE, *ON, "--drug", "zometa"), 10),
        (("plan", "no-such-file.json"), 10),
        (("plan", JANE, "--framework", "frax"), 10),
        (("plan", JANE, "--on", "yesterday"), 2),
        (("gate", JANE), 2),
        (("gate", str(ROOT / "examples/mark.json"), "--drug", "denosumab", *ON), 4),
        (("assess", JANE, *ON), 0),
    ],
)
def test_it_ends_with_the_documented_code_and_no_traceback(arguments: tuple[str, ...], code: int) -> None:
    run = osteon(*arguments)
    assert run.returncode == code, run.stderr.decode()
    assert b"Traceback" not in run.stderr


@pytest.mark.parametrize(
    "rubbish", [b"", b"not json", b'{"resourceType": "Bundle", "entry": [', b"[" * 20_000, b"\xff\xfe\x00"]
)
def test_what_is_no_chart_is_bad_input(rubbish: bytes) -> None:
    run = osteon("plan", "-", *ON, stdin=rubbish)
    assert run.returncode == 10
    assert run.stdout == b""
    assert b"Traceback" not in run.stderr


def test_a_chart_may_come_by_the_pipe() -> None:
    piped = osteon("assess", "-", *ON, "--json", stdin=(ROOT / "examples/jane.json").read_bytes())
    assert json.loads(piped.stdout) == json.loads(osteon("assess", JANE, *ON, "--json").stdout)


def test_explain_brings_the_tree_and_the_texts_behind_it() -> None:
    answer = json.loads(osteon("gate", JANE, "--drug", "zoledronic_acid", *ON, "--json", "--explain").stdout)
    tree = answer["reasons"]["zoledronic_acid.crcl_below_limit"]
    assert tree["below"][0]["fact"] == "crcl_ml_min"
    assert answer["citations"]["LBL_ZOL_PFIZER"]["title"]


def test_it_writes_page_document_and_bundle(tmp_path: Path) -> None:
    targets = {"--html": tmp_path / "plan.html", "--pdf": tmp_path / "new/plan.pdf", "--fhir": tmp_path / "plan.json"}
    run = osteon("plan", JANE, *ON, *(word for name, file in targets.items() for word in (name, str(file))))
    assert run.returncode == 0
    assert targets["--html"].read_text("utf-8").startswith("<!doctype html>")
    assert targets["--pdf"].read_bytes().startswith(b"%PDF")
    assert json.loads(targets["--fhir"].read_bytes())["resourceType"] == "Bundle"
    assert run.stderr.count(b"Wrote") == 3


def test_a_clinic_sets_a_program_default_and_nothing_else(tmp_path: Path) -> None:
    settings = tmp_path / "clinic.yaml"
    settings.write_text("parameters.plan.start_wait: 30\n")
    plan = json.loads(osteon("plan", JANE, *ON, "--json", "--settings", str(settings)).stdout)
    assert plan["start"]["on"] == "2026-12-23"
    settings.write_text("drugs.zoledronic_acid.renal.crcl_minimum: 20\n")
    refused = osteon("plan", JANE, *ON, "--settings", str(settings))
    assert refused.returncode == 10
    assert b"only a program default" in refused.stderr


def test_a_document_may_be_no_larger_than_the_clinic_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.json"
    large.write_bytes((ROOT / "examples/jane.json").read_bytes() + b" " * 2**20)
    assert osteon("chart", str(large), *ON).returncode == 0
    monkeypatch.setenv("OSTEON_MAX_DOCUMENT_MB", "1")
    refused = osteon("chart", str(large), *ON)
    assert refused.returncode == 10
    assert b"MB" in refused.stderr
    monkeypatch.setenv("OSTEON_MAX_DOCUMENT_MB", "many")
    assert osteon("chart", str(large), *ON).returncode == 10


def test_an_earlier_plan_stands_until_something_is_missed(tmp_path: Path) -> None:
    earlier = tmp_path / "plan.json"
    earlier.write_bytes(osteon("plan", JANE, *ON, "--json").stdout)
    stands = json.loads(osteon("plan", JANE, "--on", "2026-11-28", "--since", str(earlier), "--json").stdout)
    assert stands["plan"]["outlook"]["without"]["regimen"] == "none"
    assert [stands[name] for name in ("added", "moved", "dropped")] == [[], [], []]
    assert stands["plan"] == json.loads(earlier.read_bytes())
    missed = json.loads(osteon("plan", JANE, "--on", "2027-01-20", "--since", str(earlier), "--json").stdout)
    assert missed["moved"]
    assert missed["plan"]["start"]["on"] >= "2027-01-20"
    assert b"The plan stands" not in osteon("plan", JANE, "--on", "2027-01-20", "--since", str(earlier)).stdout
    earlier.write_text("{}")
    assert osteon("plan", JANE, *ON, "--since", str(earlier)).returncode == 10
