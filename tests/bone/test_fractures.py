"""Fracture risk of one patient: bounds, order, basis, rebound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.bone.fracture_baseline import AGES
from osteon.bone.fracture_fit import skeletons
from osteon.bone.fractures import fracture_fans
from osteon.bone.patient import FractureHistory, Patient, Scan
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.bone.types import FRACTURE_KINDS, FractureFan, FractureKind

NO_FRACTURE = FractureHistory(vertebral=False, hip=False, other_fragility=False)
WOMAN = Patient(sex="F", age=70.0, scans=(Scan(0.0, "total_hip", -2.3),), fractures=NO_FRACTURE)
TYPED = Patient(sex="F", age=70.0, hip_risk_10y=0.05, major_risk_10y=0.18, risk_source="FRAX")
TEN_YEARS = np.arange(0.0, 121.0, 3.0)
Fans = dict[FractureKind, FractureFan]


def curves(gain_pct: float, samples: int = 40, months: Floats = TEN_YEARS) -> tuple[Floats, Floats, Floats]:
    """Density that rises by so much within two years, against skeletons that lose 0.6 % a year untreated."""
    never = np.exp(-0.006 * months / 12.0)[None, :, None] * np.ones((samples, 1, 3))
    risen = np.exp(gain_pct / 100.0 * np.minimum(months / 24.0, 1.0))[None, :, None]
    return never * risen, np.ones((samples, len(months), 2)), never


def fans_of(patient: Patient, gain_pct: float = 5.0, months: Floats = TEN_YEARS) -> Fans:
    density, turnover, never = curves(gain_pct, months=months)
    fans, _ = fracture_fans(patient, density, turnover, never, months, np.random.default_rng(1))
    assert fans is not None
    return fans


def followed(patient: Patient, regimen: str, samples: int = 64) -> Fans:
    """The fans of simulated skeletons, with the never treated skeleton counted from the first dose on."""
    parameters = skeletons(samples).parameters
    first = min((0.0, *(course.start_month for course in patient.history.courses)))
    whole = Regimen((*patient.history.courses, *parse_regimen(regimen).courses))
    seen = simulate(parameters, [whole], TEN_YEARS)[0]
    looks = np.concatenate(([first - 0.01], TEN_YEARS))
    never = simulate(parameters, [Regimen()], looks)[0][:, 1:]
    today = seen[:, :1, :3]
    rng = np.random.default_rng(1)
    fans, basis = fracture_fans(patient, seen[..., :3] / today, seen[..., 3:], never[..., :3] / today, TEN_YEARS, rng)
    assert fans is not None, basis
    return fans


def test_without_a_typed_risk_or_a_t_score_nobody_can_tell() -> None:
    density, turnover, never = curves(5.0)
    bare = Patient(sex="F", age=70.0)
    fans, words = fracture_fans(bare, density, turnover, never, TEN_YEARS, np.random.default_rng(1))
    assert fans is None
    assert "T-score" in words


def test_below_50_a_t_score_alone_is_no_basis() -> None:
    density, turnover, never = curves(5.0)
    young = Patient(sex="F", age=AGES[0] - 1.0, scans=WOMAN.scans)
    fans, words = fracture_fans(young, density, turnover, never, TEN_YEARS, np.random.default_rng(1))
    assert fans is None
    assert "50" in words


@settings(max_examples=25, deadline=None)
@given(
    age=st.floats(50, 95),
    score=st.floats(-5, 1),
    gain=st.floats(-10, 15),
    vertebral=st.sampled_from([True, False, None]),
)
def test_every_chance_is_one_and_none_ever_falls(age: float, score: float, gain: float, vertebral: bool | None) -> None:
    patient = Patient(
        sex="F", age=age, scans=(Scan(0.0, "total_hip", score),), fractures=FractureHistory(vertebral=vertebral)
    )
    for fan in fans_of(patient, gain).values():
        quantiles = np.array([fan.cumulative.low90, fan.cumulative.low50, fan.cumulative.median, fan.cumulative.high90])
        assert ((quantiles >= 0.0) & (quantiles <= 1.0)).all()
        assert (np.diff(quantiles, axis=1) >= 0.0).all()
        assert (np.diff(quantiles, axis=0) >= 0.0).all()
        assert all(0.0 <= chance <= 1.0 for chance in (*fan.yearly.median, *fan.untreated, *fan.excess_after_stop))
        assert len(fan.untreated) == len(fan.relative_risk) == 10


@pytest.mark.parametrize("patient", [WOMAN, TYPED])
def test_more_density_means_less_risk_of_every_kind(patient: Patient) -> None:
    little, much = fans_of(patient, 2.0), fans_of(patient, 8.0)
    for kind in FRACTURE_KINDS:
        assert much[kind].cumulative.median[-1] < little[kind].cumulative.median[-1] < little[kind].untreated[-1]


def test_untreated_risk_rises_with_age_and_falling_density() -> None:
    for fan in fans_of(WOMAN, 0.0).values():
        yearly = np.array(fan.yearly.median)
        assert (np.diff(yearly) > 0.0).all()
        assert fan.relative_risk == pytest.approx([1.0] * 10)


def test_the_typed_risk_comes_back_as_the_untreated_risk_of_ten_years() -> None:
    fans = fans_of(TYPED)
    assert fans["hip"].untreated[-1] == pytest.approx(0.05, abs=1e-3)
    hazard = -np.log1p(-0.18)
    assert fans["nonvertebral"].untreated[-1] == pytest.approx(-np.expm1(-1.17 * hazard), abs=1e-3)


@pytest.mark.parametrize("years", [1, 3, 15])
def test_the_typed_risk_is_spread_alike_over_shorter_and_longer_forecasts(years: int) -> None:
    months = np.arange(0.0, 12.0 * years + 1.0, 3.0)
    whole, part = fans_of(TYPED)["hip"].untreated, fans_of(TYPED, months=months)["hip"].untreated
    both = min(years, 10)
    assert part[both - 1] == pytest.approx(whole[both - 1], rel=0.01)


def test_a_typed_hip_risk_alone_tells_of_the_hip_alone() -> None:
    fans = fans_of(Patient(sex="F", age=70.0, hip_risk_10y=0.05))
    assert set(fans) == {"hip"}


def test_a_typed_risk_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        fans_of(Patient(sex="F", age=70.0, hip_risk_10y=5.0))


def test_doubt_about_the_coefficients_widens_the_fan_of_identical_skeletons() -> None:
    treated, untouched = fans_of(TYPED, 6.0)["hip"].cumulative, fans_of(TYPED, 0.0)["hip"].cumulative
    assert treated.high90[-1] - treated.low90[-1] > 0.2 * treated.median[-1]
    assert untouched.high90[-1] - untouched.low90[-1] < 1e-9


def test_the_same_seed_gives_the_same_fan() -> None:
    assert fans_of(WOMAN) == fans_of(WOMAN)


@pytest.mark.parametrize("months", [[0.0, 6.0, 12.0], [3.0, 6.0, 9.0, 12.0], [0.0, 3.0, 6.0, 9.0]])
def test_it_refuses_months_that_are_too_far_apart_or_no_whole_years(months: list[float]) -> None:
    with pytest.raises(ValueError, match="months must"):
        fans_of(WOMAN, months=np.array(months))


def test_finer_months_than_quarters_change_nothing() -> None:
    fine = fans_of(WOMAN, months=np.arange(0.0, 121.0))["vertebral"].cumulative.median
    assert fine == pytest.approx(fans_of(WOMAN)["vertebral"].cumulative.median, rel=0.01)


def test_after_treatment_it_cannot_tell_without_the_never_treated_skeleton() -> None:
    density, turnover, never = curves(5.0)
    patient = Patient(sex="F", age=70.0, scans=WOMAN.scans, history=parse_regimen("denosumab:60mg/6mo@-24-0"))
    fans, words = fracture_fans(patient, density, turnover, never, TEN_YEARS, np.random.default_rng(1))
    assert fans is None
    assert "treatment so far" in words


def test_the_untreated_risk_of_a_treated_woman_is_that_of_the_density_she_would_have_had() -> None:
    treated = Patient(
        sex="F", age=70.0, scans=WOMAN.scans, fractures=NO_FRACTURE, history=parse_regimen("denosumab:60mg/6mo@-60-0")
    )
    assert followed(treated, "none")["hip"].untreated[-1] > 1.1 * followed(WOMAN, "none")["hip"].untreated[-1]


def test_a_stopped_course_of_denosumab_costs_vertebrae_in_the_year_after_and_no_other_bone_breaks_more() -> None:
    stopped, on = followed(WOMAN, "denosumab:60mg/6mo@0-36"), followed(WOMAN, "denosumab:60mg/6mo@0-120")
    excess = stopped["vertebral"].excess_after_stop
    assert excess[3] > 0.005
    assert max(excess[:3]) < 0.0005
    assert excess[3] == max(excess)
    assert stopped["vertebral"].yearly.median[3] > 3.0 * on["vertebral"].yearly.median[3]
    assert max(on["vertebral"].excess_after_stop) < 0.0005
    assert stopped["hip"].relative_risk[3] < 1.0
    assert stopped["nonvertebral"].relative_risk[3] < 1.0


def test_a_late_dose_costs_vertebrae_and_an_infusion_after_the_last_dose_spares_most_of_them() -> None:
    on_time = followed(WOMAN, "denosumab:60mg/6mo@0-60")["vertebral"].excess_after_stop
    late = followed(WOMAN, "denosumab:60mg/6mo@0-24,denosumab:60mg/6mo@30-60")["vertebral"].excess_after_stop
    left = followed(WOMAN, "denosumab:60mg/6mo@0-24")["vertebral"].excess_after_stop
    covered = followed(WOMAN, "denosumab:60mg/6mo@0-24,zoledronic_acid:5mg@24")["vertebral"].excess_after_stop
    assert on_time[2] < 0.0005 < late[2] < left[2]
    assert covered[2] < 0.3 * left[2]
