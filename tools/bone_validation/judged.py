"""How far off is the model, fitted and left out, and are its intervals right?"""

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from osteon.bone.fit import LeftOut, leave_out, model_error
from osteon.bone.observations import Observation
from osteon.bone.patient import SITES, Patient
from osteon.bone.posterior import ModelError, best, shipped
from osteon.bone.predict import Looks
from osteon.bone.priors import Priors, priors
from osteon.bone.residuals import MARKER_RESPONSE_SD, MARKER_ROW_SD, changes_course
from osteon.bone.schedule import Floats
from osteon.bone.tested import evidence_flags
from osteon.bone.validate import ARM_PATIENTS, ARM_SD_PCT, WIDER

Z50, Z90 = NormalDist().inv_cdf(0.75), NormalDist().inv_cdf(0.95)
MARKERS = ("ctx", "p1np")

Errors = dict[str, ModelError]
"""The model's own error by site."""


class Judged(NamedTuple):
    """One observation of density, and what was predicted of it. Points of per cent; errors are predicted less seen.

    `sd` belongs to the left-out prediction of a trial arm's mean, as the program states it.
    """

    row: Observation
    fitted: float
    left_out: float
    sd: float
    changed: bool
    only_source: bool

    @property
    def fitted_error(self) -> float:
        return self.fitted - self.row.observed

    @property
    def error(self) -> float:
        return self.left_out - self.row.observed


class Scores(NamedTuple):
    """How good are these predictions? Errors and widths in points, shares from 0 to 1."""

    rows: int
    trials: int
    fitted_rmse: float
    fitted_median: float
    rmse: float
    median: float
    bias: float
    inside_50: float
    inside_90: float
    inside_90_by_trial: float
    half_width: float


def errors_by_trial(left_out: Sequence[LeftOut]) -> dict[str, Errors]:
    """Which own error of the model do all *other* trials show, for each trial?

    The widths of intervals are learned from left-out errors too, so a trial must not set the width that it is
    judged by.
    """
    trials = sorted({each.row.trial for each in left_out})
    return {trial: model_error([each for each in left_out if each.row.trial != trial]) for trial in trials}


def arm_sd(row: Observation, predicted: float, own_sd: float, errors: Errors) -> float:
    """Which SD does the program give the mean of a trial arm? As `osteon bone validate` does.

    Uncertainty of the parameters (`own_sd`), the model's own error, wider where little is known, and the chance of an
    arm of limited size.
    """
    years = (row.to_month - row.from_month) / 12.0
    own = float(errors[row.quantity].sd(np.array(abs(predicted)), years, changes_course(row)))
    flags = evidence_flags(row.regimen, Patient(sex=row.sex, age=65.0))
    wider = max((WIDER.get(flag.kind, 1.0) for flag in flags), default=1.0)
    arms = 1.0 if row.comparator is None else 2.0
    return math.sqrt(own_sd**2 + (wider * own) ** 2 + ARM_SD_PCT**2 * arms / ARM_PATIENTS)


def judged(left_out: Sequence[LeftOut]) -> tuple[Judged, ...]:
    """What was predicted of each observation of density?"""
    errors = errors_by_trial(left_out)
    seen = [each for each in left_out if each.row.quantity in SITES]
    fitted = Looks([each.row for each in seen]).predicted(*best())[0]
    return tuple(
        Judged(
            each.row,
            float(value),
            each.predicted,
            arm_sd(each.row, each.predicted, each.sd, errors[each.row.trial]),
            changes_course(each.row),
            each.was_only_source,
        )
        for each, value in zip(seen, fitted, strict=True)
    )


def scores(rows: Iterable[Judged]) -> Scores:
    """How good are these predictions?"""
    seen = list(rows)
    error, fitted, sd = (np.array([getattr(each, name) for each in seen]) for name in ("error", "fitted_error", "sd"))
    inside = np.abs(error) < Z90 * sd
    trial = np.array([each.row.trial for each in seen])
    return Scores(
        rows=len(seen),
        trials=len(set(trial)),
        fitted_rmse=rms(fitted),
        fitted_median=float(np.median(np.abs(fitted))),
        rmse=rms(error),
        median=float(np.median(np.abs(error))),
        bias=float(error.mean()),
        inside_50=float(np.mean(np.abs(error) < Z50 * sd)),
        inside_90=float(np.mean(inside)),
        inside_90_by_trial=float(np.mean([inside[trial == name].mean() for name in sorted(set(trial))])),
        half_width=float(Z90 * sd.mean()),
    )


def rms(values: Floats | Sequence[float]) -> float:
    """Root mean square; not a number for none."""
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else math.nan


def reliability(rows: Iterable[Judged]) -> tuple[Floats, Floats]:
    """Which share of observations lies within the central intervals of 5 to 95 %? (nominal, seen)."""
    z = np.array([abs(each.error) / each.sd for each in rows])
    nominal = np.arange(0.05, 0.96, 0.05)
    limit = np.array([NormalDist().inv_cdf(0.5 + share / 2.0) for share in nominal])
    return nominal, np.mean(z[:, None] < limit, axis=0)


class MarkerScore(NamedTuple):
    """How good are predictions of a marker? Factors: 1.3 is a miss by 30 %."""

    marker: str
    rows: int
    fitted_factor: float
    left_out_factor: float
    inside_90: float


def marker_scores(left_out: Sequence[LeftOut]) -> tuple[MarkerScore, ...]:
    """How good are predictions of turnover markers? The typical factor is the exponential of the RMS log ratio."""
    out = []
    for marker in MARKERS:
        seen = [each for each in left_out if each.row.quantity == marker and not each.was_only_source]
        fitted = Looks([each.row for each in seen]).predicted(*best())[0]
        observed, predicted = (np.array(x) for x in zip(*((e.row.observed, e.predicted) for e in seen), strict=True))
        sd = np.hypot([each.sd / each.predicted for each in seen], marker_sd())
        off = np.log(predicted / observed)
        inside = float(np.mean(np.abs(off) < Z90 * sd))
        factors = (math.exp(rms(np.log(fitted / observed))), math.exp(rms(off)))
        out.append(MarkerScore(marker, len(seen), *factors, inside))
    return tuple(out)


def marker_sd() -> float:
    """By how much, as a share, may a trial's marker differ? What the fit allows an arm and a row together."""
    return math.hypot(MARKER_RESPONSE_SD, MARKER_ROW_SD)


def with_priors_as_wide(rows: Sequence[Observation], factor: float) -> tuple[LeftOut, ...]:
    """What is predicted of left-out trials if every prior is `factor` times as wide?"""
    import msgspec

    wide = (msgspec.structs.replace(p, sd=None if p.sd is None else factor * p.sd) for p in priors().all)
    return leave_out(rows, Priors(tuple(wide)), np.asarray(shipped().mean))


def tabled(rows: Sequence[Judged], groups: dict[str, Callable[[Judged], bool]]) -> dict[str, Scores]:
    """How good are the predictions in each group that holds any row?"""
    found = {name: [each for each in rows if wanted(each)] for name, wanted in groups.items()}
    return {name: scores(mine) for name, mine in found.items() if mine}
