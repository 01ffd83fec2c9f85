"""Does a forecast learn from what was measured, and are its intervals right afterwards?"""

import time

import numpy as np
import pytest
from msgspec.structs import replace

from osteon.bone.between_patients import EFFECTS
from osteon.bone.calibrate_learning import chi_square, main, ranked, table
from osteon.bone.ensemble import Ensemble, density_levels, draw, log_density_of, t_score_of
from osteon.bone.importance import effective, explored, resampled
from osteon.bone.learn import MISFIT, Linear, learned
from osteon.bone.parameters import ROW
from osteon.bone.patient import SITES, MarkerLevel, Patient, Scan
from osteon.bone.precision import marker_error_log, scan_error_log
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate

WOMAN = Patient(
    sex="F",
    age=70.0,
    years_since_menopause=20.0,
    glucocorticoid_mg_day=0.0,
    crcl_ml_min=70.0,
    calcium_and_vitamin_d=True,
)
DENOSUMAB = parse_regimen("denosumab:60mg/6mo@-48-0")


def _scans(month: float, *scores: float) -> tuple[Scan, ...]:
    return tuple(Scan(month, site, score) for site, score in zip(SITES, scores, strict=False))


def _ahead(ensemble: Ensemble, history: Regimen, then: str, months: float = 24.0) -> Floats:
    whole = Regimen((*history.courses, *parse_regimen(then).courses))
    seen = simulate(ensemble.parameters, [whole], np.array([0.0, months]))[0]
    return 100.0 * (seen[:, 1, :3] / seen[:, 0, :3] - 1.0)


# The sampler against exact answers


@pytest.mark.parametrize("noise", [1.0, 0.3, 0.1])
def test_it_agrees_with_the_exact_answer_of_a_linear_normal_problem(noise: float) -> None:
    """Twelve effects, eight measurements that are linear in six of them: posterior mean and SD are known exactly."""
    chance = np.random.default_rng(5)
    design = np.zeros((8, 12))
    design[:, :6] = chance.standard_normal((8, 6))
    read = design @ chance.standard_normal(12) + noise * chance.standard_normal(8)
    precision = np.eye(12) + design.T @ design / noise**2
    exact_mean, exact_sd = (
        np.linalg.solve(precision, design.T @ read) / noise**2,
        np.sqrt(np.diag(np.linalg.inv(precision))),
    )

    def likelihood(effects: Floats, rows: object) -> Floats:
        return -0.5 * (((read - effects @ design.T) / noise) ** 2).sum(axis=1)

    active = np.array([1.0] * 6 + [0.0] * 6)
    found = explored(likelihood, chance.standard_normal((2000, 12)), active, chance)
    error = np.abs(found.effects.mean(axis=0) - exact_mean) / exact_sd
    assert error.max() < 0.25
    assert found.effects.std(axis=0) / exact_sd == pytest.approx(np.ones(12), abs=0.15)
    assert found.effective > 1000.0


def test_it_agrees_with_a_grid_where_the_posterior_has_two_humps() -> None:
    """One effect, seen through its square: exact by summing over a grid; a normal proposal alone would miss a hump."""
    grid = np.linspace(-5.0, 5.0, 4001)
    weight = np.exp(-0.5 * grid**2 - 0.5 * ((grid**2 - 2.0 + 0.1 * grid) / 0.3) ** 2)
    weight /= weight.sum()
    chance = np.random.default_rng(6)

    def likelihood(effects: Floats, rows: object) -> Floats:
        x = effects[:, 0]
        return -0.5 * ((x**2 - 2.0 + 0.1 * x) / 0.3) ** 2

    found = explored(likelihood, chance.standard_normal((4000, 1)), np.ones(1), chance)
    for edge in (-1.6, -1.2, 0.0, 1.2, 1.6):
        exact = float(weight[grid <= edge].sum())
        assert float((found.effects[:, 0] <= edge).mean()) == pytest.approx(exact, abs=0.03)


