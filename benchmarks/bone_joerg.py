# ruff: noqa: N803, N806 - symbols as in the publication
"""What would the model of Joerg et al. 2022 (eLife 11:e76228) say of a trial arm? For comparison with ours.

    python -m benchmarks.bone_joerg

compares this code with what is known of the published model. Own code from the published equations and parameters,
without estrogen's fitted alternatives: osteoblasts, osteocytes, osteoclasts, sclerostin, bone density and its mineral
share. It knows denosumab, romosozumab, alendronate and teriparatide, and one site, the total hip.
"""

from __future__ import annotations

import math
import sys
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from osteon.bone.regimen import Course, Regimen
from osteon.bone.schedule import LONGEST_DAILY_INTERVAL_D
from osteon.knowledge.spans import DAYS_PER_MONTH, DAYS_PER_YEAR

Floats = NDArray[np.float64]

E = {"denosumab": 4339.630194, "romosozumab": 0.013104958, "alendronate": 2.97e-5, "teriparatide": 0.265529542}
"""Exposure per mg (teriparatide: per ug)."""

T = {"denosumab": 10.0, "romosozumab": 7.0, "alendronate": 152.710497, "teriparatide": 0.0417}
"""Half-life of the exposure, d."""

KNOWN = frozenset(E)
"""Drugs that the model knows."""

AGES = {
    "AMG162 phase 2": 62.0,
    "ARCH": 74.0,
    "DATA": 66.0,
    "DEFEND": 59.0,
    "FLEX": 68.0,
    "FRAME": 71.0,
    "Romosozumab phase 2": 67.0,
}
"""Mean age at month 0 of the trials whose curves were digitised; recalled from the publications, to the year. FLEX: at
the first tablet, in FIT."""

USUAL_AGE = 65.0

a_e, tau_e = 50.0, 2.6
omega_pB, omega_B, eta_B, eta_Y = 0.319241069, 0.000624353, 0.00867806, 0.000109589
omega_pC, eta_C, nu_C, eta_C_bp = 0.930890444, 0.023815993, 0.000123164, 1.000665052
beta_B_pth, beta_pC_pth, beta_pC_rAb, beta_b_rAb = 1.305332076, 4.282514877, 0.873373525, 0.015764123
kappa_s, delta_s = 0.05, 0.05
s_pB, s_pC, s_Omega, r_C, r_Omega, nu_Omega = 163.2824648, 8603687.044, 3039.645954, 10.12488334, 1024.4198, 107.5332737
e_s, e_pC, e_C = 9.595406602, 0.937654795, 0.990728213
lambda_B, lambda_C, gamma, c_0 = 1.29e-6, 3.82e-6, 0.006654662, 0.8
q_P1NP, q_CTX = 1.453273548, 1.160526444


class Seen(NamedTuple):
    """What is seen at some months? `total_hip` in per cent of change, `ctx` and `p1np` as ratios, each to month 0."""

    total_hip: Floats
    ctx: Floats
    p1np: Floats


def up(x: float) -> float:
    """How far is an activating effect on? x / (1 + x)."""
    return x / (1.0 + x)


def dn(x: float) -> float:
    """How far is an inhibited effect on? 1 / (1 + x)."""
    return 1.0 / (1.0 + x)


def estrogen(age: float) -> float:
    """How much estrogen is there at this age, 1 before menopause?"""
    return 1.0 if age <= a_e else 1.0 / (1.0 + (age - a_e) / tau_e)


def formation(s: float, C: float, B: float) -> float:
    """How fast is bone formed, per day?"""
    return lambda_B * dn(s / s_Omega) * (1.0 + nu_Omega * up(C / r_Omega)) * B


def rates(y: Floats, e: float, sAb: float, rAb: float, bp: float, pth: float) -> list[float]:
    """How fast does the state (pB, B, Y, pC, C, s, sb, rho, c) change, per day, under estrogen `e` and drugs?"""
    pB, B, Y, pC, C, s, sb, _, c = y
    J1 = omega_pB * dn(s / s_pB) * pB
    J2 = omega_pC * dn(e / e_pC) * up(s / s_pC) * pC
    J2 *= (1.0 - beta_pC_rAb * up(rAb)) * (1.0 + beta_pC_pth * up(pth))
    return [
        1.0 - J1,
        J1 - eta_B * (1.0 - beta_B_pth * up(pth)) * B - omega_B * B,
        omega_B * B - eta_Y * Y,
        1.0 - J2,
        J2 - eta_C * (1.0 + nu_C * up(e / e_C) * up(C / r_C)) * C - eta_C_bp * up(bp) * C,
        dn(e / e_s) * Y - kappa_s * s - kappa_s * sAb * s + delta_s * sb,
        kappa_s * sAb * s - delta_s * sb - kappa_s * sb,
        formation(s, C, B) - lambda_C * C,
        gamma * (c_0 + beta_b_rAb * up(rAb) - c),
    ]


