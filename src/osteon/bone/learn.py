"""What do a patient's own measurements say about her skeleton?

The history of treatment is simulated for every member of the ensemble, and members that foretell the scans and blood
tests gain weight (`importance`). What enters in a straight line is not sampled but integrated exactly: the untreated
level of density and markers and the model's own error are normal given the rest. One scan therefore sets the level and
changes nothing else; two scans tell about her rate of change.
"""

from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from osteon.bone.between_patients import TURNOVER, applied, seen_with
from osteon.bone.covariates import first_month
from osteon.bone.ensemble import (
    Ensemble,
    density_levels,
    log_density_of,
    marker_levels,
    shipped,
    t_score_of,
)
from osteon.bone.importance import explored
from osteon.bone.parameters import ROW
from osteon.bone.patient import MARKERS, SITES, Patient
from osteon.bone.posterior import shipped as posterior
from osteon.bone.precision import marker_error_log, scan_error_log
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.simulate import simulate
from osteon.bone.types import Flag

FEWEST_PARTICLES = 512
"""Importance sampling works with at least this many members, however small the ensemble: a design default."""

SURPRISE = 0.005
"""Measurements that the model foretells as rarely as this (share of simulated patients) are called a misfit: design."""

LEANING_LESS = (1.0, 2.0, 4.0, 8.0)
"""A misfit is met by taking the errors of measurement this many times as large, until it is none: design."""

MISFIT = "the measurements do not fit the model: check dates, doses, sites and devices; the forecast leans on them less"

_SITES = len(SITES)
_NEXT_TO_NOTHING = 0.01


class Linear(NamedTuple):
    """A state that is normal before the data, and measurements that are linear in it with normal errors.

    `mean` (s,) and `covariance` (s, s) of the state; `design` (k, s); `noise` (k,) one SD of each error.
    """

    mean: Floats
    covariance: Floats
    design: Floats
    noise: Floats

    def noisier(self, times: float) -> "Linear":
        """What if every measurement erred this many times as much?"""
        return self._replace(noise=self.noise * times)

    @property
    def total(self) -> Floats:
        """What is the covariance of the measurements before they are known? (k, k)."""
        return np.asarray(self.design @ self.covariance @ self.design.T + np.diag(self.noise**2))

    def log_likelihood(self, rest: Floats) -> Floats:
        """How likely are measurements that lie `rest` (n, k) from what the mean state foretells? (n,), no constant."""
        if not len(self.noise):
            return np.zeros(len(rest))
        away = np.linalg.solve(np.linalg.cholesky(self.total), rest.T)
        return np.asarray(-0.5 * (away**2).sum(axis=0))

    def drawn(self, rest: Floats, chance: np.random.Generator) -> Floats:
        """Which states (n, s) may it be, one for each row of `rest` (n, k)?"""
        gain = np.linalg.solve(self.total, self.design @ self.covariance).T
        left = self.covariance - gain @ self.design @ self.covariance
        value, vector = np.linalg.eigh(left)
        root = vector * np.sqrt(np.maximum(value, 0.0))
        return np.asarray(self.mean + rest @ gain.T + chance.standard_normal((len(rest), len(self.mean))) @ root.T)


class _Measured(NamedTuple):
    """Scans (k,) and blood tests (j,): months, sites or markers, and logarithms of what was read."""

    scan_month: Floats
    site: NDArray[np.int64]
    scan: Floats
    test_month: Floats
    marker: NDArray[np.int64]
    test: Floats


class _Course(NamedTuple):
    """Logarithms of ratios to the untreated baseline: at each scan (n, k), each test (n, j), and today (n, 3)."""

    scan: Floats
    test: Floats
    today: Floats


