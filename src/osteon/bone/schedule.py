"""At which points of time must the model stop to dose, to look, or to change what is taken by the day?"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from osteon.bone.regimen import Course, Regimen
from osteon.knowledge.spans import DAYS_PER_MONTH

Floats = NDArray[np.float64]

DOSED: dict[str, int] = {
    "denosumab": 0,
    "romosozumab": 1,
    "alendronate": 2,
    "risedronate": 3,
    "ibandronate_oral": 4,
    "ibandronate": 5,
    "pamidronate": 6,
    "zoledronic_acid": 7,
}
"""Drugs given as doses, with their column in `Schedule.doses`."""

TAKEN: dict[str, tuple[int, float]] = {
    "teriparatide": (0, 0.020),
    "abaloparatide": (1, 0.080),
    "raloxifene": (2, 60.0),
    "alendronate": (3, 1.0),
    "risedronate": (4, 1.0),
    "ibandronate_oral": (5, 1.0),
}
"""Drugs taken by the day, with their column in `Schedule.intake` and the mg/d that count as 1 there."""

LONGEST_DAILY_INTERVAL_D = 14.0
"""Tablets taken at least this often act like a steady intake: gaps of days matter little to a drug stored in bone."""

ONE_PATIENT_STEP_D = DAYS_PER_MONTH / 4.0
"""Longest step for a single patient's forecast: largest error against tight solvers 0.013 points."""

POPULATION_STEP_D = DAYS_PER_MONTH / 2.0
"""Longest step for populations: largest error 0.046 points (docs/explanation/numerics.md)."""


class Schedule(NamedTuple):
    """A regimen as the kernel reads it: `day` (points,), `steps` to the next, `doses` (points, 8) in mg,
    `intake` (points, 6), `row` (points,) of the output to write there, or -1."""

    day: Floats
    steps: NDArray[np.int64]
    doses: Floats
    intake: Floats
    row: NDArray[np.int64]


def schedule(regimen: Regimen, months: Floats, step_d: float = ONE_PATIENT_STEP_D) -> Schedule:
    """Where must the model stop, for this regimen and a look at each of `months` (any order, from baseline)?

    The untreated baseline is the first dose or the first look, whichever comes first.
    """
    looks = np.asarray(months, float) * DAYS_PER_MONTH
    steady = [course for course in regimen.courses if _is_steady(course)]
    given = [dose for course in regimen.courses if not _is_steady(course) for dose in course.doses()]
    edges = [edge for course in steady for edge in _span(course)]
    end = float(looks.max())
    days = _distinct([*looks, *(dose.day for dose in given), *edges], end)
    doses = np.zeros((len(days), len(DOSED)))
    for dose in given:
        if dose.day <= end:
            doses[_at(days, dose.day), DOSED[dose.drug]] += dose.dose_mg
    intake = np.zeros((len(days), len(TAKEN)))
    for course in steady:
        column, unit = TAKEN[course.drug]
        first, last = _span(course)
        inside = (days >= first - 1e-6) & (days < last - 1e-6)
        intake[inside, column] += course.dose_mg / (course.interval_days or 1.0) / unit
    np.minimum(intake[:, 2], 1.0, out=intake[:, 2])
    row = np.full(len(days), -1, np.int64)
    for index, look in enumerate(looks):
        row[_at(days, float(look))] = index
    gaps = np.diff(days, append=days[-1])
    return Schedule(days, np.maximum(1, np.ceil(gaps / step_d - 1e-9)).astype(np.int64), doses, intake, row)


def _is_steady(course: Course) -> bool:
    if course.drug not in TAKEN:
        return False
    return course.drug not in DOSED or (course.interval_days or math.inf) <= LONGEST_DAILY_INTERVAL_D


def _span(course: Course) -> tuple[float, float]:
    stop = course.stop_day
    return course.start_day, course.start_day + 1.0 if stop is None else stop


def _distinct(days: list[float], end: float) -> Floats:
    # Sorted by hand: numpy's unique would load masked arrays into every cold process.
    ordered = np.sort(np.asarray([day for day in days if day <= end + 1e-6], float))
    return ordered[np.concatenate(([True], np.diff(ordered) > 1e-6))]


def _at(days: Floats, day: float) -> int:
    return int(np.argmin(np.abs(days - day)))
