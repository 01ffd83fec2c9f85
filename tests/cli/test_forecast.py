"""The commands about bone: forecast, trial, bone validate, fit and search, as a person or a script runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow.parquet
import pytest

from osteon.bone.late_dose import LATE_BY_MONTHS
from osteon.bone.patient import SITES, FractureHistory, MarkerLevel, Patient, Scan
from osteon.bone.populations import names
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.types import Forecast
from osteon.cli.exits import ExitCode
from osteon.cli.forecast import SITES as SITES_OFFERED
from osteon.cli.forecast import USUAL_LATE_MONTHS
from osteon.cli.trial import POPULATIONS
from tests.cli.conftest import Ended, Osteon
from tests.examples import ROOT
from tests.report.forecasts import DENOSUMAB, ZOLEDRONATE, forecast

FACTS = ("--sex", "F", "--age", "65", "--t-score-lumbar-spine", "-3.1", "--t-score-total-hip", "-2.6")
FEW = ("--samples", "64", "--years", "3")


class Asked:
    """Stands in for the engine: remembers what it was asked and answers at once, with curves made by hand."""

    def __init__(self) -> None:
        self.patient = Patient(sex="F", age=0.0)
        self.regimens: list[str] = []
        self.how: dict[str, Any] = {}

    def __call__(self, patient: Patient, regimens: Sequence[Regimen], **how: Any) -> tuple[Forecast, ...]:
        self.patient, self.regimens, self.how = patient, [str(regimen) for regimen in regimens], how
        return tuple(forecast(str(regimen), years=how["years"]) for regimen in regimens)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr("osteon.bone.forecast.forecast", asked)
    return asked


def forecast_json(osteon: Osteon, *arguments: str) -> list[dict[str, Any]]:
    ended = osteon("forecast", *arguments, "--json")
    assert ended.code == ExitCode.DONE, ended.err
    found: list[dict[str, Any]] = ended.data
    return found


# --- the whole way, with the model -----------------------------------------------------------------------------------


def test_typed_facts_give_a_forecast_of_each_regimen_that_fits_its_schema(osteon: Osteon) -> None:
    ended = osteon("forecast", *FACTS, *FEW, "--regimen", DENOSUMAB, "--regimen", "none", "--json")
    assert (ended.code, ended.err) == (ExitCode.DONE, "")
    jsonschema_rs.validate(osteon("schema", "forecast").data, ended.data)
    first, second = ended.data
    assert (first["regimen"], second["regimen"]) == (DENOSUMAB, "none")
    assert first["t_score"]["lumbar_spine"]["median"][-1] > second["t_score"]["lumbar_spine"]["median"][-1]
    assert first["samples"] == 64


def test_the_same_seed_gives_the_same_answer(osteon: Osteon) -> None:
    runs = [forecast_json(osteon, *FACTS, *FEW, "--regimen", ZOLEDRONATE, "--seed", seed) for seed in ("7", "7", "8")]
    assert runs[0] == runs[1]
    assert runs[0][0]["density_pct"] != runs[2][0]["density_pct"]


def test_one_command_shows_fan_chance_fractures_and_a_late_dose(osteon: Osteon, tmp_path: Path) -> None:
    files = {name: tmp_path / "new" / f"jane.{name}" for name in ("html", "png", "svg")}
    ended = osteon(
        "forecast", *FACTS, *FEW, "--regimen", DENOSUMAB,
        *(word for name, file in files.items() for word in (f"--{name}", str(file))),
    )  # fmt: skip
    assert ended.code == ExitCode.DONE
    words = " ".join(ended.out.split())
    assert "Lumbar spine: T-score -3.1 today" in words
    assert "━" in ended.out
    assert "Chance of" in words
    assert "100 people like this" in words or "cannot be told" in words
    assert "If the dose of denosumab that is due in month 6 comes 3 months late" in words
    assert files["html"].read_text("utf-8").startswith("<!doctype html>")
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["svg"].read_text("utf-8").startswith("<svg ")
    assert ended.err.count("Wrote") == 3


@pytest.mark.parametrize(("name", "who"), [("jane", "Jane Doyle, female"), ("mark", "Mark Ellison, male")])
def test_a_chart_gives_a_forecast_for_each_regimen(name: str, who: str, osteon: Osteon) -> None:
    chart = str(ROOT / f"examples/{name}.json")
    ended = osteon("forecast", chart, "--on", "2026-11-23", *FEW, "--regimen", DENOSUMAB, "--regimen", ZOLEDRONATE)
    words = " ".join(ended.out.split())
    assert ended.code == ExitCode.DONE, ended.err
    assert words.startswith(f"Bone forecast: {who}")
    assert words.count("Lumbar spine: T-score") == 2
    assert words.count("Chance of") == 2
    assert words.count("months late, density") == 2


def test_a_chart_that_tells_neither_sex_nor_age_ends_with_cannot_tell(osteon: Osteon, tmp_path: Path) -> None:
    bundle = json.loads((ROOT / "examples/jane.json").read_bytes())
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"].pop("gender")
    file = tmp_path / "unknown.json"
    file.write_text(json.dumps(bundle))
    ended = osteon("forecast", str(file), "--on", "2026-11-23", "--regimen", "none")
    assert (ended.code, ended.out) == (ExitCode.CANNOT_TELL, "")
    assert "sex" in ended.err


# --- what is asked of the model --------------------------------------------------------------------------------------


def test_every_typed_fact_reaches_the_model(osteon: Osteon, engine: Asked) -> None:
    forecast_json(
        osteon, "--sex", "M", "--age", "71.5", "--t-score-lumbar-spine", "-2.0", "--t-score-total-hip", "-2.5@-24",
        "--t-score-total-hip", "-2.6", "--t-score-femoral-neck", "-2.9", "--ctx", "450", "--p1np", "55@-6",
        "--years-since-menopause", "12", "--glucocorticoid-mg-day", "7.5", "--crcl-ml-min", "48",
        "--hip-risk-10y", "4.5%",
        "--major-risk-10y", "0.21", "--risk-source", "FRAX", "--no-calcium-and-vitamin-d", "--vertebral-fracture",
        "--no-hip-fracture", "--history", "denosumab:60mg/6mo@-24-0", "--regimen", "none", "--years", "5",
        "--samples", "200", "--seed", "9", "--target", "total_hip=-2.5", "--target", "lumbar-spine=-2",
    )  # fmt: skip
    assert engine.patient == Patient(
        sex="M",
        age=71.5,
        years_since_menopause=12.0,
        scans=(
            Scan(0.0, "lumbar_spine", -2.0),
            Scan(-24.0, "total_hip", -2.5),
            Scan(0.0, "total_hip", -2.6),
            Scan(0.0, "femoral_neck", -2.9),
        ),
        markers=(MarkerLevel(0.0, "ctx", 450.0), MarkerLevel(-6.0, "p1np", 55.0)),
        history=parse_regimen("denosumab:60mg/6mo@-24-0"),
        glucocorticoid_mg_day=7.5,
        crcl_ml_min=48.0,
        calcium_and_vitamin_d=False,
        fractures=FractureHistory(vertebral=True, hip=False),
        hip_risk_10y=0.045,
        major_risk_10y=0.21,
        risk_source="FRAX",
    )
    assert engine.how == {
        "years": 5, "samples": 200, "seed": 9, "targets": {"total_hip": -2.5, "lumbar_spine": -2.0},
    }  # fmt: skip


def test_what_is_not_typed_stays_unknown(osteon: Osteon, engine: Asked) -> None:
    forecast_json(osteon, "--sex", "f", "--age", "65", "--regimen", "none")
    assert engine.patient == Patient(sex="F", age=65.0)


def test_the_late_twin_is_asked_for_in_the_same_run(osteon: Osteon, engine: Asked) -> None:
    osteon("forecast", *FACTS, "--regimen", DENOSUMAB, "--regimen", "none")
    assert engine.regimens == [DENOSUMAB, "none", "denosumab:60mg/6mo@0-6,denosumab:60mg/6mo@9-123"]
    osteon("forecast", *FACTS, "--regimen", DENOSUMAB, "--late", "0")
    assert engine.regimens == [DENOSUMAB]


def test_json_has_the_late_twin_only_if_it_was_asked_for(osteon: Osteon, engine: Asked) -> None:
    assert [each["regimen"] for each in forecast_json(osteon, *FACTS, "--regimen", DENOSUMAB)] == [DENOSUMAB]
    found = forecast_json(osteon, *FACTS, "--regimen", DENOSUMAB, "--regimen", "none", "--late", "1")
    assert [each["regimen"] for each in found] == [
        DENOSUMAB, "denosumab:60mg/6mo@0-6,denosumab:60mg/6mo@7-121", "none",
    ]  # fmt: skip


def test_what_the_command_line_repeats_is_what_the_rooms_below_say() -> None:
    """Names and defaults that stand here too, so that help loads no arithmetic."""
    assert SITES_OFFERED == SITES
    assert USUAL_LATE_MONTHS == LATE_BY_MONTHS
    assert names() == POPULATIONS


@pytest.mark.parametrize("command", ["forecast", "trial", "bone"])
def test_help_loads_no_arithmetic_and_no_pictures(command: str) -> None:
    heavy = ("numpy", "numba", "altair", "rich.table", "jinja2", "osteon.bone.patient")
    code = (
        f"import sys\nfrom osteon.cli import main\nsys.argv = ['osteon', '{command}', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(*(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"Usage: osteon {command}" in ended.stdout
    assert ended.stderr.split() == []


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (FACTS, 2, "--regimen"),
        (("--regimen", "none"), 2, "give a chart, or type at least --sex and --age"),
        (("--sex", "F", "--regimen", "none"), 2, "at least --sex and --age"),
        (("chart.json", *FACTS, "--regimen", "none"), 2, "a chart or typed facts, not both"),
        (("no-such-chart.json", "--regimen", "none"), 10, "no-such-chart.json"),
        ((*FACTS, "--regimen", "denosumab"), 10, "drug:dose/interval@start-stop"),
        ((*FACTS, "--regimen", "aspirin:1mg@0"), 10, "unknown drug 'aspirin'"),
        ((*FACTS, "--regimen", "denosumab:60mg/6mo@-12-12"), 10, "goes into --history"),
        ((*FACTS, "--regimen", "none", "--history", DENOSUMAB), 10, "reaches into the future"),
        ((*FACTS, "--regimen", "none", "--target", "total_hip"), 10, "total_hip=-2.5"),
        ((*FACTS, "--regimen", "none", "--target", "wrist=-2"), 10, "no site 'wrist'"),
        ((*FACTS, "--regimen", "none", "--site", "wrist"), 10, "no site 'wrist'"),
        ((*FACTS, "--regimen", "none", "--years", "0"), 2, "years"),
        ((*FACTS, "--regimen", "none", "--samples", "5"), 2, "samples"),
        (("--sex", "F", "--age", "165", "--regimen", "none"), 2, "age"),
        ((*FACTS, "--t-score-femoral-neck", "-31", "--regimen", "none"), 10, "a T-score of -31 cannot be"),
        ((*FACTS, "--t-score-femoral-neck", "low", "--regimen", "none"), 2, "-2.3@-24 for 24 months ago"),
        ((*FACTS, "--t-score-femoral-neck", "-2@6", "--regimen", "none"), 2, "lies after today"),
        ((*FACTS, "--hip-risk-10y", "12", "--regimen", "none"), 2, "12%"),
    ],
)
def test_a_mistake_is_told_with_its_code_and_its_cure(
    arguments: tuple[str, ...], code: int, words: str, osteon: Osteon, engine: Asked
) -> None:
    ended = osteon("forecast", *arguments)
    assert ended.code == code, ended.err
    assert words in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_picture_of_three_fans_is_refused_before_the_work(osteon: Osteon, engine: Asked, tmp_path: Path) -> None:
    three = ("--regimen", "none", "--regimen", DENOSUMAB, "--regimen", ZOLEDRONATE)
    ended = osteon("forecast", *FACTS, *three, "--png", str(tmp_path / "three.png"))
    assert ended.code == ExitCode.USAGE
    assert "at most 2 fans" in " ".join(ended.err.replace("│", " ").split())
    assert engine.regimens == []


# --- a trial ---------------------------------------------------------------------------------------------------------


def trial(osteon: Osteon, *more: str) -> Ended:
    arms = ("--regimen", "denosumab:60mg/6mo@0-24", "--regimen", "none")
    return osteon("trial", *arms, "--patients", "64", "--years", "2", *more)


def test_a_trial_prints_sentences_and_a_table_for_each_site(osteon: Osteon) -> None:
    ended = trial(osteon)
    words = " ".join(ended.out.split())
    assert ended.code == ExitCode.DONE
    assert words.startswith("Virtual trial: women")
    assert "64 patients under each regimen, 2 years, seed 1; every dose is taken." in words
    assert "points from the first regimen)" in words
    assert words.count("lose > 3 %") == len(SITES)


def test_a_trial_as_json_fits_its_schema(osteon: Osteon) -> None:
    ended = trial(osteon, "--population", "men", "--adherence", "real-life", "--seed", "3", "--json")
    jsonschema_rs.validate(osteon("schema", "trial").data, ended.data)
    assert (ended.data["population"], ended.data["adherence"], ended.data["seed"]) == ("men", "real life", 3)


def test_a_trial_writes_a_row_for_each_patient_regimen_and_month(osteon: Osteon, tmp_path: Path) -> None:
    file, picture = tmp_path / "new" / "trial.parquet", tmp_path / "trial.png"
    ended = trial(osteon, "--parquet", str(file), "--png", str(picture))
    assert ended.code == ExitCode.DONE, ended.err
    table = pyarrow.parquet.read_table(file)
    assert table.num_rows == 64 * 2 * 5
    assert set(table.column_names) >= {"patient", "regimen", "month", "lumbar_spine_pct", "ctx_pct"}
    assert table.schema.metadata[b"regimen 0"] == b"denosumab:60mg/6mo@0-24"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert ended.err.count("Wrote") == 2


def test_a_trial_of_nobody_is_a_usage_error(osteon: Osteon) -> None:
    assert osteon("trial", "--regimen", "none", "--patients", "0").code == ExitCode.USAGE
    assert osteon("trial", "--patients", "10").code == ExitCode.USAGE


# --- the model itself ------------------------------------------------------------------------------------------------

CASES = """\
case,study,population,sex,t_score_lumbar_spine,t_score_total_hip,regimen,comparator,site,from_month,to_month,observed_pct
one,A,pmo,F,-2.8,-1.9,denosumab:60mg/6mo@0-36,none,lumbar_spine,0,36,9.0
two,B,pmo,F,-2.5,-2.4,zoledronic_acid:5mg/12mo@0-36,none,total_hip,0,36,6.0
"""


def test_validation_reads_a_file_or_the_pipe_and_fits_its_schema(osteon: Osteon, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(CASES)
    ended = osteon("bone", "validate", "--cases", str(file), "--json")
    jsonschema_rs.validate(osteon("schema", "bone-validate").data, ended.data)
    assert [row["case"] for row in ended.data["rows"]] == ["one", "two"]
    assert ended.data["summary"]["lumbar_spine"]["n"] == 1
    assert osteon("bone", "validate", "--cases", "-", "--json", stdin=CASES).data == ended.data
    words = " ".join(osteon("bone", "validate", "--cases", str(file)).out.split())
    assert "against 2 cases" in words
    assert "Furthest off" in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("case,regimen\n", "lacks the columns"),
        (CASES.replace("lumbar_spine,0", "wrist,0"), "line 2: site must be one of"),
        (CASES.replace("denosumab:60mg/6mo@0-36", "denosumab"), "line 2: cannot read 'denosumab'"),
    ],
)
def test_a_table_of_cases_that_cannot_be_used_is_bad_input(text: str, words: str, osteon: Osteon) -> None:
    ended = osteon("bone", "validate", "--cases", "-", stdin=text)
    assert ended.code == ExitCode.BAD_INPUT
    assert words in ended.err


def test_a_fit_writes_the_posterior_and_says_what_left_out_trials_showed(
    osteon: Osteon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import msgspec

    from osteon.bone.fit import LeftOut
    from osteon.bone.posterior import shipped

    def refit(rows: Any, *_: Any, version: str, **__: Any) -> Any:
        left_out = tuple(LeftOut(row, row.observed + 0.5, 0.4) for row in rows if row.quantity == "total_hip")
        return msgspec.structs.replace(shipped(), version=version), left_out

    monkeypatch.setattr("osteon.bone.fit.refit", refit)
    file = tmp_path / "posterior.json"
    ended = osteon("bone", "fit", "--out", str(file), "--version-name", "mine")
    assert ended.code == ExitCode.DONE, ended.err
    assert json.loads(file.read_bytes())["version"] == "mine"
    assert "0.50" in ended.out
    answer = osteon("bone", "fit", "--json")
    jsonschema_rs.validate(osteon("schema", "bone-fit").data, answer.data)


def test_a_search_names_the_best_sequence_and_why_not_the_next(osteon: Osteon) -> None:
    small = (*FACTS, "--years", "2", "--drug", "zoledronic_acid", "--drug", "alendronate", "--samples", "50")
    ended = osteon("bone", "search", *small, "--json")
    jsonschema_rs.validate(osteon("schema", "bone-search").data, ended.data)
    assert ended.data["best"]["regimen"] != "none"
    words = " ".join(osteon("bone", "search", *small).out.split())
    assert "the choice" in words
    assert "no drug at all" in words


def test_a_search_that_label_or_budget_leave_nothing_to_is_blocked(osteon: Osteon) -> None:
    ended = osteon("bone", "search", *FACTS, "--years", "2", "--drug", "zoledronic_acid", "--visits", "0")
    assert ended.code == ExitCode.BLOCKED
    assert "no sequence of 2 years" in ended.err


def test_a_search_is_told_what_its_aim_needs(osteon: Osteon) -> None:
    ended = osteon("bone", "search", *FACTS, "--aim", "chance")
    assert ended.code == ExitCode.USAGE
    assert "--target -2.5" in ended.err
    unknown = osteon("bone", "search", *FACTS, "--drug", "aspirin")
    assert unknown.code == ExitCode.BAD_INPUT
    assert "no drug 'aspirin'" in unknown.err