class _Case:
    """One patient's measurements against an ensemble."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.data = _measured(patient)
        self.density = _density_model(patient, self.data)
        self.markers, self.per_turnover = _marker_model(self.data)

    def course(self, parameters: Floats) -> _Course:
        """What does each member foretell of the measurements, as changes from the untreated baseline?"""
        return _course(parameters, self.patient, self.data)

    def rests(self, effects: Floats, course: _Course) -> tuple[Floats, Floats]:
        """How far do the measurements lie from what each member foretells at the usual level? (n, k) and (n, j)."""
        scans = self.data.scan - course.scan - self.density.design @ self.density.mean
        usual = self.markers.mean + effects[:, TURNOVER, None] * self.per_turnover
        return scans, self.data.test - course.test - usual @ self.markers.design.T

    def leaning_less(self, times: float) -> "_Case":
        """What if her measurements erred this many times as much as usual?"""
        out = copy(self)
        out.density, out.markers = self.density.noisier(times), self.markers.noisier(times)
        return out

    def surprise(self, scans: Floats, tests: Floats, chance: np.random.Generator) -> float:
        """Which share of simulated patients lies as far from the ensemble as this one? From the rests of its members.

        The members differ in what they foretell; level, the model's error and noise come on top.
        """
        rests = np.concatenate((scans, tests), axis=1)
        extra = _blocks(self.density.total, self.markers.total)
        centre, spread = rests.mean(axis=0), np.atleast_2d(np.cov(rests, rowvar=False)) + extra
        noise = chance.multivariate_normal(np.zeros(len(extra)), extra, len(rests), method="cholesky")
        # A simulated patient is one member with its noise; her distance is measured as that of the real one.
        simulated = (rests - centre) + noise
        distance = (simulated * np.linalg.solve(spread, simulated.T).T).sum(axis=1)
        own = float(centre @ np.linalg.solve(spread, centre))
        return float((1 + (distance >= own).sum()) / (1 + len(distance)))


def learned(ensemble: Ensemble, patient: Patient) -> Ensemble:
    """Which skeletons may she have, now that her scans, markers and past treatment count?

    As many members as before, equally weighted, and the same for the same ensemble. Where fewer than `SURPRISE` of
    simulated patients look like her, her measurements are taken as noisier until they do not surprise any more; a flag
    says so, and also where fewer than a twentieth of the members would be left. Raises ValueError for a measurement
    after today or a marker that is not above 0.
    """
    case = _Case(patient)
    chance = np.random.default_rng((ensemble.seed, 2))
    total = len(case.data.scan) + len(case.data.test)
    effects, typical, spread, worth, misfit = (
        ensemble.effects, ensemble.typical, ensemble.spread, float(len(ensemble.effects)), False
    )  # fmt: skip
    if total:
        case, effects, typical, spread, worth, misfit = _explained(ensemble, case, chance)
    parameters = applied(typical, effects, spread)
    now = case.course(parameters)
    scans, tests = case.rests(effects, now)
    state = case.density.drawn(scans, chance)
    error = state[:, _SITES:] * _built_up(np.zeros(1), patient)
    log_markers = case.markers.drawn(tests, chance) + effects[:, TURNOVER, None] * case.per_turnover
    return ensemble._replace(
        parameters=parameters,
        typical=typical,
        effects=effects,
        spread=spread,
        baseline_t=t_score_of(state[:, :_SITES]),
        today_t=t_score_of(state[:, :_SITES] + now.today + error),
        markers=np.exp(log_markers),
        flags=(*ensemble.flags, Flag("outside", MISFIT, total)) if misfit else ensemble.flags,
        learned_from=total,
        effective=worth,
    )


def _explained(
    ensemble: Ensemble, case: _Case, chance: np.random.Generator
) -> tuple[_Case, Floats, Floats, Floats, float, bool]:
    """Which effects, parameters and spreads explain the measurements, what are they worth, and do they fit?

    The case comes back as it was met: with larger errors of measurement after a misfit.
    """
    count, width = ensemble.effects.shape
    number = max(count, FEWEST_PARTICLES)
    row = np.arange(number) % count
    first = np.concatenate((ensemble.effects, chance.standard_normal((number - count, width))))

    def rests(effects: Floats, at: NDArray[np.int64]) -> tuple[Floats, Floats]:
        parameters = applied(ensemble.typical[row[at]], effects, ensemble.spread[row[at]])
        return case.rests(effects, case.course(parameters))

    foretold = rests(first, np.arange(number))
    for times in LEANING_LESS:
        met = case.leaning_less(times)
        if met.surprise(*foretold, chance) >= SURPRISE:
            break

    def likelihood(effects: Floats, at: NDArray[np.int64]) -> Floats:
        scans, tests = foretold if effects is first else rests(effects, at)
        return met.density.log_likelihood(scans) + met.markers.log_likelihood(tests)

    found = explored(likelihood, first, seen_with(case.patient.history.drugs), chance)
    keep = chance.permutation(number)[:count]
    rows = row[found.rows[keep]]
    worth = min(found.effective, float(count))
    misfit = times > 1.0 or worth < count / 20.0
    return met, found.effects[keep], ensemble.typical[rows], ensemble.spread[rows], worth, misfit


def _measured(patient: Patient) -> _Measured:
    for month in (*(scan.month for scan in patient.scans), *(level.month for level in patient.markers)):
        if month > 0.0:
            msg = f"a measurement at month {month:g} lies after today; months before today are negative"
            raise ValueError(msg)
    for level in patient.markers:
        if not level.value > 0.0:
            msg = f"a {level.marker.upper()} of {level.value:g} cannot be; a level is above 0"
            raise ValueError(msg)
    site = np.array([SITES.index(scan.site) for scan in patient.scans], np.int64)
    scores = np.zeros((len(site), _SITES))
    scores[np.arange(len(site)), site] = [scan.t_score for scan in patient.scans]
    return _Measured(
        np.array([scan.month for scan in patient.scans], float),
        site,
        log_density_of(scores)[np.arange(len(site)), site],
        np.array([level.month for level in patient.markers], float),
        np.array([MARKERS.index(level.marker) for level in patient.markers], np.int64),
        np.log([level.value for level in patient.markers]) if patient.markers else np.zeros(0),
    )


def _density_model(patient: Patient, data: _Measured) -> Linear:
    """Level and error of the model at three sites, seen by scans."""
    levels = density_levels()
    changed = len(patient.history.drugs) > 1 or _over(patient.history)
    errors = [posterior().model_error[site] for site in SITES]
    sd = np.array([error.floor * (error.change if changed else 1.0) for error in errors]) / 100.0
    place = np.eye(_SITES)[data.site]
    design = np.concatenate((place, place * _built_up(data.scan_month, patient)[:, None]), axis=1)
    return Linear(
        np.concatenate((levels.mean, np.zeros(_SITES))),
        _blocks(levels.covariance, np.diag(sd**2)),
        design,
        scan_error_log()[data.site],
    )


def _marker_model(data: _Measured) -> tuple[Linear, Floats]:
    levels, per_turnover = marker_levels()
    design = np.eye(len(MARKERS))[data.marker]
    return Linear(levels.mean, levels.covariance, design, marker_error_log()[data.marker]), per_turnover


def _built_up(months: Floats, patient: Patient) -> Floats:
    """Which share of the model's error has built up since treatment began? None without treatment."""
    if not patient.history.courses:
        return np.zeros(len(months))
    since = np.maximum(months - first_month(patient), 0.0)
    return np.asarray(1.0 - np.exp(-since / shipped().growth_error.months_to_two_thirds))