def test_effects_that_the_data_cannot_see_keep_their_prior() -> None:
    chance = np.random.default_rng(7)

    def likelihood(effects: Floats, rows: object) -> Floats:
        return -0.5 * ((effects[:, 0] - 3.0) / 0.05) ** 2

    found = explored(likelihood, chance.standard_normal((3000, 2)), np.array([1.0, 0.0]), chance)
    assert found.effects[:, 0].mean() == pytest.approx(3.0, abs=0.02)
    assert found.effects[:, 1].mean() == pytest.approx(0.0, abs=0.08)
    assert found.effects[:, 1].std() == pytest.approx(1.0, abs=0.06)


def test_level_and_error_of_the_model_are_integrated_exactly() -> None:
    """A normal level seen twice: the conjugate formula on paper."""
    model = Linear(np.zeros(1), np.array([[4.0]]), np.ones((2, 1)), np.array([1.0, 2.0]))
    rest = np.array([[3.0, 1.0]])
    total = np.array([[5.0, 4.0], [4.0, 8.0]])
    expected = -0.5 * float(rest[0] @ np.linalg.inv(total) @ rest[0])
    assert model.log_likelihood(rest)[0] == pytest.approx(expected)
    states = model.drawn(np.repeat(rest, 20_000, axis=0), np.random.default_rng(1))
    precision = 1.0 / 4.0 + 1.0 + 1.0 / 4.0
    assert states.mean() == pytest.approx((3.0 + 1.0 / 4.0) / precision, abs=0.02)
    assert states.std() == pytest.approx(precision**-0.5, abs=0.02)


def test_resampling_keeps_the_shares() -> None:
    places = resampled(np.log([0.5, 0.3, 0.2]), 1000, np.random.default_rng(1))
    assert np.bincount(places) / 1000 == pytest.approx([0.5, 0.3, 0.2], abs=0.001)


def test_equal_weights_are_worth_their_number() -> None:
    assert effective(np.zeros(40)) == pytest.approx(40.0)
    assert effective(np.array([0.0, -1e9])) == pytest.approx(1.0)


# Learning from a patient


def test_one_scan_sets_the_level_and_leaves_the_forecast_as_it_was() -> None:
    patient = replace(WOMAN, scans=_scans(0.0, -3.1, -2.4, -2.6))
    before = draw(patient, 1000, 1)
    after = learned(before, patient)
    assert after.today_t.mean(axis=0) == pytest.approx([-3.1, -2.4, -2.6], abs=0.05)
    assert (after.today_t.std(axis=0) < 0.15).all()
    then = "denosumab:60mg/6mo@0-24"
    old, new = (_ahead(each, patient.history, then) for each in (before, after))
    assert new.mean(axis=0) == pytest.approx(old.mean(axis=0), abs=0.1)
    assert new.std(axis=0) == pytest.approx(old.std(axis=0), rel=0.05)


def test_two_scans_narrow_the_fan_under_the_same_treatment() -> None:
    scans = (*_scans(-48.0, -3.1, -2.4, -2.6), *_scans(0.0, -2.3, -2.1, -2.4))
    patient = replace(WOMAN, history=DENOSUMAB, scans=scans)
    before = draw(patient, 1000, 1)
    after = learned(before, patient)
    old, new = (_ahead(each, DENOSUMAB, "none") for each in (before, after))
    assert (new.std(axis=0) < 0.9 * old.std(axis=0)).all()


def test_two_scans_tell_today_better_than_one() -> None:
    earlier, today = _scans(-12.0, -3.0, -2.3, -2.5), _scans(0.0, -3.1, -2.4, -2.6)
    one, two = (
        learned(draw(each, 1000, 1), each).today_t.std(axis=0)
        for each in (replace(WOMAN, scans=scans) for scans in (today, (*earlier, *today)))
    )
    assert (two < 0.85 * one).all()


def test_a_woman_who_lost_fast_untreated_is_expected_to_lose_faster_but_not_as_fast() -> None:
    """Rates hardly repeat: part of a loss is noise, so the forecast regresses to the mean."""
    fast, slow = (
        replace(WOMAN, scans=(*_scans(-60.0, -2.5, -1.5, -2.0), *_scans(0.0, -2.5 - loss, -1.5 - loss, -2.0 - loss)))
        for loss in (0.8, 0.0)
    )
    rates = [
        _ahead(learned(draw(each, 1000, 1), each), each.history, "none", 60.0).mean(axis=0) for each in (fast, slow)
    ]
    assert (rates[0] < rates[1] - 0.5).all()
    assert (rates[0] > -8.0).all()


