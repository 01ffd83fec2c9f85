"""A number means nothing without its unit; here every factor is held against two independent libraries of units."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from osteon.chart import reasons
from osteon.chart.units import Refusal, convert, has_one_scale, in_kept_unit, spelling, ucum_of
from osteon.knowledge import load
from osteon.knowledge.types import Analyte

ANALYTES = load(date(2026, 11, 23)).analytes
FACTORS = [(kind, ucum) for kind, analyte in ANALYTES.items() for ucum in analyte.factors]
VALENCE = {"calcium": 2, "calcium_corrected": 2, "calcium_ionised": 2, "magnesium": 2, "potassium": 1}
ARBITRARY = {"[IU]", "U/", "[arb'U]", "{", "[score]"}
"""Units of no dimension, or that an assay defines for itself: only equal ones may be exchanged for each other."""

BY_DEFINITION = {
    ("hba1c", "mmol/mol"): "IFCC to NGSP, the master equation",
    ("alp", "ukat/L"): "1 katal is 60,000,000 enzyme units",
    ("bone_alp", "ukat/L"): "1 katal is 60,000,000 enzyme units",
    ("alcohol_units_per_day", "g/d"): "a unit is 8 g of alcohol",
    ("egfr", "mL/min/1.73.m2"): "the body surface is in the name of the unit, not in its size",
}
"""Conversions that no library of units knows, with what they rest on; `test_what_rests_on_a_definition` works them."""


@pytest.fixture(scope="module")
def registry() -> PintUcumRegistry:
    return PintUcumRegistry()


def expected(kind: str, ucum: str, analyte: Analyte, registry: PintUcumRegistry) -> float:
    """One of this unit, in the analyte's own unit, as pint and ucumvert work it out."""
    one = registry.from_ucum(ucum.replace("eq/", "mol/"))
    if "eq/" in ucum:
        one = one / VALENCE[kind]
    kept = registry.from_ucum(analyte.unit)
    if one.is_compatible_with(kept):
        return float(one.to(kept.units).magnitude)
    assert analyte.molar_mass_g_mol is not None, f"{kind}: {ucum} needs a molar mass"
    mass = analyte.molar_mass_g_mol.value * registry.from_ucum("g/mol")
    return float((one * mass if "mol" in ucum or "eq/" in ucum else one / mass).to(kept.units).magnitude)


def test_every_factor_agrees_with_pint_and_ucumvert(registry: PintUcumRegistry) -> None:
    wrong, seen = [], 0
    for kind, ucum in FACTORS:
        analyte = ANALYTES[kind]
        if (kind, ucum) in BY_DEFINITION or ucum in analyte.offsets:
            continue
        if any(mark in ucum + analyte.unit for mark in ARBITRARY) or kind == "tsh":
            continue
        seen += 1
        if analyte.factors[ucum] != pytest.approx(expected(kind, ucum, analyte, registry), rel=1e-8):
            wrong.append((kind, ucum, analyte.factors[ucum], expected(kind, ucum, analyte, registry)))
    assert not wrong
    assert seen > 100


def test_what_is_arbitrary_is_only_exchanged_for_its_equal_or_by_time() -> None:
    per_week = {"{units}/wk", "{drinks}/wk"}
    for kind, ucum in FACTORS:
        analyte = ANALYTES[kind]
        if (kind, ucum) in BY_DEFINITION or ucum in analyte.offsets:
            continue
        if any(mark in ucum for mark in ARBITRARY):
            allowed = 1 / 7 if ucum in per_week else 60 if "/s/" in ucum else 1
            assert analyte.factors[ucum] == pytest.approx(allowed), (kind, ucum)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "kept"),
    [
        ("hba1c", 48, "mmol/mol", 6.543),
        ("alp", 1.5, "ukat/L", 90),
        ("bone_alp", 0.5, "ukat/L", 30),
        ("alcohol_units_per_day", 16, "g/d", 2),
        ("egfr", 71, "mL/min/1.73.m2", 71),
    ],
)
def test_what_rests_on_a_definition(kind: str, value: float, unit: str, kept: float) -> None:
    assert (kind, unit) in BY_DEFINITION
    assert convert(value, unit, ANALYTES[kind]) == pytest.approx(kept, abs=0.001)


