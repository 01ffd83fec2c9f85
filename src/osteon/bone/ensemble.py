"""Which skeletons may this patient have?

An ensemble: the parameters that trials leave possible, moved to people like her, with the random effects by which
patients differ, and with the untreated level of density and markers that people like her may have. What was measured
of herself comes in `learn`.
"""

from functools import cache
from importlib import resources
from typing import NamedTuple

import msgspec
import numpy as np

from osteon.bone.between_patients import EFFECTS, TABLETS, TABLETS_SD, TURNOVER, applied, drawn
from osteon.bone.covariates import adjusted, first_month, repeated, spreads_of, traits_of, untreated_t
from osteon.bone.goals import SD_OF_MEAN, t_score_after
from osteon.bone.patient import MARKERS, SITES, Marker, Patient, Site
from osteon.bone.posterior import best
from osteon.bone.posterior import draw as population_draw
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.simulate import simulate
from osteon.bone.types import Flag

_RELATIVE = np.array([SD_OF_MEAN[site] for site in SITES])


class Ensemble(NamedTuple):
    """Skeletons that the patient may have, N of them.

    `parameters` (N, len(NAMES)) as `simulate` takes them, from the untreated baseline on: the first dose of her
    history, or today. `typical` (N, len(NAMES)) are those of the average patient like her, `effects` (N, effects) what
    she differs by, in units of `spread` (N, effects). `baseline_t` (N, 3) and `markers` (N, 2: CTX ng/L, P1NP ug/L)
    are the untreated levels, `today_t` (N, 3) the T-scores of today (as the baseline until something was learned).
    `weights` (N,) add up to 1. `effective` says how many equally weighted members they are worth.
    """

    parameters: Floats
    typical: Floats
    effects: Floats
    spread: Floats
    baseline_t: Floats
    today_t: Floats
    markers: Floats
    weights: Floats
    flags: tuple[Flag, ...]
    learned_from: int
    effective: float
    seed: int


class _MarkerLevel(msgspec.Struct, frozen=True):
    median: float
    sd_log: float


class _Markers(msgspec.Struct, frozen=True):
    ctx: _MarkerLevel
    p1np: _MarkerLevel
    correlation: float
    with_turnover: float


class _Density(msgspec.Struct, frozen=True):
    t_mean: dict[Site, float]
    t_sd: dict[Site, float]
    correlation: dict[str, float]


class _GrowthError(msgspec.Struct, frozen=True):
    months_to_two_thirds: float


class _Shipped(msgspec.Struct, frozen=True):
    untreated_markers: _Markers
    untreated_density: _Density
    growth_error: _GrowthError


class Levels(NamedTuple):
    """How far apart may untreated levels lie, on the scale of logarithms? Mean (k,) and covariance (k, k)."""

    mean: Floats
    covariance: Floats


@cache
def shipped() -> _Shipped:
    """Which untreated levels does this version expect? Sources are in data/between_patients.json."""
    found = resources.files("osteon.bone").joinpath("data/between_patients.json").read_bytes()
    return msgspec.json.decode(found, type=_Shipped)


@cache
def density_levels() -> Levels:
    """Which log density, as a share of the young mean, has an untreated skeleton before it is scanned? (3,) sites."""
    given = shipped().untreated_density
    t_mean = np.array([given.t_mean[site] for site in SITES])
    relative = 1.0 + _RELATIVE * t_mean
    sd = _RELATIVE * np.array([given.t_sd[site] for site in SITES]) / relative
    together = np.eye(len(SITES))
    for pair, value in given.correlation.items():
        one, other = (SITES.index(site) for site in pair.split())
        together[one, other] = together[other, one] = value
    return Levels(np.log(relative), together * np.outer(sd, sd))


@cache
def marker_levels() -> tuple[Levels, Floats]:
    """Which log level have CTX and P1NP untreated? Levels of a woman of average turnover, and what turnover adds (2,).

    The second is the change of each logarithm per SD of the effect `turnover`.
    """
    given = shipped().untreated_markers
    levels: dict[Marker, _MarkerLevel] = {"ctx": given.ctx, "p1np": given.p1np}
    sd = np.array([levels[marker].sd_log for marker in MARKERS])
    rest = np.array([[1.0, given.correlation], [given.correlation, 1.0]]) - given.with_turnover**2
    mean = np.log([levels[marker].median for marker in MARKERS])
    return Levels(mean, rest * np.outer(sd, sd)), given.with_turnover * sd


def t_score_of(log_density: Floats) -> Floats:
    """Which T-scores (..., 3) belong to these logarithms of density, as shares of the young mean?"""
    return np.asarray((np.exp(log_density) - 1.0) / _RELATIVE)


def log_density_of(t_score: Floats) -> Floats:
    """Which logarithm of density, as a share of the young mean, has a T-score? (..., 3). Raises ValueError below 0."""
    share = 1.0 + _RELATIVE * np.asarray(t_score, float)
    if (share <= 0.0).any():
        msg = f"a T-score of {np.min(t_score):g} would be no bone at all; check the scan"
        raise ValueError(msg)
    return np.asarray(np.log(share))


def draw(patient: Patient, samples: int, seed: int) -> Ensemble:
    """Which skeletons may people like this patient have, before anything measured of herself counts?

    Her scans only set the level of density by which changes in per cent are scaled. The same for the same seed.
    Raises ValueError for fewer than two samples.
    """
    if samples < 2:
        msg = f"an ensemble needs at least 2 samples, not {samples}"
        raise ValueError(msg)
    chance = np.random.default_rng((seed, 1))
    population = population_draw(samples, seed)
    level = _untreated(patient)
    typical, flags = adjusted(population.parameters, patient, population.scaling, t_score=level)
    spread = spreads_of(repeated(traits_of(patient, level), samples))
    if set(TABLETS) & set(patient.history.drugs):
        spread[:, list(EFFECTS).index("tablets")] = TABLETS_SD
    effects = drawn(samples, chance)
    levels = density_levels()
    baseline = t_score_of(chance.multivariate_normal(levels.mean, levels.covariance, samples, method="cholesky"))
    markers, per_turnover = marker_levels()
    log_markers = chance.multivariate_normal(markers.mean, markers.covariance, samples, method="cholesky")
    log_markers += effects[:, TURNOVER, None] * per_turnover
    return Ensemble(
        applied(typical, effects, spread),
        typical,
        effects,
        spread,
        baseline,
        baseline,
        np.exp(log_markers),
        np.full(samples, 1.0 / samples),
        flags,
        0,
        float(samples),
        seed,
    )


def _untreated(patient: Patient) -> Floats:
    """Which T-scores had she before treatment, going back from her oldest scans along the most probable course?"""
    first = untreated_t(patient)
    start = first_month(patient)
    months = [min((scan.month for scan in patient.scans if scan.site == site), default=start) for site in SITES]
    if max(months) <= start:
        return first
    parameters, _ = adjusted(best().parameters, patient, best().scaling, t_score=first)
    looks = np.array(sorted({start, *(max(month, start) for month in months)}))
    seen = simulate(parameters, [patient.history], looks, step_d=POPULATION_STEP_D)[0, 0]
    ratio = [seen[int(np.searchsorted(looks, max(month, start))), place] for place, month in enumerate(months)]
    return np.maximum(t_score_after(first, 1.0 / np.array(ratio)), first - 3.0)
