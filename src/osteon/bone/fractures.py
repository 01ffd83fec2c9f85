"""How likely is a fracture under this regimen, year by year?

The hazard is the untreated one (`fracture_baseline`) times the hazard ratio of treatment (`fracture_effect`), for each
skeleton of the ensemble with its own draw of the coefficients. `vertebral` is a new fracture on a radiograph; about 28
of 100 of them are felt.
"""

import numpy as np

from osteon.bone.fracture_baseline import untreated
from osteon.bone.fracture_effect import GRID_MONTHS, draw, drivers, log_hazard_ratio
from osteon.bone.patient import SITES, Patient
from osteon.bone.schedule import Floats
from osteon.bone.types import Fan, FractureFan, FractureKind

_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
_HIP = SITES.index("total_hip")


def fracture_fans(
    patient: Patient,
    density: Floats,
    turnover: Floats,
    untreated_density: Floats,
    months: Floats,
    rng: np.random.Generator,
) -> tuple[dict[FractureKind, FractureFan] | None, str]:
    """How likely is a fracture of each kind, and on which basis is that said?

    `density` (samples, times, 3) under the regimen, as a ratio to today's; `turnover` (samples, times, 2) as a ratio
    to the untreated level; `untreated_density` (samples, times, 3) of the same skeletons had they NEVER been treated,
    also before today, as a ratio to today's: without a history it is 1 today, after treatment below 1. `months`
    (times,) from 0 to whole years, at least quarterly. `untreated` in the answer means never treated, too.

    The answer holds the kinds that can be told; None where none can, and then the words say what is missing. The words
    have no full stop. Raises ValueError for months that are not 0 to whole years or further apart than a quarter.
    """
    years = _years(months)
    if patient.history.courses and bool(np.all(untreated_density[:, 0] == 1.0)):
        return None, "the density that she would have had without her treatment so far is not known"
    quarters = np.arange(0.0, 12.0 * years + GRID_MONTHS / 2.0, GRID_MONTHS)
    treated, never, markers = (_at(quarters, months, each) for each in (density, untreated_density, turnover))
    baseline = untreated(patient, never[..., _HIP], quarters, rng)
    if not baseline.hazard:
        return None, baseline.basis
    coefficients, response = draw(len(treated), rng)
    moved_by = drivers(treated / never, markers, quarters)
    without_rebound = drivers(treated / never, markers, quarters, rebound=False)
    fans: dict[FractureKind, FractureFan] = {}
    for kind, hazard in baseline.hazard.items():
        ratio, calm = (
            np.exp(response[:, None] * log_hazard_ratio(kind, moves, coefficients))
            for moves in (moved_by, without_rebound)
        )
        fans[kind] = _fan_of(hazard, hazard * ratio, hazard * calm)
    return fans, baseline.basis


def _fan_of(untreated_hazard: Floats, hazard: Floats, calm: Floats) -> FractureFan:
    yearly, never, without_rebound = (_yearly(each) for each in (hazard, untreated_hazard, calm))
    return FractureFan(
        yearly=_fan(yearly),
        cumulative=_fan(_cumulative(yearly)),
        untreated=_rounded(np.median(_cumulative(never), axis=0)),
        relative_risk=_rounded(np.median(yearly / never, axis=0)),
        excess_after_stop=_rounded(np.median(np.maximum(yearly - without_rebound, 0.0), axis=0)),
    )


def _yearly(hazard: Floats) -> Floats:
    """What is the chance within each year? (samples, years) from hazards per year at quarters (samples, times)."""
    steps = (hazard[:, 1:] + hazard[:, :-1]) / 2.0 * (GRID_MONTHS / 12.0)
    a_year = steps.reshape(len(hazard), -1, round(12.0 / GRID_MONTHS)).sum(axis=2)
    return np.asarray(-np.expm1(-a_year))


def _cumulative(yearly: Floats) -> Floats:
    return np.asarray(1.0 - np.cumprod(1.0 - yearly, axis=1))


def _at(quarters: Floats, months: Floats, values: Floats) -> Floats:
    """The same curves (samples, times, columns) at quarters of a year, linearly between the months."""
    right = np.clip(np.searchsorted(months, quarters), 1, len(months) - 1)
    share = ((quarters - months[right - 1]) / (months[right] - months[right - 1]))[:, None]
    return np.asarray(values[:, right - 1] * (1.0 - share) + values[:, right] * share)


def _years(months: Floats) -> int:
    years = round(float(months[-1]) / 12.0)
    if len(months) < 2 or months[0] != 0.0 or years < 1 or abs(months[-1] - 12.0 * years) > 1e-6:
        msg = f"months must run from 0 to whole years, not from {months[0]:g} to {months[-1]:g}"
        raise ValueError(msg)
    if float(np.diff(months).max()) > GRID_MONTHS + 1e-6 or float(np.diff(months).min()) <= 0.0:
        msg = f"months must rise by no more than {GRID_MONTHS:g} at a time"
        raise ValueError(msg)
    return years


def _fan(values: Floats) -> Fan:
    return Fan(*(_rounded(line) for line in np.quantile(values, _SHARES, axis=0)))


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values)