def young() -> Floats:
    """What is the state at age 0? Equilibrium under full estrogen, with a bone density of 1."""
    B = 1.0 / (eta_B + omega_B)
    Y = omega_B * B / eta_Y
    s = dn(1.0 / e_s) * Y / kappa_s
    C = 1.0 / eta_C
    for _ in range(100):
        C = 1.0 / (eta_C * (1.0 + nu_C * up(1.0 / e_C) * up(C / r_C)))
    pB, pC = 1.0 / (omega_pB * dn(s / s_pB)), 1.0 / (omega_pC * dn(1.0 / e_pC) * up(s / s_pC))
    return np.array([pB, B, Y, pC, C, s, 0.0, 1.0, c_0])


def _solved(y: Floats, first: float, last: float, age: float, x: dict[str, float], level: dict[str, float]) -> Floats:
    # From day `first` to `last`, `age` being that of day 0, with exposures `x` that fade towards `level`.
    if last - first < 1e-9:
        return y

    def slopes(day: float, y: Floats) -> list[float]:
        drug = _exposures(day - first, x, level)
        e = estrogen(age + day / DAYS_PER_YEAR)
        return rates(y, e, drug["romosozumab"], drug["denosumab"], drug["alendronate"], drug["teriparatide"])

    found = solve_ivp(slopes, (first, last), y, method="LSODA", rtol=1e-8, atol=1e-9)
    return np.asarray(found.y[:, -1])


def _exposures(days: float, x: dict[str, float], level: dict[str, float]) -> dict[str, float]:
    return {drug: level[drug] + (x[drug] - level[drug]) * math.exp(-math.log(2.0) * days / T[drug]) for drug in E}


_NOTHING = dict.fromkeys(E, 0.0)


@cache
def _untreated(age: float) -> tuple[float, ...]:
    """What is the state at this age?"""
    menopause = (a_e - age) * DAYS_PER_YEAR
    y = _solved(young(), -age * DAYS_PER_YEAR, min(menopause, 0.0), age, _NOTHING, _NOTHING)
    return tuple(_solved(y, min(menopause, 0.0), 0.0, age, _NOTHING, _NOTHING))


def _by_the_day(course: Course) -> bool:
    daily = course.drug in ("alendronate", "teriparatide")
    return daily and (course.interval_days or math.inf) <= LONGEST_DAILY_INTERVAL_D


def predicted(regimen: Regimen, months: Floats, age: float = USUAL_AGE) -> Seen:
    """What would be seen under this regimen at these months (0 or later)? `age` at month 0, years above 50.

    Tablets and daily injections are a constant intake, as the authors took them. Raises `ValueError` for a drug that
    the model does not know and for one given before month 0.
    """
    if not KNOWN.issuperset(regimen.drugs) or any(course.start_month < 0.0 for course in regimen.courses):
        msg = f"the model of Joerg et al. knows {', '.join(sorted(KNOWN))} from month 0 on, and not {regimen}"
        raise ValueError(msg)
    steady = [course for course in regimen.courses if _by_the_day(course)]
    doses = [dose for course in regimen.courses if not _by_the_day(course) for dose in course.doses()]
    looks = np.asarray(months, float) * DAYS_PER_MONTH
    edges = [edge for course in steady for edge in (course.start_day, course.stop_day or course.start_day + 1.0)]
    days = np.unique([0.0, *looks, *edges, *(dose.day for dose in doses)])
    y, x, level, states = np.array(_untreated(age)), dict(_NOTHING), dict(_NOTHING), {}
    for place, day in enumerate(days):
        states[day] = y
        for dose in doses:
            if dose.day == day:
                x[dose.drug] += E[dose.drug] * _amount(dose.drug, dose.dose_mg)
        for drug in ("alendronate", "teriparatide"):
            taken = [c for c in steady if c.drug == drug and c.start_day <= day < (c.stop_day or c.start_day + 1.0)]
            intake = sum(_amount(drug, c.dose_mg) / (c.interval_days or 1.0) for c in taken)
            level[drug] = E[drug] * intake * T[drug] / math.log(2.0)
        if day < looks.max():
            last = days[place + 1]
            y = _solved(y, day, last, age, x, level)
            x = _exposures(last - day, x, level)
    return _seen(states[0.0], np.array([states[look] for look in looks]))


def _amount(drug: str, mg: float) -> float:
    return 1000.0 * mg if drug == "teriparatide" else mg


def _seen(before: Floats, after: Floats) -> Seen:
    def formed(y: Floats) -> float:
        return formation(y[5], y[4], y[1])

    return Seen(
        total_hip=100.0 * (after[:, 7] * after[:, 8] / (before[7] * before[8]) - 1.0),
        ctx=(after[:, 4] / before[4]) ** q_CTX,
        p1np=np.array([formed(y) / formed(before) for y in after]) ** q_P1NP,
    )


def main() -> None:
    """Does this code do what is known of the published model? Prints both."""
    from osteon.bone.regimen import parse_regimen

    names = ("pB", "B", "Y", "pC", "C", "s")
    published = (215.9, 107.5, 612.4, 1724.0, 41.99, 11093.0)
    for name, ours, theirs in zip(names, young(), published, strict=False):
        sys.stdout.write(f"{name:3} at equilibrium {ours:10.5g}, known {theirs:10.5g}\n")
    ten = predicted(parse_regimen("denosumab:60mg/6mo@0-120"), np.array([120.0]))
    sys.stdout.write(f"total hip after ten years of denosumab {ten.total_hip[0]:.2f} %, known 6.51 %\n")


if __name__ == "__main__":
    main()
