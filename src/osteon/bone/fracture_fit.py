"""How are the coefficients of the fracture equation learned from trials?

Maximum a posteriori by Gauss-Newton on whitened residuals; a trial counts once per kind of fracture, however many rows
it has. `python -m osteon.bone.fracture_fit` refits with the shipped posterior of the bone model, leaves each trial out
in turn, and writes data/fracture_effect.json. It takes about 20 seconds on one core and is the same
for the same seed.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from osteon.bone import posterior
from osteon.bone.between_patients import applied, drawn
from osteon.bone.fracture_effect import COEFFICIENTS, SHIPPED, Effect, Predicted
from osteon.bone.fracture_predict import KIND_OF, Skeletons, Trials
from osteon.bone.fracture_trials import TrialRow, trial_rows, usable
from osteon.bone.fracture_validate import validated
from osteon.bone.schedule import Floats

VERSION = "2026.11"

PATIENTS = 256
"""Skeletons per trial: with 512 no coefficient moves by more than 0.13 of its SD (measured)."""

PRIOR_MEAN = np.array([0.0, 0.0, 0.0, 0.0, np.log(1.2)])
PRIOR_SD = np.array([40.0, 40.0, 40.0, 2.0, np.log(1.3 / 1.1) / (2.0 * 1.96)])
"""Wide for density and formation (design). `loss` is the odds ratio of 1.2 (1.1 to 1.3) per 1 % a year of hip loss
after denosumab: Cummings 2018, doi:10.1002/jbmr.3337, for multiple vertebral fractures."""

TRIAL_SD = 0.05
"""What a trial differs by beyond chance, in the logarithm of the ratio, while fitting (design)."""

_Missed = Callable[[Floats], Floats]


class Fitted(NamedTuple):
    """Coefficients, and their covariance by the Laplace approximation."""

    mean: Floats
    covariance: Floats


def skeletons(patients: int = PATIENTS, seed: int = 1) -> Skeletons:
    """Whom do the trials of this fit have as patients? Draws of the posterior, with the spread between patients."""
    model = posterior.draw(patients, seed)
    return Skeletons(applied(model.parameters, drawn(patients, np.random.default_rng(seed))), model.scaling)


def fit(trials: Trials, places: Sequence[int], *, steps: int = 12) -> Fitted:
    """Which coefficients agree best with the rows at these places of `trials`?"""
    rows = [trials.rows[place] for place in places]
    observed = np.array([row.log_ratio for row in rows])
    sd = np.sqrt(np.array([row.log_sd for row in rows]) ** 2 + TRIAL_SD**2)
    sd *= np.sqrt(_rows_alike(rows))

    def missed(theta: Floats) -> Floats:
        wrong = (trials.log_ratios(theta, places) - observed) / sd
        return np.concatenate((wrong, (theta - PRIOR_MEAN) / PRIOR_SD))

    theta = np.maximum(PRIOR_MEAN, 0.1 * np.minimum(PRIOR_SD, 10.0))
    here = missed(theta)
    for _ in range(steps):
        step = np.linalg.lstsq(_jacobian(missed, theta, here), -here, rcond=None)[0]
        while True:
            there = missed(theta + step)
            if there @ there <= here @ here or float(np.abs(step / PRIOR_SD).max()) < 1e-6:
                break
            step = step / 2.0
        theta, here = theta + step, there
    jacobian = _jacobian(missed, theta, here)
    return Fitted(theta, np.asarray(np.linalg.inv(jacobian.T @ jacobian), float))


def left_out(trials: Trials, *, steps: int = 8) -> Floats:
    """What is expected of each row by a fit that never saw its trial? (rows,) logarithms of the risk ratio.

    A row of the fit is predicted without its family: all rows of the same women. A pooled analysis contains trials of
    the fit, so it is predicted without any trial of the drugs that it compares.
    """
    rows = trials.rows
    out = np.empty(len(rows))
    kept = [tuple(other for other, row in enumerate(rows) if _teaches(row, about)) for about in rows]
    for places in dict.fromkeys(kept):
        mine = [place for place, learned in enumerate(kept) if learned == places]
        out[mine] = trials.log_ratios(fit(trials, places, steps=steps).mean, mine)
    return out


def refit(skeletons: Skeletons, bone_model: str, rows: Sequence[TrialRow] | None = None) -> Effect:
    """Which coefficients are to be shipped with this bone model, and how well do they predict trials?"""
    used = usable(trial_rows() if rows is None else rows)
    trials = Trials(used, skeletons)
    fitted = fit(trials, [place for place, row in enumerate(used) if row.use == "fit"])
    inside, outside = trials.log_ratios(fitted.mean), left_out(trials)
    judged = [place for place, row in enumerate(used) if row.judged]
    asked = [used[place] for place in judged]
    return Effect(
        version=VERSION,
        bone_model=bone_model,
        about="Written by python -m osteon.bone.fracture_fit. Ratios are risk ratios; left_out is the prediction of a "
        "fit that never saw the trial (for pooled analyses: no trial of the drugs). Rows and sources: "
        "fracture_trials.csv.",
        coefficients=dict(zip(COEFFICIENTS, (_short(value) for value in fitted.mean), strict=True)),
        covariance=tuple(tuple(_short(value) for value in line) for line in fitted.covariance),
        response_sd=_short(_response_sd(used, outside)),
        trials=tuple(dict.fromkeys(row.trial for row in used if row.use == "fit")),
        fitted=validated(asked, inside[judged]),
        left_out=validated(asked, outside[judged]),
        rows=tuple(_predicted(row, inside[place], outside[place]) for place, row in enumerate(used)),
    )


def _teaches(row: TrialRow, about: TrialRow) -> bool:
    if row.use != "fit":
        return False
    return row.family != about.family if about.use == "fit" else not row.drugs & about.drugs


def _rows_alike(rows: Sequence[TrialRow]) -> Floats:
    # How many rows tell of the same women, the same kind of fracture and the same time? Together they count once.
    return np.array([float(sum(_same_women(row, other) for other in rows)) for row in rows])


def _same_women(row: TrialRow, other: TrialRow) -> bool:
    kinds = [KIND_OF.get(each.endpoint, each.endpoint) for each in (row, other)]
    overlap = row.from_month < other.to_month and other.from_month < row.to_month
    return row.family == other.family and kinds[0] == kinds[1] and overlap and bool(row.drugs & other.drugs)


def _response_sd(rows: Sequence[TrialRow], predicted: Floats) -> float:
    """By which share do trials differ from the equation beyond chance? By moments, from trials that were left out."""
    used = [place for place, row in enumerate(rows) if row.use == "fit"]
    mine = [rows[place] for place in used]
    weight = 1.0 / _rows_alike(mine)
    wrong = np.array([row.log_ratio for row in mine]) - predicted[used]
    excess = wrong**2 - np.array([row.log_sd**2 for row in mine])
    size = predicted[used] ** 2
    precise = weight / np.array([row.log_sd**2 for row in mine])
    return float(np.sqrt(max(precise @ excess / (precise @ size), 0.0)))


def _jacobian(missed: _Missed, theta: Floats, here: Floats, step: float = 1e-4) -> Floats:
    size = step * np.minimum(PRIOR_SD, 10.0)
    return np.stack([(missed(theta + move) - here) / move.sum() for move in np.diag(size)], axis=1)


def _predicted(row: TrialRow, inside: float, outside: float) -> Predicted:
    if row.low is None or row.high is None:
        msg = f"{row.row_id} has no interval"
        raise ValueError(msg)
    fitted, left = _short(float(np.exp(inside))), _short(float(np.exp(outside)))
    return Predicted(row.row_id, row.risk_ratio, row.low, row.high, fitted, left, row.judged)


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def fingerprint() -> str:
    """Which posterior and which spread between patients does a fit of today rest on?"""
    files = (posterior.SHIPPED, posterior.SHIPPED.with_name("between_patients.json"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return f"{posterior.shipped().version}, {digest[:12]}"


def main(path: Path = SHIPPED) -> None:
    """Refit with the shipped posterior of the bone model and write the file that is shipped."""
    effect = refit(skeletons(), fingerprint())
    path.write_bytes(msgspec.json.format(msgspec.json.encode(effect), indent=1) + b"\n")


if __name__ == "__main__":
    main()
