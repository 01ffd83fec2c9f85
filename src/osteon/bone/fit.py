"""How are the parameters learned from trials?

Maximum a posteriori by least squares (scipy), then the normal distribution around it (Laplace), then trial after trial
left out and predicted: those errors set the width of every interval. Deterministic: nothing is drawn by chance.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from scipy.optimize import least_squares

from osteon.bone.observations import Observation
from osteon.bone.posterior import ModelError, Posterior
from osteon.bone.predict import Looks
from osteon.bone.priors import Priors
from osteon.bone.residuals import Problem, changes_course
from osteon.bone.schedule import Floats

Progress = Callable[[str, int, int], None]
"""What is told while the work goes on: what is being done, how many are done, how many there are."""

MISS_WEIGHT_FROM = 4.0
"""Beyond this many SDs a miss counts in proportion and no longer squared (soft L1): one misremembered value must not
bend the model."""

LEAST_FLOOR = {"lumbar_spine": 0.8, "total_hip": 0.6, "femoral_neck": 0.7}
LEAST_CHANGE = 1.5
"""The error of a trial arm's mean is never taken smaller than this (points of per cent), nor is the factor after a
change of course: what forecasts are asked for is further from the evidence than one trial from the others. Design,
near the trial-level error of the specification (1.0 at the spine, 0.7 at the hip)."""

ONLY_SOURCE = {"abaloparatide": "ACTIVE"}
"""Drugs whose only trial cannot be left out: nothing would be known of the drug."""


class LeftOut(msgspec.Struct, frozen=True):
    """What was predicted of an observation by a model that had not seen its trial? Same unit as the observation."""

    row: Observation
    predicted: float
    sd: float

    @property
    def error(self) -> float:
        """How far was the prediction off?"""
        return self.predicted - self.row.observed

    @property
    def was_only_source(self) -> bool:
        """Was the drug then unknown to the model?"""
        return any(ONLY_SOURCE.get(drug) == self.row.trial for drug in self.row.regimen.drugs)


def fit(
    rows: Sequence[Observation], priors: Priors, *, start: Floats | None = None, evaluations: int = 60
) -> tuple[Floats, Floats]:
    """Which free numbers agree best with observations and priors, and with which (Laplace) covariance?"""
    problem = Problem(rows, priors)
    found = least_squares(
        lambda theta: problem.residuals(theta[None])[0],
        priors.mean if start is None else start,
        jac=problem.jacobian,
        loss="soft_l1",
        f_scale=MISS_WEIGHT_FROM,
        x_scale=priors.sd,
        max_nfev=evaluations,
        ftol=1e-5,
        xtol=1e-6,
    )
    jacobian = problem.jacobian(found.x)
    return np.asarray(found.x), np.asarray(np.linalg.inv(jacobian.T @ jacobian))


def leave_out(
    rows: Sequence[Observation], priors: Priors, theta: Floats, progress: Progress | None = None
) -> tuple[LeftOut, ...]:
    """What is predicted of each trial by a model fitted to all the others? `theta` is where each fit starts."""
    trials = sorted({row.trial for row in rows})
    out: list[LeftOut] = []
    for done, trial in enumerate(trials):
        if progress is not None:
            progress(f"leaving out {trial}", done, len(trials))
        mine = [row for row in rows if row.trial == trial]
        near, covariance = fit([row for row in rows if row.trial != trial], priors, start=theta, evaluations=15)
        draws = np.random.default_rng(done).multivariate_normal(near, covariance, size=63, method="eigh")
        seen = Looks(mine).predicted(*priors.parameters(np.concatenate((near[None], draws))))
        spread = seen[1:].std(axis=0)
        out += [LeftOut(row, float(p), float(sd)) for row, p, sd in zip(mine, seen[0], spread, strict=True)]
    return tuple(out)


def model_error(left_out: Sequence[LeftOut]) -> dict[str, ModelError]:
    """How large is the error of a trial arm's mean that the parameters' own uncertainty does not cover, by site?

    SD = sqrt(floor^2 + (share * size of change)^2 + (per year * years)^2), chosen on a grid for the likelihood of the
    left-out errors under Student's t with 6 degrees of freedom; rows with a change of course get `change` times it.
    """
    found = {}
    for site in ("lumbar_spine", "total_hip", "femoral_neck"):
        seen = [each for each in left_out if each.row.quantity == site and not each.was_only_source]
        found[site] = _best_error(seen, LEAST_FLOOR[site])
    return found


def _best_error(seen: Sequence[LeftOut], least: float) -> ModelError:
    error = np.array([each.error for each in seen])
    own = np.array([np.hypot(each.sd, 0.5 * each.row.sd) for each in seen])
    size = np.array([abs(each.predicted) for each in seen])
    years = np.array([(each.row.to_month - each.row.from_month) / 12.0 for each in seen])
    changed = np.array([changes_course(each.row) for each in seen])
    weight = _one_vote_a_trial(seen)
    best, chosen = np.inf, ModelError(least, 0.0, 0.0, LEAST_CHANGE)
    for floor in (least, 1.25 * least, 1.5 * least):
        for share in (0.0, 0.04, 0.08, 0.12, 0.16):
            for per_year in (0.0, 0.05, 0.1, 0.15, 0.2, 0.3):
                for change in (LEAST_CHANGE, 1.75, 2.0):
                    sd = np.sqrt(floor**2 + (share * size) ** 2 + (per_year * years) ** 2)
                    scale = np.hypot(own, np.where(changed, change * sd, sd))
                    cost = weight @ (np.log(scale) + 3.5 * np.log1p((error / scale) ** 2 / 6.0))
                    if cost < best - 1e-9:
                        best, chosen = float(cost), ModelError(floor, share, per_year, change)
    return chosen


def _one_vote_a_trial(seen: Sequence[LeftOut]) -> Floats:
    # A digitised curve has ten rows and one error: rows of an arm share one and a half votes.
    count: dict[str, int] = {}
    for each in seen:
        count[each.row.arm] = count.get(each.row.arm, 0) + 1
    return np.array([min(1.0, 1.5 / count[each.row.arm]) for each in seen])


def refit(
    rows: Sequence[Observation], priors: Priors, *, version: str, progress: Progress | None = None
) -> tuple[Posterior, tuple[LeftOut, ...]]:
    """Which posterior do these observations give, and what did each trial say when it was left out?"""
    if progress is not None:
        progress("fitting all trials", 0, 1)
    theta, covariance = fit(rows, priors)
    left_out = leave_out(rows, priors, theta, progress)
    posterior = Posterior(
        version=version,
        names=priors.names,
        mean=tuple(float(f"{value:.8g}") for value in theta),
        covariance=tuple(tuple(float(f"{value:.6g}") for value in line) for line in covariance),
        model_error=model_error(left_out),
        trials=tuple(sorted({row.trial for row in rows})),
        observations=len(rows),
        rows_by_drug=dict(sorted(Counter(drug for row in rows for drug in row.regimen.drugs or ("none",)).items())),
    )
    return posterior, left_out
