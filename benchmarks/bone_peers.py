"""The bone model in the hands of other solvers: libRoadRunner, numbalsoda and scipy.

Each answers a function of parameters (patients, len(NAMES)) that gives what `simulate` gives, (patients, months, 5).
They run on one core, from dose to dose. Raises ImportError where the solver is not installed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from tests.bone.tight_solver import CELLS, DRUGS, Q, seen, solved, start

from osteon.bone import equations as eq
from osteon.bone.parameters import NAMES, ROW, Parameters
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import schedule

Floats = NDArray[np.float64]
Follow = Callable[[Floats], Floats]
SITES = 3

_CELL_RATES = """
  eD := D / (1 + D); eR := R / (1 + R)
  X := aln + ris + ibn + pam + zol + oral + bpam + bzol
  hill := (X + 1e-12)^hB
  spared := piecewise(P - 1, P > 1, 0)
  E := EmB * hill / ((1 + hill) * (1 + kap * A) * (1 + esc * spared^2))
  mP := (1 - bD * eD) * (1 - rR * eR) * (1 - rX * Xr)
  stimulus := pR * eR + pT * T + pA * Ab
  U := piecewise(C, C < 1, 1)^ups
  P' = kP * (1 + psi - (1 + psi * mP) * P)
  C' = kC * (mP * (1 + A) * (1 + nuCa * (1 - cad)) * P * (1 - E) - C)
  A' = (aT * T + aA * Ab - A) / tauR
  B' = kB * (C * Q - B)
  Q' = kQ * (1 - (1 + thR * eR + thT * T + thA * Ab) * Q)
  N' = kN * ((1 + gR * eR + cT * T + cA * Ab) * Q - N)
  W' = kW * (1 - B - W)
  L' = -L / (365.25 * tauL)
  D' = -ln2 / TD * D; R' = -ln2 / TR * R
  T' = (u_T - T) / tauT; Ab' = (u_A - Ab) / tauT; Xr' = (u_X - Xr) / tauX
  aln' = ln2 / Taln * (U * u_aln - aln)
  ris' = ln2 / Tris * (U * u_ris - ris)
  ibn' = ln2 / Tibn * (U * u_ibn - ibn)
  pam' = -ln2 / Tpam * pam; zol' = -ln2 / Tzol * zol
  oral' = ln2 / Tslow * (U * u_oral - oral)
  bpam' = -ln2 / Tslow * bpam; bzol' = -ln2 / TslZ * bzol
"""
_SITE_RATES = """
  loss{s} := s{s} * time / 365.25 + l{s} * tauL * (1 - L)
  formed{s} := (k{s} * (1 - mu{s} + n{s} * loss{s}) + s{s} + l{s} * L) * (B + sg{s} * stimulus * (B + om{s} * W)) + k{s} * mu{s} * N * (1 + d{s} * eD)
  young{s} := 1 - m{s} * (k{s} + gam{s}) / (m1 * k{s} + gam{s})
  V{s}' = (formed{s} - k{s} * C * V{s}^n{s} * (1 + eta{s} * young{s})) / 365.25
  m{s}' = (gam{s} * (1 - m{s}) + (m1 - m{s}) * formed{s} / V{s}) / 365.25
"""  # noqa: E501 - one equation a line
_STATES = (
    *("P", "C", "A", "B", "Q", "N", "W", "L"),
    *("D", "R", "T", "Ab", "Xr", "aln", "ris", "ibn", "pam", "zol", "oral", "bpam", "bzol"),
    *("VLS", "mLS", "VTH", "mTH", "VFN", "mFN"),
)


def roadrunner(regimen: str, months: Floats, tolerance: float) -> Follow:
    """libRoadRunner with its own solver, CVODE (Adams: the model is not stiff): rate rules in Antimony."""
    import antimony
    import roadrunner as rr

    sites = (_SITE_RATES.format(s=s) for s in ("LS", "TH", "FN"))
    given = (f"  {name} = 1" for name in (*NAMES, *_STATES, *(f"u_{drug}" for drug in eq.Level._fields)))
    text = "\n".join(("model bone", _CELL_RATES, *sites, "  ln2 = 0.6931471805599453", *given, "end\n"))
    if antimony.loadAntimonyString(text) < 0:
        raise ValueError(antimony.getLastError())
    model = rr.RoadRunner(antimony.getSBMLString("bone"))
    model.integrator.setValue("stiff", False)
    model.integrator.setValue("relative_tolerance", tolerance)
    model.integrator.setValue("absolute_tolerance", 1e-3 * tolerance)
    model.timeCourseSelections = list(_STATES)

    place = {name: row for row, name in enumerate(model.model.getGlobalParameterIds())}
    of_patient = [place[name] for name in NAMES]
    of_step = [place[name] for name in (*(f"u_{drug}" for drug in eq.Level._fields), *_STATES)]

    def prepare(patient: Floats) -> None:
        model.model.setGlobalParameterValues(of_patient, patient)

    def advance(y: Floats, span: Floats, level: eq.Level) -> Floats:
        model.model.setGlobalParameterValues(of_step, np.concatenate((level, y)))
        return np.asarray(model.simulate(float(span[0]), float(span[1]), 2))[-1]

    return _followed(regimen, months, prepare, advance)


def numbalsoda(regimen: str, months: Floats, tolerance: float) -> Follow:
    """numbalsoda: LSODA in C++, with rates compiled by numba from the same equations."""
    import numba
    from numbalsoda import lsoda, lsoda_sig

    taken = ", ".join(f"q[{row}]" for row in range(len(NAMES)))
    at = [", ".join(f"q[{ROW[name + 'LS'] + place}]" for name in eq.Site._fields) for place in range(SITES)]
    cells, drugs = (", ".join(f"u[{row}]" for row in rows) for rows in (range(CELLS), range(CELLS, CELLS + DRUGS)))
    space = dict(vars(eq))
    text = _RATES.format(taken=taken, ls=at[0], th=at[1], fn=at[2], cells=cells, drugs=drugs, first=len(NAMES))
    exec(text, space)  # noqa: S102 - text from below, no input from outside
    rates = numba.cfunc(lsoda_sig)(space["rates"])
    given = np.empty(len(NAMES) + len(eq.Level._fields))

    def prepare(patient: Floats) -> None:
        given[: len(NAMES)] = patient

    def advance(y: Floats, span: Floats, level: eq.Level) -> Floats:
        given[len(NAMES) :] = level
        answer, _ = lsoda(rates.address, y, span, given, rtol=tolerance, atol=1e-3 * tolerance)
        return answer[-1].copy()

    return _followed(regimen, months, prepare, advance)


def scipy(regimen: str, months: Floats, tolerance: float) -> Follow:
    """scipy's LSODA, with rates in plain Python."""
    return lambda patients: np.array([solved(patient, regimen, months, tolerance) for patient in patients])


