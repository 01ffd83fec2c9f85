"""The fit finds what made the data, and says how sure it is."""

import msgspec
import numpy as np
import pytest

from osteon.bone.fit import LEAST_CHANGE, LEAST_FLOOR, LeftOut, fit, model_error
from osteon.bone.observations import Observation, observations
from osteon.bone.parameters import NAMES, NEUTRAL
from osteon.bone.posterior import best, draw, shipped
from osteon.bone.predict import Looks, scale
from osteon.bone.priors import SCALING, priors
from osteon.bone.residuals import Problem, changes_course

pytest.importorskip("scipy")


def made_by(theta: np.ndarray, rows: tuple[Observation, ...]) -> tuple[Observation, ...]:
    seen = Looks(rows).predicted(*priors().parameters(theta[None]))[0]
    return tuple(msgspec.structs.replace(row, observed=float(value)) for row, value in zip(rows, seen, strict=True))


def of_trials(*names: str) -> tuple[Observation, ...]:
    return tuple(row for row in observations() if row.trial in names)


def test_every_observation_has_a_known_quantity_a_positive_sd_and_looks_forward() -> None:
    for row in observations():
        assert row.sd > 0.0
        assert row.to_month > row.from_month
        assert np.isfinite(row.observed)


def test_parameters_come_back_from_the_free_scale_in_their_range() -> None:
    table = priors()
    parameters, scaling = table.parameters(table.mean[None])
    assert parameters.shape == (1, len(NAMES))
    assert scaling.shape == (1, len(SCALING))
    for prior, value in zip(table.all, np.concatenate((parameters[0], scaling[0])), strict=True):
        assert value == pytest.approx(prior.value, rel=1e-9)


def test_what_was_added_to_the_specification_does_nothing_at_its_neutral_value() -> None:
    assert {"kW", "omLS", "esc", "KT", "etaLS"} <= set(NEUTRAL)
    assert set(NEUTRAL) <= set(NAMES)


def test_a_prior_at_its_own_mean_is_no_surprise() -> None:
    table = priors()
    assert np.allclose(table.surprise(table.mean), 0.0)
    moved = table.mean.copy()
    moved[table.names.index("kTH")] += 0.3
    surprise = table.surprise(moved)
    assert surprise[table.names.index("kTH")] > 0.0
    assert surprise[table.names.index("kFN")] < 0.0, "the femoral neck follows the total hip"


def test_the_jacobian_is_that_of_the_residuals() -> None:
    problem = Problem(of_trials("DECIDE"), priors())
    theta = np.asarray(shipped().mean)
    jacobian = problem.jacobian(theta)
    step = np.random.default_rng(3).standard_normal(len(theta)) * 1e-4
    moved = problem.residuals(np.stack((theta + step, theta - step)))
    assert np.allclose((moved[0] - moved[1]) / 2.0, jacobian @ step, atol=2e-6)


def test_the_fit_finds_the_density_response_that_made_the_data() -> None:
    table = priors()
    truth = np.asarray(shipped().mean).copy()
    truth[table.names.index("bD")] += 0.5
    truth[table.names.index("kTH")] += 0.2
    rows = made_by(truth, of_trials("DECIDE", "FREEDOM", "DEFEND", "FLEX", "HORIZON"))
    start = np.asarray(shipped().mean)
    found, covariance = fit(rows, table, start=start, evaluations=12)
    before, after = (
        np.sqrt(np.mean((Looks(rows).predicted(*table.parameters(theta[None]))[0] - [r.observed for r in rows]) ** 2))
        for theta in (start, found)
    )
    assert after < 0.5 * before
    assert np.all(np.linalg.eigvalsh(covariance) > 0.0)


def test_the_same_observations_give_the_same_fit() -> None:
    rows = of_trials("DECIDE", "Grey")
    first, _ = fit(rows, priors(), evaluations=3)
    again, _ = fit(rows, priors(), evaluations=3)
    assert np.array_equal(first, again)


def test_the_shipped_posterior_belongs_to_the_shipped_observations() -> None:
    assert shipped().observations == len(observations())
    assert set(shipped().trials) == {row.trial for row in observations()}
    assert shipped().names == priors().names
    assert np.all(np.linalg.eigvalsh(np.asarray(shipped().covariance)) > -1e-9)


def test_the_shipped_parameters_are_a_minimum() -> None:
    problem = Problem(observations(), priors())
    theta = np.asarray(shipped().mean)
    here = np.sum(problem.residuals(theta[None]) ** 2)
    chance = np.random.default_rng(1)
    spread = np.linalg.cholesky(np.asarray(shipped().covariance) + 1e-12 * np.eye(len(theta)))
    around = theta + chance.standard_normal((32, len(theta))) @ spread.T
    assert np.all(np.sum(problem.residuals(around) ** 2, axis=1) > here)


@pytest.mark.parametrize(("site", "most"), [("lumbar_spine", 0.85), ("total_hip", 0.70), ("femoral_neck", 0.65)])
def test_the_shipped_posterior_fits_what_trials_saw(site: str, most: float) -> None:
    rows = tuple(row for row in observations() if row.quantity == site)
    error = Looks(rows).predicted(*best())[0] - [row.observed for row in rows]
    assert np.sqrt(np.mean(error**2)) < most


def test_draws_are_the_same_for_the_same_seed_and_spread_around_the_best() -> None:
    first, again, other = draw(64, 5), draw(64, 5), draw(64, 6)
    assert np.array_equal(first.parameters, again.parameters)
    assert not np.array_equal(first.parameters, other.parameters)
    many = draw(4000, 1).parameters
    column = NAMES.index("kLS")
    assert np.median(many[:, column]) == pytest.approx(best().parameters[0, column], rel=0.02)


def test_the_error_of_the_model_is_never_taken_smaller_than_the_design_says() -> None:
    row = next(row for row in observations() if row.quantity == "total_hip" and not changes_course(row))
    perfect = [LeftOut(row, row.observed, 0.0)] * 20
    found = model_error(
        [
            LeftOut(msgspec.structs.replace(each.row, quantity=site), each.predicted, each.sd)
            for site in LEAST_FLOOR
            for each in perfect
        ]
    )
    for site, error in found.items():
        assert error.floor >= LEAST_FLOOR[site]
        assert error.change >= LEAST_CHANGE


def test_a_stop_a_switch_and_a_combination_change_the_course() -> None:
    arms = {row.arm: changes_course(row) for row in observations() if row.quantity == "lumbar_spine"}
    assert arms["STRUCTURE tptd"]
    assert arms["DATA combo"]
    assert arms["EUROFORS tptd1y->none"]
    assert not arms["DECIDE dmab"]
    assert not arms["FREEDOM placebo"]


def test_a_thinner_bone_gains_a_larger_share_and_men_less_at_the_hip() -> None:
    scaling = np.array([[0.9, 0.84]])
    thin, thick = (scale(t, t, False, scaling)[0] for t in (-3.5, -1.5))
    assert np.all(thin > thick)
    man = scale(-2.5, -2.5, True, scaling)[0]
    woman = scale(-2.5, -2.5, False, scaling)[0]
    assert man[0] == woman[0]
    assert man[1] == pytest.approx(0.84 * woman[1])
