"""What would the model of Joerg et al. 2022 (eLife 11:e76228) say of a total-hip curve? For comparison only.

Own code from the published equations and parameters; one patient at a time, Runge-Kutta of order four at one day.
It knows denosumab, alendronate, romosozumab and teriparatide, and one site: the total hip.
"""

from math import log
from typing import Any

import numpy as np
from numba import njit

from osteon.bone.regimen import Regimen
from osteon.knowledge.spans import DAYS_PER_MONTH, DAYS_PER_YEAR

KNOWN = frozenset({"denosumab", "alendronate", "romosozumab", "teriparatide"})
AGE = 65.0
"""Age at month 0 where the trial's own is not in the table of observations."""

_EXPOSURE = {"denosumab": 4339.630194, "romosozumab": 0.013104958, "alendronate": 2.97e-05, "teriparatide": 0.265529542}
_HALF_LIFE_D = {"denosumab": 10.0, "romosozumab": 7.0, "alendronate": 152.710497, "teriparatide": 0.0417}


@njit(cache=True)
def _slopes(y: Any, age: float, rab: float, sab: float, bp: float, pth: float) -> Any:
    pB, B, Y, pC, C, s, sb, rho, c = y
    e = 1.0 if age <= 50.0 else 1.0 / (1.0 + (age - 50.0) / 2.6)
    J1 = 0.319241069 / (1.0 + s / 163.2824648) * pB
    J2 = 0.930890444 / (1.0 + e / 0.937654795) * (s / 8603687.044) / (1.0 + s / 8603687.044) * pC
    J2 *= (1.0 - 0.873373525 * rab / (1.0 + rab)) * (1.0 + 4.282514877 * pth / (1.0 + pth))
    x, r = e / 0.990728213, C / 10.12488334
    omega = C / 1024.4198
    return np.array([
        1.0 - J1,
        J1 - 0.00867806 * (1.0 - 1.305332076 * pth / (1.0 + pth)) * B - 0.000624353 * B,
        0.000624353 * B - 0.000109589 * Y,
        1.0 - J2,
        J2 - 0.023815993 * (1.0 + 0.000123164 * x / (1.0 + x) * r / (1.0 + r)) * C - 1.000665052 * bp / (1.0 + bp) * C,
        Y / (1.0 + e / 9.595406602) - 0.05 * s - 0.05 * sab * s + 0.05 * sb,
        0.05 * sab * s - 0.05 * sb - 0.05 * sb,
        1.29e-06 / (1.0 + s / 3039.645954) * (1.0 + 107.5332737 * omega / (1.0 + omega)) * B - 3.82e-06 * C,
        0.006654662 * (0.8 + 0.015764123 * rab / (1.0 + rab) - c),
    ])  # fmt: skip


@njit(cache=True)
def _followed(y: Any, age: float, drugs: Any, h: float) -> Any:
    out = np.empty(len(drugs))
    for day in range(len(drugs)):
        out[day] = y[7] * y[8]
        rab, sab, bp, pth = drugs[day]
        at = age + day * h / 365.25
        k1 = _slopes(y, at, rab, sab, bp, pth)
        k2 = _slopes(y + 0.5 * h * k1, at, rab, sab, bp, pth)
        k3 = _slopes(y + 0.5 * h * k2, at, rab, sab, bp, pth)
        k4 = _slopes(y + h * k3, at, rab, sab, bp, pth)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return out


def total_hip_pct(regimen: Regimen, months: np.ndarray) -> np.ndarray:
    """By how many per cent has total-hip density changed at these months since month 0? (months,)."""
    before = int(AGE * DAYS_PER_YEAR)
    days = before + int(max(months) * DAYS_PER_MONTH) + 2
    drugs = np.zeros((days, 4))
    for place, drug in enumerate(("denosumab", "romosozumab", "alendronate", "teriparatide")):
        drugs[:, place] = _exposure(regimen, drug, before, days)
    density = _followed(_young(), 0.0, drugs, 1.0)
    seen = density[before + np.round(months * DAYS_PER_MONTH).astype(int)]
    return np.asarray(100.0 * (seen / density[before] - 1.0))


def _exposure(regimen: Regimen, drug: str, before: int, days: int) -> np.ndarray:
    amount = np.zeros(days)
    rate = log(2.0) / _HALF_LIFE_D[drug]
    for course in regimen.courses:
        if course.drug != drug:
            continue
        unit = 1000.0 if drug == "teriparatide" else 1.0
        if course.is_daily or (course.interval_days or 99.0) <= 14.0:
            since = np.arange(days) - before - course.start_day
            until = np.arange(days) - before - (course.stop_day or 0.0)
            a_day = course.dose_mg * unit / (course.interval_days or 1.0)
            amount += (
                a_day / rate * (-np.expm1(-rate * np.maximum(since, 0.0)) + np.expm1(-rate * np.maximum(until, 0.0)))
            )
        else:
            for dose in course.doses():
                since = np.arange(days) - before - dose.day
                amount += np.where(since >= 0.0, dose.dose_mg * np.exp(-rate * np.maximum(since, 0.0)), 0.0)
    return _EXPOSURE[drug] * amount


def _young() -> np.ndarray:
    """The equilibrium before menopause: rho and c do not move the rest and are set to 1 and 0.8."""
    y = np.array([215.9, 107.5, 612.4, 1724.0, 41.99, 11093.0, 0.0, 1.0, 0.8])
    for _ in range(400_000):
        move = _slopes(y, 0.0, 0.0, 0.0, 0.0, 0.0)
        move[7] = move[8] = 0.0
        y = y + 2.0 * move
    return y