def test_a_weak_gain_on_teriparatide_lowers_the_forecast_of_more() -> None:
    history = parse_regimen("teriparatide:20ug/1d@-12-0")
    weak, strong = (
        replace(WOMAN, history=history, scans=(*_scans(-12.0, -3.0), *_scans(0.0, -3.0 + gain))) for gain in (0.1, 1.0)
    )
    ahead = [
        _ahead(learned(draw(each, 1000, 1), each), history, "teriparatide:20ug/1d@0-12", 12.0)[:, 0].mean()
        for each in (weak, strong)
    ]
    assert ahead[0] < ahead[1] - 0.7


def test_a_high_marker_long_after_denosumab_tells_of_more_turnover_than_a_low_one() -> None:
    history = parse_regimen("denosumab:60mg/6mo@-24-0")
    levels = [
        learned(draw(each, 1000, 1), each).markers[:, 0].mean()
        for each in (
            replace(WOMAN, history=history, markers=(MarkerLevel(-24.0, "ctx", value),)) for value in (200.0, 800.0)
        )
    ]
    assert levels[0] < 330.0 < levels[1]


def test_the_starting_state_comes_from_the_history() -> None:
    """A scan today after four years of denosumab: the untreated skeleton was thinner than today's."""
    patient = replace(WOMAN, history=DENOSUMAB, scans=_scans(0.0, -2.3, -2.0, -2.3))
    after = learned(draw(patient, 1000, 1), patient)
    assert after.today_t.mean(axis=0) == pytest.approx([-2.3, -2.0, -2.3], abs=0.06)
    assert (after.baseline_t.mean(axis=0) < after.today_t.mean(axis=0) - 0.2).all()


def test_a_site_without_scans_is_learned_from_the_others() -> None:
    low, high = (
        learned(draw(each, 1000, 1), each).today_t[:, 1].mean()
        for each in (replace(WOMAN, scans=_scans(0.0, spine)) for spine in (-4.0, -1.0))
    )
    assert low < high - 1.0


def test_without_measurements_nothing_is_learned() -> None:
    before = draw(WOMAN, 300, 1)
    after = learned(before, WOMAN)
    assert np.array_equal(after.parameters, before.parameters)
    assert after.learned_from == 0
    assert after.baseline_t.std(axis=0) == pytest.approx(before.baseline_t.std(axis=0), rel=0.2)


def test_measurements_that_fit_carry_no_flag_and_are_counted() -> None:
    scans = (*_scans(-48.0, -3.1, -2.4, -2.6), *_scans(0.0, -2.3, -2.1, -2.4))
    patient = replace(WOMAN, history=DENOSUMAB, scans=scans, markers=(MarkerLevel(-1.0, "p1np", 18.0),))
    after = learned(draw(patient, 500, 1), patient)
    assert after.learned_from == 7
    assert not [flag for flag in after.flags if "do not fit" in flag.text]


def test_measurements_that_cannot_be_are_flagged_and_leaned_on_less() -> None:
    """A fifth of the spine lost in two years on denosumab: another device, another patient, or no injections."""
    history = parse_regimen("denosumab:60mg/6mo@-24-0")
    odd = replace(WOMAN, history=history, scans=(*_scans(-24.0, -3.0, -2.4), *_scans(0.0, -4.3, -3.5)))
    fair = replace(WOMAN, history=history, scans=(*_scans(-24.0, -3.0, -2.4), *_scans(0.0, -2.4, -2.2)))
    wild, tame = (learned(draw(each, 500, 1), each) for each in (odd, fair))
    assert [flag.kind for flag in wild.flags if "do not fit" in flag.text] == ["outside"]
    assert (wild.today_t[:, :2].std(axis=0) > tame.today_t[:, :2].std(axis=0)).all()
    assert wild.effective > 25.0


def test_the_same_seed_gives_the_same_ensemble() -> None:
    patient = replace(WOMAN, history=DENOSUMAB, scans=_scans(0.0, -2.3, -2.0, -2.3))
    one, other = (learned(draw(patient, 200, 4), patient) for _ in range(2))
    assert np.array_equal(one.parameters, other.parameters)
    assert np.array_equal(one.today_t, other.today_t)