def _followed(
    regimen: str,
    months: Floats,
    prepare: Callable[[Floats], None],
    advance: Callable[[Floats, Floats, eq.Level], Floats],
) -> Follow:
    """From dose to dose with a solver that goes from one day to another."""
    plan = schedule(parse_regimen(regimen), months, math.inf)

    def follow(patients: Floats) -> Floats:
        out = np.empty((len(patients), len(months), 5))
        for patient, shown in zip(patients, out, strict=True):
            prepare(patient)
            p = Parameters(*patient.tolist())
            y = start(p)
            for point, row in enumerate(plan.row):
                if row >= 0:
                    shown[row] = seen(p, y)
                for slot, mg in enumerate(plan.doses[point]):
                    if mg > 0.0:
                        body = eq.Drugs(*y[CELLS : CELLS + DRUGS])
                        y[CELLS : CELLS + DRUGS] = Q["dosed"](p, body, y[1], slot, mg)
                if point + 1 < len(plan.day):
                    span = plan.day[point : point + 2] - plan.day[0]
                    y = advance(y, span, Q["settling"](p, *plan.intake[point]))
        return out

    return follow


_RATES = """
def rates(t, u, du, q):
    p = Parameters({taken})
    y = Cells({cells})
    d = Drugs({drugs})
    e = effects(p, d)
    du[0] = p.kP * (1.0 + p.psi - (1.0 + p.psi * e.maturation) * y.P)
    du[1] = p.kC * (resorption_sought(p, e.maturation, e.load, y.A, y.P) - y.C)
    du[2] = (e.signal - y.A) / p.tauR
    du[3] = p.kB * (y.C * y.Q - y.B)
    du[4] = p.kQ * (1.0 - e.use * y.Q)
    du[5] = p.kN * (e.modelling * y.Q - y.N)
    du[6] = p.kW * (1.0 - y.B - y.W)
    du[7] = -y.L / (DAYS_A_YEAR * p.tauL)
    f = {first}
    U = uptake(p, y.C)
    du[8] = -LN2 / p.TD * d.D
    du[9] = -LN2 / p.TR * d.R
    du[10] = (q[f] - d.T) / p.tauT
    du[11] = (q[f + 1] - d.A) / p.tauT
    du[12] = (q[f + 2] - d.X) / p.tauX
    du[13] = LN2 / p.Taln * (U * q[f + 3] - d.aln)
    du[14] = LN2 / p.Tris * (U * q[f + 4] - d.ris)
    du[15] = LN2 / p.Tibn * (U * q[f + 5] - d.ibn)
    du[16] = -LN2 / p.Tpam * d.pam
    du[17] = -LN2 / p.Tzol * d.zol
    du[18] = LN2 / p.Tslow * (U * q[f + 6] - d.oral)
    du[19] = -LN2 / p.Tslow * d.bpam
    du[20] = -LN2 / p.TslZ * d.bzol
    to = Answer(y.C, y.B, e.stimulus * y.B, e.stimulus * y.W, y.N, e.boost, y.L)
    i = 21
    for s in (Site({ls}), Site({th}), Site({fn})):
        V, m = u[i], u[i + 1]
        F = formed(p, s, to, t / DAYS_A_YEAR)
        R = resorbed(s, y.C, power(V, s.n), m / untreated_mineral(p, s))
        du[i] = (F - R) / DAYS_A_YEAR
        du[i + 1] = mineral_gained(p, s, m, F / V) / DAYS_A_YEAR
        i += 2
"""
