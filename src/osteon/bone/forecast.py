"""What will each regimen do to this skeleton?

The ensemble of skeletons that this patient may have, corrected by her scans, markers and treatment so far, is followed
under every regimen: the same skeletons and the same chance for each, so that regimens are compared and not luck.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from osteon.bone.covariates import first_month
from osteon.bone.ensemble import Ensemble, draw
from osteon.bone.ensemble import shipped as levels
from osteon.bone.fractures import fracture_fans
from osteon.bone.goals import SD_OF_MEAN, chance_of_target, t_score_after
from osteon.bone.learn import learned
from osteon.bone.patient import MARKERS, SITES, Patient, Site
from osteon.bone.posterior import shipped
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.bone.tested import evidence_flags
from osteon.bone.types import Fan, Forecast

TARGETS: Mapping[Site, float] = {"lumbar_spine": -2.0, "total_hip": -2.0, "femoral_neck": -2.0}
"""T-scores to be reached unless others are asked for (design: goal-directed treatment aims above -2.5 to -2.0)."""

YOUNG_MEAN_G_CM2: Mapping[Site, float] = {"lumbar_spine": 1.047, "total_hip": 0.942, "femoral_neck": 0.858}
"""Mean density of young women: Hologic (spine) and NHANES III (hip), as in knowledge/reference_densities."""

LONGEST_YEARS = 30
MOST_SAMPLES = 20_000

_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class _Course(NamedTuple):
    """One regimen: density (N, months, 3) and that of never having been treated, as ratios to today's; turnover
    (N, months, 2) as a ratio to the untreated level."""

    regimen: Regimen
    density: Floats
    never: Floats
    turnover: Floats


def forecast(
    patient: Patient,
    regimens: Sequence[Regimen],
    *,
    years: int = 10,
    samples: int = 500,
    seed: int = 1,
    targets: Mapping[Site, float] = TARGETS,
) -> tuple[Forecast, ...]:
    """What will each of these regimens do to this patient's bone, from today for `years` years?

    Regimens count in months from today; `patient.history` comes before. The answer is the same for the same seed.
    Raises ValueError for years outside 1 to 30, samples outside 50 to 20,000, or a regimen that begins before today.
    """
    _check(regimens, years, samples)
    ensemble = learned(draw(patient, samples, seed), patient)
    months = _months(years)
    whole = [Regimen((*patient.history.courses, *regimen.courses)) for regimen in regimens]
    seen = simulate(ensemble.parameters, whole, months)
    today = seen[:1, :, :1, :3]
    # Without treatment the same skeletons start from the same baseline: the first dose, or today.
    never = simulate(ensemble.parameters, [Regimen()], np.concatenate(([first_month(patient)], months)))[:, :, 1:, :3]
    density = np.concatenate((never, seen[..., :3])) / today
    density *= _model_error([Regimen(), *whole], months, density, np.random.default_rng((seed, 3)))
    return tuple(
        _one(patient, ensemble, _Course(regimen, density[place], density[0], seen[place - 1, ..., 3:]), months, targets)
        for place, regimen in enumerate(regimens, start=1)
    )


def _check(regimens: Sequence[Regimen], years: int, samples: int) -> None:
    if not 1 <= years <= LONGEST_YEARS:
        msg = f"a forecast runs for 1 to {LONGEST_YEARS} years, not {years}"
        raise ValueError(msg)
    if not 50 <= samples <= MOST_SAMPLES:
        msg = f"an ensemble has 50 to {MOST_SAMPLES} samples, not {samples}"
        raise ValueError(msg)
    early = [course for regimen in regimens for course in regimen.courses if course.start_month < 0.0]
    if early:
        msg = f"{early[0]} begins before today: what was given until today is the patient's history"
        raise ValueError(msg)


def _months(years: int) -> Floats:
    """Every month of the first two years, then every quarter."""
    first = np.arange(0.0, min(24, 12 * years) + 1.0)
    return np.concatenate((first, np.arange(27.0, 12.0 * years + 0.5, 3.0)))


def _model_error(whole: Sequence[Regimen], months: Floats, density: Floats, chance: np.random.Generator) -> Floats:
    """By which factor is each skeleton's density off because the model is not the bone? Like `density`.

    One error per skeleton and site, the same under every regimen, so that it cancels where regimens are compared.
    """
    luck = chance.standard_normal((density.shape[1], 1, 3))
    grown = 1.0 - np.exp(-months / levels().growth_error.months_to_two_thirds)
    off = np.empty_like(density)
    for place, site in enumerate(SITES):
        error = shipped().model_error[site]
        for index, regimen in enumerate(whole):
            size = 100.0 * np.abs(density[index, ..., place] - 1.0)
            off[index, ..., place] = error.sd(size, months / 12.0, len(regimen.drugs) > 1) * grown
    return np.asarray(1.0 + luck * off / 100.0)


def _one(
    patient: Patient, ensemble: Ensemble, course: _Course, months: Floats, targets: Mapping[Site, float]
) -> Forecast:
    density = course.density
    scanned = [site for site in SITES if patient.latest(site) is not None]
    t_score = t_score_after(ensemble.today_t[:, None, :], density)
    chance = np.random.default_rng((ensemble.seed, 4))
    fractures, basis = fracture_fans(patient, density, course.turnover, course.never, months, chance)
    return Forecast(
        regimen=str(course.regimen),
        months=tuple(float(month) for month in months),
        density_pct={site: _fan(100.0 * density[..., place]) for place, site in enumerate(SITES)},
        t_score={site: _fan(t_score[..., SITES.index(site)]) for site in scanned},
        density_g_cm2={site: _fan(_g_cm2(site, t_score[..., SITES.index(site)])) for site in scanned},
        turnover={marker: _fan(course.turnover[..., place]) for place, marker in enumerate(MARKERS)},
        fractures=fractures,
        fracture_basis=basis,
        targets=tuple(
            chance_of_target(density, months, ensemble.today_t, site, targets[site])
            for site in scanned
            if site in targets
        ),
        flags=(*ensemble.flags, *evidence_flags(course.regimen, patient, until_month=float(months[-1]))),
        evidence=_evidence(course.regimen),
        learned_from=ensemble.learned_from,
        samples=len(ensemble.parameters),
        seed=ensemble.seed,
        model=shipped().version,
    )


def _g_cm2(site: Site, t_score: Floats) -> Floats:
    return np.asarray(YOUNG_MEAN_G_CM2[site] * (1.0 + SD_OF_MEAN[site] * t_score))


def _fan(values: Floats) -> Fan:
    return Fan(*(tuple(float(f"{value:.6g}") for value in line) for line in np.quantile(values, _SHARES, axis=0)))


def _evidence(regimen: Regimen) -> int:
    """How many observations of the fit were made under these drugs (or, for none, under none)?"""
    rows = shipped().rows_by_drug
    return sum(rows.get(drug, 0) for drug in regimen.drugs or ("none",))
