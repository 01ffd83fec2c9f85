"""The plan carries forecasts: which regimens are asked of the model, and what is kept of its answer."""

import subprocess
import sys
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from osteon.bone.forecast import forecast as real_forecast
from osteon.bone.regimen import parse_regimen
from osteon.pathway.forecasts import SAMPLES, SEED, YEARS, option_forecasts, with_forecasts
from osteon.pathway.on_request import plain
from osteon.pathway.options import Option, Standing
from osteon.pathway.plan import Plan, plan
from tests.examples import ROOT
from tests.examples import occasion as example
from tests.pathway.charting import given, measured, occasion, took
from tests.pathway.foretold import Asked
from tests.pathway.test_vignettes import WELL


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    model = Asked()
    monkeypatch.setattr("osteon.bone.forecast.forecast", model.forecast)
    return model


@cache
def planned(name: str) -> Plan:
    return plan(example(name))


def forecasted(name: str) -> Plan:
    return with_forecasts(planned(name), example(name))


def option(made: Plan, drug: str) -> Option:
    found = made.option(drug)
    assert found is not None
    return found


def test_the_model_is_asked_once_for_no_drug_every_option_and_every_late_dose(asked: Asked) -> None:
    made = forecasted("jane")
    ((patient, regimens, years, samples, seed),) = asked.calls
    assert (years, samples, seed) == (YEARS, SAMPLES, SEED)
    assert regimens[0] == "none"
    assert len(patient.scans) == 6
    shown = [each.forecast for each in made.options if each.forecast]
    late = [each.if_late for each in shown if each.if_late]
    assert len(regimens) == 1 + len(shown) + len(late)
    assert {each.on_time.regimen for each in shown} | {each.forecast.regimen for each in late} == set(regimens[1:])


def test_each_option_holds_the_forecast_of_its_own_regimen() -> None:
    made = forecasted("jane")
    for each in made.options:
        assert each.forecast is not None
        told = parse_regimen(each.forecast.on_time.regimen)
        assert told.drugs == parse_regimen(each.regimen).drugs
        if each.forecast.if_late:
            assert parse_regimen(each.forecast.if_late.forecast.regimen).drugs == told.drugs


def test_a_blocked_option_has_none() -> None:
    made = forecasted("mark")
    blocked = [each for each in made.options if each.standing is Standing.BLOCKED]
    assert blocked
    assert all((each.forecast is None) == (each in blocked) for each in made.options)


def test_an_option_begins_when_its_first_dose_can_be_given() -> None:
    made = forecasted("jane")
    assert made.start is not None
    months = (made.start.on - made.on).days / 30.4375
    zoledronic_acid = option(made, "zoledronic_acid").forecast
    assert zoledronic_acid is not None
    assert zoledronic_acid.starts_mo == pytest.approx(months, abs=0.01)
    assert zoledronic_acid.on_time.regimen == "zoledronic_acid:5mg/12mo@0.46-36.46"


def test_tablets_that_are_taken_go_on_from_today() -> None:
    alendronate = option(forecasted("jane"), "alendronate").forecast
    assert alendronate is not None
    assert alendronate.starts_mo == 0.0


def test_the_second_dose_is_the_one_that_can_be_late() -> None:
    late = option(forecasted("jane"), "denosumab").forecast.if_late  # type: ignore[union-attr]
    assert late is not None
    assert (late.drug, late.due_mo, late.by_mo) == ("denosumab", 6.46, 3.0)
    assert (
        late.forecast.regimen == "denosumab:60mg/6mo@0.46-6.46,denosumab:60mg/6mo@9.46-63.46,zoledronic_acid:5mg@63.46"
    )


def test_after_a_running_denosumab_the_next_dose_is_the_one_that_can_be_late() -> None:
    at = occasion(*WELL, given("denosumab", "2025-01-15", "2025-07-15", "2026-01-15"))
    made = with_forecasts(plan(at, drug="denosumab"), at)
    late = option(made, "denosumab").forecast.if_late  # type: ignore[union-attr]
    assert late is not None
    assert late.due_mo == pytest.approx((date(2026, 7, 15) - at.on).days / 30.4375, abs=0.01)


def test_tablets_have_no_dose_that_is_late() -> None:
    assert option(forecasted("jane"), "raloxifene").forecast.if_late is None  # type: ignore[union-attr]


def test_without_a_density_there_is_no_forecast_and_it_says_why(asked: Asked) -> None:
    bare = [each for each in WELL if getattr(each, "kind", "") != "t_score"]
    at = occasion(*bare)
    made = with_forecasts(plan(at), at)
    assert made.outlook is not None
    assert made.outlook.without is None
    assert made.outlook.why_not == "Cannot tell: no density scan of spine or hip with a T-score is known."
    assert all(each.forecast is None for each in made.options)
    assert asked.calls == []