def _over(regimen: Regimen) -> bool:
    # Tablets and injections that stop today go on until then.
    ends = [course.start_month if course.stop_month is None else course.stop_month for course in regimen.courses]
    return bool(ends) and max(ends) < -1.0


def _course(parameters: Floats, patient: Patient, data: _Measured) -> _Course:
    start, count = first_month(patient), len(parameters)
    now = np.ones((count, _SITES))
    scan = np.log(_untreated(parameters, data.scan_month - start)[:, np.arange(len(data.site)), data.site])
    test = np.zeros((count, len(data.marker)))
    if patient.history.courses:
        months = np.array(sorted({*data.scan_month, *data.test_month, start, 0.0}))
        months = months[months >= start]
        # A member whose bone vanishes, or that leaves the numbers, explains nothing: it keeps a sliver.
        seen = np.fmax(simulate(parameters, [patient.history], months, step_d=POPULATION_STEP_D)[0], _NEXT_TO_NOTHING)
        now = seen[:, -1, :_SITES]
        after = data.scan_month > start
        look = np.searchsorted(months, data.scan_month[after])
        scan[:, after] = np.log(seen[:, look, data.site[after]])
        after = data.test_month > start
        look = np.searchsorted(months, data.test_month[after])
        test[:, after] = np.log(seen[:, look, _SITES + data.marker[after]])
    return _Course(scan, test, np.log(now))


def _untreated(parameters: Floats, months: Floats) -> Floats:
    """What was density before treatment, as a ratio to its start? (n, months, 3) for months before it (0 or less).

    The untreated course of the equations, followed backwards: loss(t) = s t + l tau (1 - exp(-t / tau)).
    """
    years = np.minimum(months, 0.0)[None, :, None] / 12.0
    slope, fading, factor = (
        parameters[:, None, [ROW[f"{letter}{site}"] for site in ("LS", "TH", "FN")]] for letter in ("s", "l", "f")
    )
    tau = parameters[:, None, ROW["tauL"], None]
    loss = slope * years + fading * tau * (1.0 - np.exp(-years / tau))
    return np.asarray(np.maximum(1.0 + factor * loss, 0.1))


def _blocks(one: Floats, other: Floats) -> Floats:
    out = np.zeros((len(one) + len(other), len(one) + len(other)))
    out[: len(one), : len(one)] = one
    out[len(one) :, len(one) :] = other
    return out