def test_weights_add_up_to_one() -> None:
    patient = replace(WOMAN, scans=_scans(0.0, -2.3))
    assert learned(draw(patient, 64, 1), patient).weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scans": _scans(3.0, -2.0)}, "after today"),
        ({"markers": (MarkerLevel(2.0, "ctx", 300.0),)}, "after today"),
        ({"markers": (MarkerLevel(0.0, "ctx", 0.0),)}, "above 0"),
        ({"scans": _scans(0.0, -12.0)}, "no bone at all"),
    ],
)
def test_it_refuses_measurements_that_cannot_be(change: dict[str, object], words: str) -> None:
    patient = replace(WOMAN, **change)
    with pytest.raises(ValueError, match=words):
        learned(draw(WOMAN, 64, 1), patient)


def test_it_refuses_an_ensemble_of_one() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        draw(WOMAN, 1, 1)


def test_t_scores_and_log_densities_turn_into_each_other() -> None:
    scores = np.array([[-2.5, -2.0, -2.2], [0.0, 1.0, -4.0]])
    assert t_score_of(log_density_of(scores)) == pytest.approx(scores)


def test_levels_before_a_scan_are_wide_against_its_error() -> None:
    assert (np.sqrt(np.diag(density_levels().covariance)) > 8.0 * scan_error_log()[0]).all()
    assert (marker_error_log() < 0.3).all()


def test_drawing_and_learning_leave_time_for_the_forecast() -> None:
    """1,000 members, untreated so that hardly anything is simulated: well under 0.15 s."""
    scans = (*_scans(-24.0, -2.9, -2.2, -2.4), *_scans(0.0, -3.1, -2.4, -2.6))
    patient = replace(WOMAN, scans=scans)
    learned(draw(patient, 1000, 1), patient)
    start = time.perf_counter()
    learned(draw(patient, 1000, 2), patient)
    assert time.perf_counter() - start < 0.15


def test_the_bone_of_each_member_is_scaled_by_her_density() -> None:
    thin = replace(WOMAN, scans=_scans(0.0, -4.0, -1.9, -2.15))
    assert draw(thin, 64, 1).parameters[:, ROW["fLS"]].mean() > 1.1


# Calibration


def test_ranks_of_the_truth_are_uniform_after_learning() -> None:
    """100 simulated patients; chi-square of 8 bins stays below its 99.9 % point of 24.3 at every site."""
    ranks = ranked(100, members=127, seed=2)
    assert (chi_square(ranks, 8) < 24.3).all()
    assert ranks.inside_90 == pytest.approx([0.9, 0.9, 0.9], abs=0.1)
    assert ranks.misfits <= 5
    assert "lumbar_spine" in table(ranks)


def test_the_calibration_would_see_intervals_that_are_too_narrow() -> None:
    ranks = ranked(40, members=63, seed=3)
    middle = ranks._replace(rank=(ranks.rank - 31) * 4 + 31)
    assert (chi_square(middle._replace(rank=np.clip(middle.rank, 0, 63)), 8) > 24.3).any()


def test_the_calibration_runs_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "3", "--members", "31"]) == 0
    assert "3 rounds of 31 members" in capsys.readouterr().out


def test_density_that_falls_and_markers_that_stay_say_that_tablets_are_not_taken() -> None:
    """A woman loses bone under alendronate: an infusion will help her as one who has hardly had a bisphosphonate."""
    patient = replace(
        WOMAN,
        history=parse_regimen("alendronate:10mg/1d@-58-0"),
        scans=tuple(Scan(month, "lumbar_spine", score) for month, score in ((-58.0, -2.8), (-2.0, -3.2))),
        markers=(MarkerLevel(-58.0, "ctx", 520.0), MarkerLevel(-2.0, "ctx", 470.0)),
    )
    before = draw(patient, 400, 1)
    after = learned(before, patient)
    tablets = list(EFFECTS).index("tablets")
    assert np.median(after.effects[:, tablets]) < np.median(before.effects[:, tablets]) - 0.5
    assert MISFIT not in {flag.text for flag in after.flags}
    gains = [
        np.median(_ahead(ensemble, patient.history, "zoledronic_acid:5mg@0", 12.0)[:, 0])
        for ensemble in (before, after)
    ]
    assert gains[1] > gains[0]
