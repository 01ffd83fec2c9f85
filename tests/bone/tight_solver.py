"""What would a tight solver answer? The model's equations as rates, in plain Python, for scipy.

The formulas are those of `osteon.bone.equations`, with Python's own powers; what is tested against this is everything
else: polynomials, straight lines over a step, lanes, schedules, machine code.
"""

import math
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from osteon.bone import equations
from osteon.bone.parameters import Parameters
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import schedule

Floats = NDArray[np.float64]
CELLS, DRUGS = 8, 13


def _plain() -> dict[str, Any]:
    """The equations without numba: the same code, among plain functions."""
    space = dict(vars(equations))
    for name, value in vars(equations).items():
        if hasattr(value, "py_func"):
            space[name] = FunctionType(value.py_func.__code__, space, name)
    space["power"] = pow
    return space


Q = _plain()


def sites(p: Parameters) -> list[Any]:
    return [
        equations.Site(*(getattr(p, f"{name}{at}") for name in equations.Site._fields)) for at in ("LS", "TH", "FN")
    ]


def rates(days: float, y: Floats, p: Parameters, level: Any) -> Floats:
    """How fast does everything change, per day, `days` after baseline?"""
    y = y.tolist()
    cells = equations.Cells(*y[:CELLS])
    d = equations.Drugs(*y[CELLS : CELLS + DRUGS])
    e = Q["effects"](p, d)
    sought = Q["resorption_sought"](p, e.maturation, e.load, cells.A, cells.P)
    P, C, A, B, reserve, N, W, L = cells
    out = [
        p.kP * (1.0 + p.psi - (1.0 + p.psi * e.maturation) * P),
        p.kC * (sought - C),
        (e.signal - A) / p.tauR,
        p.kB * (C * reserve - B),
        p.kQ * (1.0 - e.use * reserve),
        p.kN * (e.modelling * reserve - N),
        p.kW * (1.0 - B - W),
        -L / (equations.DAYS_A_YEAR * p.tauL),
    ]
    U = Q["uptake"](p, C)
    half_lives = (p.Taln, p.Tris, p.Tibn, p.Tpam, p.Tzol, p.Tslow, p.Tslow, p.TslZ)
    settles = (U * level.aln, U * level.ris, U * level.ibn, 0.0, 0.0, U * level.oral, 0.0, 0.0)
    out += [-equations.LN2 / p.TD * d.D, -equations.LN2 / p.TR * d.R]
    out += [(level.T - d.T) / p.tauT, (level.A - d.A) / p.tauT, (level.X - d.X) / p.tauX]
    out += [equations.LN2 / half * (to - now) for half, to, now in zip(half_lives, settles, d[5:], strict=True)]
    to = equations.Answer(C, B, e.stimulus * B, e.stimulus * W, N, e.boost, L)
    years = days / equations.DAYS_A_YEAR
    for place, site in enumerate(sites(p)):
        V, m = y[CELLS + DRUGS + 2 * place : CELLS + DRUGS + 2 * place + 2]
        formed = Q["formed"](p, site, to, years)
        resorbed = Q["resorbed"](site, C, V**site.n, m / Q["untreated_mineral"](p, site))
        out += [(formed - resorbed) / equations.DAYS_A_YEAR]
        out += [Q["mineral_gained"](p, site, m, formed / V) / equations.DAYS_A_YEAR]
    return np.array(out)


def solved(parameters: Floats, regimen: str, months: Floats, tolerance: float = 1e-9) -> Floats:
    """What would scans and blood tests show one patient (len(NAMES),)? (months, 5), as `simulate` answers."""
    p = Parameters(*(float(each) for each in parameters))
    plan = schedule(parse_regimen(regimen), months, math.inf)
    y = start(p)
    out = np.empty((len(months), 5))
    for point, row in enumerate(plan.row):
        if row >= 0:
            out[row] = seen(p, y)
        for slot, mg in enumerate(plan.doses[point]):
            if mg > 0.0:
                drugs = equations.Drugs(*y[CELLS : CELLS + DRUGS])
                y[CELLS : CELLS + DRUGS] = Q["dosed"](p, drugs, y[1], slot, mg)
        if point + 1 < len(plan.day):
            span = plan.day[point : point + 2] - plan.day[0]
            level = Q["settling"](p, *plan.intake[point])
            exact = {"rtol": tolerance, "atol": 1e-3 * tolerance}
            y = solve_ivp(rates, span, y, "LSODA", args=(p, level), **exact).y[:, -1].copy()
    return out


def start(p: Parameters) -> Floats:
    """The untreated state: cells, drugs, then volume and mineral degree of each site."""
    bone = [each for site in sites(p) for each in (1.0, Q["untreated_mineral"](p, site))]
    return np.array([*Q["untreated"](), *Q["no_drugs"](), *bone])


def seen(p: Parameters, y: Floats) -> list[float]:
    """What would scans and blood tests show in this state? Five ratios."""
    bone = y[CELLS + DRUGS :].reshape(3, 2)
    density = [
        Q["density"](f, V, m / Q["untreated_mineral"](p, site))
        for f, site, (V, m) in zip((p.fLS, p.fTH, p.fFN), sites(p), bone, strict=True)
    ]
    return density + list(Q["markers"](p, equations.Cells(*y[:CELLS]), equations.Drugs(*y[CELLS : CELLS + DRUGS])))
