"""One calculator at a time, with inputs as people type them."""

from __future__ import annotations

import json

import pytest

from osteon.cli.exits import ExitCode
from osteon.pathway.risk.calculators import COMPUTE
from osteon.pathway.risk.tools import TOOLS
from tests.cli.conftest import Osteon

INPUTS = {
    "qfracture": ("sex=female", "age=72", "bmi=21.4"),
    "cockcroft-gault": ("sex=female", "age=82", "weight=45kg", "creatinine=1.1mg/dL"),
    "ckd-epi-2021": ("sex=female", "age=82", "creatinine=1.1mg/dL"),
    "corrected-calcium": ("calcium=8.4mg/dL", "albumin=3.2g/dL"),
    "ost": ("age=65", "weight=68kg"),
    "orai": ("age=65", "weight=68kg", "oestrogen_now=no"),
    "osiris": ("age=65", "weight=70kg", "hormone_therapy_now=no", "low_impact_fracture=yes"),
    "score": (
        "age=65",
        "weight=130lb",
        "black=no",
        "rheumatoid_arthritis=no",
        "fractures=1",
        "oestrogen_ever=no",
    ),
    "news2": (
        "respiration_rate=18",
        "spo2=97",
        "oxygen=no",
        "systolic_pressure=88",
        "pulse=96",
        "consciousness=alert",
        "temperature=38.3",
    ),
}


def figure(score: dict[str, object], name: str) -> float:
    (found,) = (each for each in score["figures"] if each["name"] == name)  # type: ignore[attr-defined]
    return float(found["value"])


def test_every_calculator_is_listed_with_what_it_needs(osteon: Osteon) -> None:
    ended = osteon("risk")
    assert ended.code == ExitCode.DONE
    assert set(INPUTS) == set(COMPUTE) == {tool.id for tool in TOOLS.tools}
    assert all(f"{tool}: " in ended.out for tool in INPUTS)


@pytest.mark.parametrize("tool", INPUTS)
def test_every_calculator_says_what_it_takes_and_asks_for_what_is_missing(tool: str, osteon: Osteon) -> None:
    ended = osteon("risk", tool)
    assert ended.code == ExitCode.CANNOT_TELL
    assert "It needs" in ended.out


@pytest.mark.parametrize("tool", INPUTS)
def test_every_calculator_answers_with_its_sources_and_what_was_used(tool: str, osteon: Osteon) -> None:
    ended = osteon("risk", tool, *INPUTS[tool], "--json")
    score = ended.data
    assert ended.code == ExitCode.DONE
    assert score["outcome"] == "computed"
    assert score["figures"]
    assert score["citations"]
    assert {text.partition("=")[0] for text in INPUTS[tool]} <= {used["name"] for used in score["inputs"]}


@pytest.mark.parametrize("tool", INPUTS)
def test_without_its_first_input_no_calculator_guesses(tool: str, osteon: Osteon) -> None:
    first, *others = INPUTS[tool]
    ended = osteon("risk", tool, *others, "--json")
    assert ended.code == ExitCode.CANNOT_TELL
    assert ended.data["outcome"] == "cannot_tell"
    assert [each["fact"] for each in ended.data["missing"]] == [first.partition("=")[0]]


@pytest.mark.parametrize(
    ("tool", "inputs", "name", "expected"),
    [
        ("cockcroft-gault", ("sex=F", "age=82", "weight=45 kg", "creatinine=1.1 mg/dl"), "crcl_ml_min", 28.01),
        ("cockcroft-gault", ("sex=female", "age=65", "weight=60kg", "creatinine=70.72umol/L"), "crcl_ml_min", 66.41),
        ("cockcroft-gault", ("sex=male", "age=70", "weight=176.37lb", "creatinine=1.2mg/dL"), "crcl_ml_min", 64.81),
        ("ckd-epi-2021", ("sex=female", "age=82", "creatinine=11mg/L"), "egfr_ml_min_1_73m2", 50.17),
        ("ckd-epi-2021", ("sex=male", "age=60", "creatinine=79.56 umol/L"), "egfr_ml_min_1_73m2", 97.78),
        ("corrected-calcium", ("calcium=8.4mg/dL", "albumin=3.2g/dL"), "calcium_corrected_mg_dl", 9.04),
        ("corrected-calcium", ("calcium=2.10mmol/L", "albumin=32g/L"), "calcium_corrected_mmol_l", 2.26),
        ("ost", ("age=65", "weight=150lb"), "ost", 0),
        ("news2", INPUTS["news2"], "news2", 5),
        ("news2", (*INPUTS["news2"][:-1], "temperature=100.9F"), "news2", 5),
        ("qfracture", ("sex=f", "age=65", "weight=68kg", "height=165"), "osteoporotic_pct", 4.551261),
    ],
)
def test_figures_agree_with_published_and_hand_made_ones_in_any_unit(
    tool: str, inputs: tuple[str, ...], name: str, expected: float, osteon: Osteon
) -> None:
    score = osteon("risk", tool, *inputs, "--json").data
    assert figure(score, name) == pytest.approx(expected, abs=0.006 if tool != "qfracture" else 5e-7)


