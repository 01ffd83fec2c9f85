"""Fracture risk without treatment, against the placebo arms that it rests on and tables that it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.bone.fracture_baseline import Untreated, untreated
from osteon.bone.fracture_rates import hip_t_score, history_multiplier, rate, shipped
from osteon.bone.patient import FractureHistory, Patient, Scan, Site
from osteon.bone.types import FRACTURE_KINDS, FractureKind

NONE_BEFORE = FractureHistory(vertebral=False, hip=False, other_fragility=False)
MONTHS = np.arange(0.0, 121.0, 3.0)


def baseline(patient: Patient, samples: int = 400) -> Untreated:
    loss = np.exp(-0.006 * MONTHS / 12.0)[None, :] * np.ones((samples, 1))
    return untreated(patient, loss, MONTHS, np.random.default_rng(1))


def risk(patient: Patient, kind: FractureKind, years: float = 10.0) -> float:
    inside = years * 12.0 >= MONTHS
    hazard = np.median(baseline(patient).hazard[kind][:, inside], axis=0)
    return float(-np.expm1(-np.trapezoid(hazard, MONTHS[inside] / 12.0)))


def woman(
    age: float = 70.0, score: float = -2.0, history: FractureHistory = NONE_BEFORE, site: Site = "total_hip"
) -> Patient:
    return Patient(sex="F", age=age, scans=(Scan(0.0, site, score),), fractures=history)


@pytest.mark.parametrize("kind", FRACTURE_KINDS)
def test_the_rate_lies_among_the_placebo_arms_and_its_spread_is_theirs(kind: FractureKind) -> None:
    arms = [arm for arm in shipped().arms if kind in arm.share]
    assert len(arms) >= 3
    found = rate(kind)
    assert 0.2 <= found.log_sd <= 0.5
    # FREEDOM's women are the reference but for the fractures that some had had: their rate is the higher one.
    freedom = -np.log1p(-arms[0].share[kind]) / (arms[0].months / 12.0)
    assert 0.3 * freedom < found.a_year < freedom


def test_risk_rises_by_the_published_gradient_per_sd_of_hip_density() -> None:
    # Schini 2025, 25 placebo groups: 1.55, 2.27 and 1.31 per SD of 0.90 T-scores.
    for kind, gradient in (("vertebral", 1.55), ("hip", 2.27), ("nonvertebral", 1.31)):
        low, high = (baseline(woman(score=score)).hazard[kind][:, 0] for score in (-2.9, -2.0))
        assert low / high == pytest.approx(np.full(400, gradient))


@settings(max_examples=25, deadline=None)
@given(age=st.floats(50, 85), score=st.floats(-3.9, -0.6), years=st.floats(1, 5), drop=st.floats(0.05, 0.1))
def test_older_women_thinner_bones_and_earlier_fractures_mean_more_risk(
    age: float, score: float, years: float, drop: float
) -> None:
    after = FractureHistory(vertebral=True, hip=False, other_fragility=True)
    for kind in FRACTURE_KINDS:
        here = risk(woman(age, score), kind)
        assert risk(woman(age + years, score), kind) > here
        assert risk(woman(age, score - drop), kind) > here
        assert risk(woman(age, score, after), kind) > here


def test_an_earlier_vertebral_fracture_counts_four_times_and_no_history_more_than_the_trials_saw() -> None:
    # Klotzbuecher 2000: vertebra after vertebra about 4, else about 2; FPT placebo arm: 18 against 4 %.
    everything = FractureHistory(vertebral=True, hip=True, other_fragility=True)
    only_vertebra = FractureHistory(vertebral=True, hip=False, other_fragility=False)
    assert history_multiplier("vertebral", only_vertebra) == pytest.approx(4.0)
    assert history_multiplier("nonvertebral", only_vertebra) == pytest.approx(2.0)
    assert history_multiplier("nonvertebral", everything) == pytest.approx(4.5)
    assert history_multiplier("hip", NONE_BEFORE) == pytest.approx(1.0)


def test_a_history_that_nobody_knows_lies_between_and_is_said() -> None:
    unknown, after = FractureHistory(), FractureHistory(vertebral=True, hip=False, other_fragility=False)
    assert (
        risk(woman(), "vertebral") < risk(woman(history=unknown), "vertebral") < risk(woman(history=after), "vertebral")
    )
    assert "not known" in baseline(woman(history=unknown)).basis
    assert "not known" not in baseline(woman()).basis


@pytest.mark.parametrize(
    ("age", "score", "hip_pct"),
    [(60, -2.0, 1.4), (60, -3.0, 4.4), (70, -2.0, 2.4), (70, -3.0, 6.3), (80, -2.0, 4.4), (80, -3.0, 9.5)],
)
def test_hip_risk_is_within_a_factor_of_two_of_a_published_table(age: float, score: float, hip_pct: float) -> None:
    # Kanis 2008, Osteoporos Int 19:385-97, table 3: UK women without risk factors, by T-score of the femoral neck.
    # Its figures count deaths and ours do not, so ours rise faster with age.
    patient = woman(age, score, site="femoral_neck")
    assert 0.5 < 100.0 * risk(patient, "hip") / hip_pct < 2.0


def test_another_site_stands_in_for_the_hip_and_the_words_say_so() -> None:
    neck = baseline(woman(site="femoral_neck"))
    assert "total hip was not scanned" in neck.basis
    both = Patient(sex="F", age=70.0, scans=(Scan(0.0, "lumbar_spine", -3.5), Scan(-1.0, "total_hip", -2.0)))
    found = hip_t_score(both)
    assert found is not None
    assert found[0] == -2.0
    assert hip_t_score(Patient(sex="F", age=70.0)) is None


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        (Patient(sex="M", age=75.0, scans=(Scan(0.0, "total_hip", -2.0),)), "men's risk"),
        (Patient(sex="F", age=93.0, scans=(Scan(0.0, "total_hip", -2.0),)), "up to 90"),
        (Patient(sex="F", age=75.0, scans=(Scan(0.0, "total_hip", 0.5),)), "outside the range"),
        (Patient(sex="F", age=75.0, scans=(Scan(-60.0, "total_hip", -2.0),)), "5 years old"),
        (Patient(sex="F", age=75.0, hip_risk_10y=0.04, risk_source="QFracture-2012"), "QFracture-2012 (hip 4.0 %)"),
    ],
)
def test_the_words_say_on_what_the_risk_rests(patient: Patient, words: str) -> None:
    basis = baseline(patient).basis
    assert words in basis
    assert not basis.endswith(".")


def test_a_man_breaks_his_hip_as_often_as_a_woman_of_his_age_and_density() -> None:
    man = Patient(sex="M", age=70.0, scans=(Scan(0.0, "total_hip", -2.0),), fractures=NONE_BEFORE)
    assert risk(man, "hip") == pytest.approx(risk(woman(), "hip"), rel=0.05)
    assert risk(man, "nonvertebral") < 0.8 * risk(woman(), "nonvertebral")
