"""Do sex, age, menopause, glucocorticoids, kidneys and missing calcium change the forecast as studies report?"""

from collections import Counter

import numpy as np
import pytest

from osteon.bone.covariates import (
    SCALING,
    adjusted,
    assumptions,
    density_factors,
    evidence_flags,
    shipped,
    spreads_of,
    traits_of,
    untreated_t,
)
from osteon.bone.observations import observations
from osteon.bone.parameters import ROW
from osteon.bone.patient import SITES, Patient, Scan
from osteon.bone.posterior import best
from osteon.bone.predict import scale
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.bone.tested import steps, table

KNOWN = {
    "sex": "F",
    "age": 72.0,
    "years_since_menopause": 22.0,
    "glucocorticoid_mg_day": 0.0,
    "crcl_ml_min": 70.0,
    "calcium_and_vitamin_d": True,
}


def _scans(spine: float, hip: float, neck: float, month: float = 0.0) -> tuple[Scan, ...]:
    return tuple(Scan(month, site, score) for site, score in zip(SITES, (spine, hip, neck), strict=True))


REFERENCE = _scans(-2.6, -1.9, -2.15)


def _patient(**changes: object) -> Patient:
    return Patient(**{**KNOWN, "scans": REFERENCE, **changes})  # type: ignore[arg-type]


def _change(patient: Patient, regimen: str, month: float) -> Floats:
    parameters, _ = adjusted(best().parameters, patient, best().scaling)
    seen = simulate(parameters, [parse_regimen(regimen)], np.array([0.0, month]))[0, 0]
    return 100.0 * (seen[1, :3] / seen[0, :3] - 1.0)


def test_a_woman_like_those_in_the_trials_is_the_average_patient() -> None:
    parameters, flags = adjusted(best().parameters, _patient(), best().scaling)
    same = [row for name, row in ROW.items() if name not in ("lLS", "lTH", "lFN", "tauL")]
    assert parameters[:, same] == pytest.approx(best().parameters[:, same])
    assert abs(parameters[0, ROW["lLS"]]) < 0.001
    assert flags == ()


def test_it_does_not_change_the_array_it_was_given() -> None:
    before = best().parameters.copy()
    adjusted(best().parameters, _patient(sex="M", glucocorticoid_mg_day=10.0), best().scaling)
    assert np.array_equal(before, best().parameters)


@pytest.mark.parametrize("male", [False, True])
def test_spine_and_hip_are_scaled_by_density_as_the_fit_scales_them(male: bool) -> None:
    scores = np.array([[-3.4, -2.9, -2.15], [-1.2, -0.4, -2.15]])
    scaling = np.array([[0.84, 0.83]] * 2)
    mine = density_factors(scores, np.array([male, male]), scaling)
    fitted = scale(scores[:, 0], scores[:, 1], male, scaling)
    assert mine[:, :2] == pytest.approx(fitted[:, :2])


def test_the_neck_is_scaled_by_its_own_density_and_nearly_as_the_hip() -> None:
    """Cohorts in which hip and neck T-scores go in parallel: the two ways of scaling differ by less than 3 %."""
    hip = np.array([-2.8, -2.4, -1.6])
    scores = np.stack((np.full(3, -2.6), hip, hip - 0.25), axis=1)
    own = density_factors(scores, np.zeros(3, bool), np.array([[0.84, 1.0]] * 3))
    assert own[:, 2] / own[:, 1] == pytest.approx(np.ones(3), abs=0.03)


def test_a_thinner_spine_gains_more_in_per_cent() -> None:
    thin = _change(_patient(scans=_scans(-4.0, -1.9, -2.15)), "denosumab:60mg/6mo@0-24", 24.0)
    usual = _change(_patient(), "denosumab:60mg/6mo@0-24", 24.0)
    assert thin[0] > 1.1 * usual[0]
    assert thin[1] == pytest.approx(usual[1])


def test_men_gain_less_at_the_hip_and_as_much_at_the_spine() -> None:
    man = _change(_patient(sex="M", years_since_menopause=None), "denosumab:60mg/6mo@0-12", 12.0)
    woman = _change(_patient(), "denosumab:60mg/6mo@0-12", 12.0)
    assert man[0] == pytest.approx(woman[0], abs=0.1)
    assert man[1] == pytest.approx(best().scaling[0, 1] * woman[1], rel=0.02)