def test_what_was_typed_in_another_unit_is_stated(osteon: Osteon) -> None:
    ended = osteon(
        "risk", "cockcroft-gault", "sex=female", "age=78", "--input", "weight=115lb", "-i", "creatinine=98umol/L"
    )
    said = " ".join(ended.out.split())
    assert "typed 115lb" in said
    assert "typed 98umol/L" in said


def test_inputs_come_by_option_by_position_or_by_pipe(osteon: Osteon) -> None:
    by_option = osteon("risk", "ost", "--input", "age=65", "--input", "weight=68kg")
    assert osteon("risk", "ost", "age=65", "weight=68kg") == by_option
    assert osteon("risk", "ost", "--input", "-", stdin="age=65\nweight=68kg\n") == by_option
    assert osteon("risk", "ost", "--input", "-", stdin=json.dumps({"age": 65, "weight": "68kg"})) == by_option


def test_the_disclaimer_of_qfracture_is_shown_with_every_figure(osteon: Osteon) -> None:
    said = " ".join(osteon("risk", "qfracture", *INPUTS["qfracture"]).out.split())
    assert (
        "Inaccurate implementations of risk scores can lead to wrong patients being given the wrong treatment" in said
    )
    assert "Copyright 2012 ClinRisk Ltd." in said
    assert osteon("risk", "qfracture", *INPUTS["qfracture"], "--json").data["disclaimer"]


def test_a_missing_vital_sign_gives_the_least_that_news2_can_be(osteon: Osteon) -> None:
    ended = osteon("risk", "news2", *INPUTS["news2"][:-1], "--json")
    assert ended.code == ExitCode.CANNOT_TELL
    assert figure(ended.data, "at_least") == 4


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("ostt",), "did you mean ost?"),
        (("ost", "age=65", "wieght=60"), "did you mean weight?"),
        (("ost", "age=old", "weight=60kg"), "'old' is not a number"),
        (("ost", "age=65", "weight=60buckets"), "give one of kg"),
        (("ost", "age=65", "weight=68"), "give the unit: 68kg, 68[lb_av]"),
        (("corrected-calcium", "calcium=2.4", "albumin=40g/L"), "give the unit: 2.4mg/dL, 2.4mmol/L"),
        (("ost", "age=65", "weight=6kg"), "plausible are 20 to 350 kg"),
        (("ost", "age=130", "weight=60kg"), "outside 0 to 120"),
        (("ost", "age"), "write name=value"),
        (("ost", "age=65", "age=66"), "given twice"),
        (("orai", "age=65", "weight=60kg", "oestrogen_now=perhaps"), "neither yes nor no"),
        (("qfracture", "sex=female", "age=72", "bmi=45"), "clamp_bmi=yes"),
        (("qfracture", "sex=x", "age=72", "bmi=25"), "not one of female, male"),
        (("cockcroft-gault", "sex=female", "age=15", "weight=50kg", "creatinine=0.8mg/dL"), "adults of 18"),
        (("cockcroft-gault", "sex=female", "age=70", "weight=60kg", "creatinine=70mg/dL"), "Is the unit right?"),
        (("news2", *INPUTS["news2"], "age=12"), "16 and over"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_way_to_mend_it(
    args: tuple[str, ...], said: str, osteon: Osteon
) -> None:
    ended = osteon("risk", *args)
    assert (ended.out, ended.code) == ("", ExitCode.BAD_INPUT)
    assert said in ended.err


def test_a_broken_json_object_on_stdin_is_bad_input(osteon: Osteon) -> None:
    assert osteon("risk", "ost", "-", stdin='{"age": 65').code == ExitCode.BAD_INPUT