def test_without_the_sex_there_is_no_forecast_and_it_says_why() -> None:
    at = occasion(*WELL, sex=None)
    made = with_forecasts(plan(at), at)
    assert made.outlook is not None
    assert made.outlook.why_not == "Cannot tell: the chart does not say the sex."


def test_what_was_assumed_in_reading_stands_with_the_plan() -> None:
    at = occasion(*WELL, took("alendronate", "2023-06-15"))
    found = option_forecasts(at, plan(at).options)
    assert any("dose of alendronate is not recorded" in flag.text for flag in found.outlook.flags)


def test_a_plan_keeps_fewer_months_and_no_markers() -> None:
    kept = option(forecasted("jane"), "denosumab").forecast
    assert kept is not None
    assert kept.on_time.months == (
        *(float(month) for month in range(0, 24, 3)), 24.0, 30.0, *(float(month) for month in range(36, 121, 12)),
    )  # fmt: skip
    assert all(len(fan.median) == len(kept.on_time.months) for fan in kept.on_time.density_pct.values())
    assert kept.on_time.density_g_cm2 == kept.on_time.turnover == {}
    assert kept.if_late is not None
    assert set(kept.if_late.forecast.fractures or {}) == {"vertebral"}


def test_the_plan_itself_stays_as_it_was() -> None:
    bare, made = planned("jane"), forecasted("jane")
    options = tuple(msgspec.structs.replace(each, forecast=None) for each in made.options)
    assert msgspec.structs.replace(made, options=options, outlook=None) == bare


def test_it_is_the_same_for_the_same_seed_and_survives_json() -> None:
    first, second = forecasted("mark"), forecasted("mark")
    assert first == second
    read = msgspec.json.decode(msgspec.json.encode(first, enc_hook=plain), type=Plan)
    assert read.outlook == first.outlook
    assert [each.forecast for each in read.options] == [each.forecast for each in first.options]


def test_a_plan_does_not_grow_beyond_twice_its_size() -> None:
    def size(made: Plan) -> int:
        return len(msgspec.json.encode(made, enc_hook=plain))

    assert size(forecasted("jane")) < 2 * size(planned("jane"))


def test_the_scan_of_a_young_woman_counts_too() -> None:
    """A T-score is a density here, whatever it says of the diagnosis."""
    at = occasion(measured("t_score", -2.6, "2026-05-04", "{T}", site="lumbar_spine"), born="1985-01-01")
    assert option_forecasts(at, plan(at).options).outlook.without is not None


def test_the_real_model_answers_what_a_plan_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osteon.bone.forecast.forecast", real_forecast)
    made = with_forecasts(planned("mark"), example("mark"), years=3, samples=50)
    assert made.outlook is not None
    assert made.outlook.without is not None
    denosumab = option(made, "denosumab").forecast
    assert denosumab is not None
    assert denosumab.on_time.months == made.outlook.without.months
    gained, without = (
        each.density_pct["lumbar_spine"].median[-1] for each in (denosumab.on_time, made.outlook.without)
    )
    assert gained > 102.0 > without
    assert denosumab.on_time.fractures is not None
    assert with_forecasts(planned("mark"), example("mark"), years=3, samples=50) == made


@pytest.mark.parametrize("t_score", [-8.0, -6.5, 3.0])
def test_an_extreme_score_makes_no_plan_fail(t_score: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osteon.bone.forecast.forecast", real_forecast)
    at = occasion(*WELL, measured("t_score", t_score, "2026-06-01", "{T}", site="femoral_neck"))
    made = option_forecasts(at, plan(at).options[:1], years=1, samples=50)
    assert made.outlook.without is not None or made.outlook.why_not


@pytest.mark.parametrize("command", ["plan", "options"])
def test_no_forecast_loads_nothing_of_the_model(command: str) -> None:
    """The command runs in a process of its own, which then says which heavy parts it loaded."""
    code = (
        "import sys; from osteon.cli import main\n"
        f"sys.argv = ['osteon', {command!r}, 'examples/jane.json', '--on', '2026-11-23', '--no-forecast', '--json']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "loaded = {'numba', 'numpy', 'llvmlite', 'altair', 'osteon.bone.forecast'} & set(sys.modules)\n"
        "sys.stderr.write(f'loaded: {sorted(loaded)}')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert run.stderr.decode() == "loaded: []"
    answer: Any = msgspec.json.decode(run.stdout)
    options = answer["options"] if command == "plan" else answer
    assert all(each["forecast"] is None for each in options)