@pytest.mark.parametrize(
    ("years", "site", "reported", "within"),
    [
        (1.0, 0, -2.9, 0.8),  # Michigan 3.3 and Melbourne 2.5 % a year in the first two years
        (3.5, 0, -1.1, 0.6),  # SWAN and Michigan, two to five (seven) years
        (7.5, 0, -0.8, 0.5),  # placebo of Lees 1996
        (1.0, 2, -1.8, 0.5),  # SWAN and Melbourne
        (3.5, 2, -1.1, 0.4),  # SWAN
    ],
)
def test_women_lose_as_fast_after_menopause_as_cohorts_report(
    years: float, site: int, reported: float, within: float
) -> None:
    """Untreated women of the general population: T-scores about -0.5 at the spine and -1.0 at the neck (NHANES)."""
    woman = _patient(age=51.0 + years, years_since_menopause=years - 0.5, scans=_scans(-0.49, -0.63, -1.04))
    # The oldest age bands of hip loss begin at 67; below that the age at which they begin counts.
    assert _change(woman, "none", 12.0)[site] == pytest.approx(reported, abs=within)


def test_the_loss_after_menopause_fades() -> None:
    rates = [_change(_patient(age=51.0 + y, years_since_menopause=y), "none", 12.0)[0] for y in (0.0, 3.0, 6.0, 12.0)]
    assert rates == sorted(rates)
    assert rates[-1] - rates[0] > 2.0


def test_treatment_that_began_after_menopause_starts_from_its_own_year() -> None:
    """Menopause five years ago and denosumab for the last four: the model starts one year after menopause."""
    history = parse_regimen("denosumab:60mg/6mo@-48-0")
    traits = traits_of(_patient(age=56.0, years_since_menopause=5.0, history=history))
    assert traits.years_since_menopause[0] == pytest.approx(1.0)
    assert traits.age[0] == pytest.approx(52.0)


def test_hips_of_the_oldest_lose_fastest() -> None:
    """Ensrud 1995: 2.5 mg/cm2 a year at 68 and 10.4 from 85 on, of about 0.75 g/cm2: a difference of 1 % a year."""
    young, old = (_change(_patient(age=age), "none", 12.0) for age in (68.0, 87.0))
    assert young[1] - old[1] == pytest.approx(1.05, abs=0.2)
    assert young[0] == pytest.approx(old[0])


def test_glucocorticoids_widen_the_spread_of_loss_and_of_response() -> None:
    usual, taker = (spreads_of(traits_of(_patient(glucocorticoid_mg_day=dose))) for dose in (0.0, 10.0))
    assert (taker >= usual * 1.24).all()
    assert taker.max() > 0.006


def test_bone_gets_more_bisphosphonate_when_the_kidneys_clear_less() -> None:
    """Dose table of the label for cancer: 3.0 mg at 30 to 39 mL/min give the exposure of 4.0 mg at 75 (ratio 1.33)."""
    parameters = [adjusted(best().parameters, _patient(crcl_ml_min=crcl))[0][0, ROW["ECzol"]] for crcl in (75.0, 35.0)]
    assert parameters[0] / parameters[1] == pytest.approx(1.26, abs=0.08)


def test_denosumab_acts_the_same_whatever_the_kidneys_do() -> None:
    usual, poor = (_change(_patient(crcl_ml_min=crcl), "denosumab:60mg/6mo@0-24", 24.0) for crcl in (80.0, 40.0))
    assert usual == pytest.approx(poor)


def test_without_calcium_and_vitamin_d_bone_gains_less_and_a_flag_says_it_is_assumed() -> None:
    poor = _patient(calcium_and_vitamin_d=False)
    assert (_change(poor, "none", 24.0) < _change(_patient(), "none", 24.0)).all()
    assert any("calcium" in flag.text and flag.kind == "assumed" for flag in assumptions(poor))


def test_all_that_is_not_known_is_said_in_one_sentence() -> None:
    stranger = Patient(sex="F", age=70.0)
    (flag,) = assumptions(stranger)
    assert flag.kind == "assumed"
    for word in ("lumbar spine", "menopause", "glucocorticoids", "calcium", "kidney"):
        assert word in flag.text


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"age": 35.0, "years_since_menopause": None}, "before menopause"),
        ({"age": 95.0}, "95 years"),
        ({"crcl_ml_min": 20.0}, "kidney disease itself"),
    ],
)
def test_a_patient_outside_of_the_data_is_called_so(changes: dict[str, object], word: str) -> None:
    assert any(flag.kind == "outside" and word in flag.text for flag in assumptions(_patient(**changes)))


def test_a_site_that_was_never_scanned_is_expected_from_the_others() -> None:
    only_spine = _patient(scans=(Scan(0.0, "lumbar_spine", -3.6),))
    assert untreated_t(only_spine) == pytest.approx([-3.6, -2.9, -3.15])


def test_the_oldest_scan_counts_for_the_untreated_skeleton() -> None:
    scans = (*_scans(-3.0, -2.0, -2.2, -36.0), *_scans(-2.4, -1.8, -2.0))
    assert untreated_t(_patient(scans=scans)) == pytest.approx([-3.0, -2.0, -2.2])