@pytest.mark.parametrize(("fahrenheit", "celsius"), [(98.6, 37.0), (100.4, 38.0), (95, 35)])
def test_degrees_of_fahrenheit_begin_elsewhere(fahrenheit: float, celsius: float, registry: PintUcumRegistry) -> None:
    assert convert(fahrenheit, "[degF]", ANALYTES["temperature"]) == pytest.approx(celsius, abs=1e-9)
    assert registry.Quantity(fahrenheit, "degF").to("degC").magnitude == pytest.approx(celsius)
    assert convert(celsius + 273.15, "K", ANALYTES["temperature"]) == pytest.approx(celsius)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "kept"),
    [
        ("creatinine", 80, "µmol/L", 0.905),
        ("calcium", 2.30, "mmol/L", 9.218),
        ("calcium", 4.6, "mEq/L", 9.218),
        ("calcium_ionised", 4.8, "mg/dL", 1.198),
        ("albumin", 42, "g/L", 4.2),
        ("vitamin_d_25oh", 75, "nmol/L", 30.05),
        ("vitamin_d_25oh", 30, "mcg/L", 30),
        ("pth", 5.3, "pmol/L", 49.95),
        ("phosphate", 1.1, "mmol/l", 3.407),
        ("magnesium", 0.8, "mmol/L", 1.944),
        ("ctx", 0.45, "ng/mL", 450),
        ("p1np", 40, "µg/L", 40),
        ("tsh", 2.1, "mIU/L", 2.1),
        ("weight", 150, "lbs", 68.04),
        ("height", 64, "inches", 162.56),
        ("temperature", 99.5, "°F", 37.5),
        ("egfr", 58, "mL/min/1.73m²", 58),
        ("heart_rate", 72, "bpm", 72),
        ("systolic_bp", 130, "mmHg", 130),
        ("urine_calcium_24h", 5, "mmol/24h", 200.4),
        ("t_score", -2.7, "", -2.7),
    ],
)
def test_it_reads_units_as_people_write_them(kind: str, value: float, unit: str, kept: float) -> None:
    assert convert(value, unit, ANALYTES[kind]) == pytest.approx(kept, rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "reason"),
    [
        ("creatinine", 1.1, "", reasons.NO_UNIT),
        ("creatinine", 1.1, "furlong", reasons.NO_UNIT),
        ("bone_alp", 14, "ug/L", reasons.NO_UNIT),
        ("calcium", 9.2, "mmol/L", reasons.IMPLAUSIBLE),
        ("creatinine", 80, "mg/dL", reasons.IMPLAUSIBLE),
        ("height", 1.62, "cm", reasons.IMPLAUSIBLE),
        ("weight", float("nan"), "kg", reasons.IMPLAUSIBLE),
        ("weight", float("inf"), "kg", reasons.IMPLAUSIBLE),
        ("t_score", 25, "", reasons.IMPLAUSIBLE),
    ],
)
def test_it_sets_aside_what_it_cannot_trust_and_says_why(kind: str, value: float, unit: str, reason: str) -> None:
    answer = convert(value, unit, ANALYTES[kind])
    assert isinstance(answer, Refusal)
    assert answer.reason == reason
    assert answer.detail


def test_a_bare_number_counts_only_where_every_unit_means_the_same() -> None:
    one_scale = {kind for kind, analyte in ANALYTES.items() if has_one_scale(analyte)}
    assert {"t_score", "frax_mof", "bmi", "falls_count"} <= one_scale
    assert one_scale.isdisjoint({"creatinine", "calcium", "vitamin_d_25oh", "weight", "temperature", "ctx", "hba1c"})


def test_no_two_units_of_an_analyte_are_spelled_alike() -> None:
    for kind, analyte in ANALYTES.items():
        spelled = [spelling(code) for code in analyte.factors]
        assert len(set(spelled)) == len(spelled), kind
        for said, meant in analyte.spoken.items():
            assert said == spelling(said), f"{kind}: {said} is never compared in this spelling"
            assert meant in analyte.factors, f"{kind}: {said} leads to {meant}, which has no factor"
            assert said not in spelled or ucum_of(said, analyte) == meant


def test_an_analyte_is_plausible_within_its_limits_and_its_own_unit_counts_one() -> None:
    for kind, analyte in ANALYTES.items():
        assert analyte.factors[analyte.unit] == 1, kind
        assert analyte.low.value < analyte.high.value, kind
        assert {analyte.low.unit, analyte.high.unit} == {analyte.unit}, kind
        normal = [each.value for each in (analyte.low, analyte.normal_low, analyte.normal_high, analyte.high) if each]
        assert all(lower < upper for lower, upper in pairwise(normal)), kind


@given(st.sampled_from(FACTORS), st.floats(0, 1))
def test_a_plausible_value_survives_the_way_through_any_unit(which: tuple[str, str], share: float) -> None:
    kind, ucum = which
    analyte = ANALYTES[kind]
    kept = analyte.low.value + share * (analyte.high.value - analyte.low.value)
    sent = (kept - analyte.offsets.get(ucum, 0.0)) / analyte.factors[ucum]
    assert in_kept_unit(sent, ucum, analyte) == pytest.approx(kept, rel=1e-9, abs=1e-9)


@given(st.text(max_size=12), st.sampled_from(sorted(ANALYTES)))
def test_no_spelling_of_a_unit_breaks_it(unit: str, kind: str) -> None:
    assert ucum_of(unit, ANALYTES[kind]) in {None, *ANALYTES[kind].factors}