def test_the_default_scaling_is_that_of_the_specification() -> None:
    assert dict(SCALING) == {"aTs": 0.84016, "fM": 0.82785}
    assert shipped().reference_t.values == (-2.6, -1.9, -2.15)


def _flags(regimen: str, **changes: object) -> list[tuple[str, str, int | None]]:
    found = evidence_flags(parse_regimen(regimen), _patient(**changes))
    return [(flag.kind, flag.text, flag.observations) for flag in found]


@pytest.mark.parametrize(
    "regimen",
    [
        "none",
        "denosumab:60mg/6mo@0-60",
        "zoledronic_acid:5mg/12mo@0-36",
        "denosumab:60mg/6mo@0-24,teriparatide:20ug/1d@0-24",
    ],
)
def test_what_trials_tested_well_carries_no_flag(regimen: str) -> None:
    assert _flags(regimen) == []


def test_romosozumab_with_denosumab_is_called_untested() -> None:
    ((kind, text, rows),) = _flags("denosumab:60mg/6mo@0-12,romosozumab:210mg/1mo@0-12")
    assert kind == "untested"
    assert "denosumab together with romosozumab" in text
    assert rows == 0


def test_a_sequence_without_any_trial_is_called_untested() -> None:
    assert _flags("raloxifene:60mg/1d@0-24,romosozumab:210mg/1mo@24-36")[-1][0] == "untested"


def test_the_history_belongs_to_the_sequence() -> None:
    flags = _flags("zoledronic_acid:5mg@3", history=parse_regimen("denosumab:60mg/6mo@-54-0"))
    assert any("zoledronic acid after denosumab" in text for _, text, _ in flags)


def test_a_sequence_tested_only_with_a_related_drug_says_with_which() -> None:
    flags = _flags("risedronate:35mg/1wk@12-36,romosozumab:210mg/1mo@0-12")
    assert any(kind == "sparse" and "alendronate after romosozumab" in text for kind, text, _ in flags)


def test_a_published_sequence_that_is_not_in_the_data_is_never_called_untested() -> None:
    ((kind, text, rows),) = _flags("teriparatide:20ug/1d@0-24,denosumab:60mg/6mo@24-48")
    assert (kind, rows) == ("sparse", 0)
    assert "DATA-Switch" in text


@pytest.mark.parametrize(("drug", "rows"), [("abaloparatide:80ug/1d@0-18", 8), ("pamidronate:60mg/3mo@0-24", 3)])
def test_drugs_with_little_data_carry_the_count(drug: str, rows: int) -> None:
    assert [(kind, count) for kind, _, count in _flags(drug)] == [("sparse", rows)]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"sex": "M"}, "men"),
        ({"glucocorticoid_mg_day": 7.5}, "glucocorticoids"),
        ({"crcl_ml_min": 45.0}, "kidney disease"),
    ],
)
def test_people_of_whom_little_is_known_carry_the_count(changes: dict[str, object], word: str) -> None:
    ((kind, text, count),) = _flags("denosumab:60mg/6mo@0-24", **changes)
    assert kind == "sparse"
    assert word in text
    assert count is not None


def test_stopping_counts_when_the_forecast_goes_beyond_it() -> None:
    regimen = parse_regimen("teriparatide:20ug/1d@0-24")
    assert evidence_flags(regimen, _patient(), until_month=24.0) == ()
    (flag,) = evidence_flags(regimen, _patient(), until_month=120.0)
    assert (flag.kind, flag.text, flag.observations) == (
        "sparse",
        "few observations stand behind stopping teriparatide",
        2,
    )


def test_a_course_that_starts_when_another_stops_follows_it() -> None:
    assert ("then", "teriparatide", "denosumab") in steps(
        parse_regimen("teriparatide:20ug/1d@0-24,denosumab:60mg/6mo@24-48")
    )
    assert ("with", "denosumab", "teriparatide") in steps(
        parse_regimen("teriparatide:20ug/1d@0-24,denosumab:60mg/6mo@12-48")
    )
    assert ("with", "teriparatide", "zoledronic_acid") in steps(
        parse_regimen("teriparatide:20ug/1d@0-12,zoledronic_acid:5mg@0")
    )


def test_the_counts_of_the_table_are_those_of_the_observations() -> None:
    counted = Counter(step for row in observations() for step in steps(row.regimen))
    counted["people", "men", ""] = sum(row.sex == "M" for row in observations())
    for key, row in table().items():
        if key[0] in ("drug", "with", "then") or key[1] == "men":
            assert row.observations == counted[key], key
    assert {key for key in counted if counted[key]} <= set(table())
