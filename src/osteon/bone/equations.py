"""How does bone change under drugs?

The equations of the model, written once, for one patient: plain functions of numbers. `kernel` runs them for many
patients side by side. Between two points of time every cell and pool relaxes exactly towards its target; the targets
are those of the middle of the step (second order). Symbols are explained in `parameters` and in
docs/explanation/the-bone-model.md.
"""

from typing import NamedTuple

from numba import njit

from osteon.bone.lanes import INLINE, decay, power
from osteon.bone.parameters import Parameters

LN2 = 0.6931471805599453
DAYS_A_YEAR = 365.25


class Cells(NamedTuple):
    """Cells and bone of one patient, relative to the untreated baseline."""

    P: float  # osteoclast precursors
    C: float  # osteoclast activity
    A: float  # RANKL signal of the PTH analogues
    B: float  # remodelling osteoblasts
    Q: float  # osteoblast-precursor reserve
    N: float  # modelling osteoblasts
    W: float  # lining cells saved up while remodelling is suppressed
    L: float  # what is left of the transient slope
    V0: float  # bone volume at lumbar spine, total hip, femoral neck
    V1: float
    V2: float
    M0: float  # mineral mass there
    M1: float
    M2: float


class Drugs(NamedTuple):
    """What is in the body: antibodies by exposure, the daily drugs by stimulus, bisphosphonates in half-effect doses."""

    D: float  # denosumab
    R: float  # romosozumab
    T: float  # teriparatide
    A: float  # abaloparatide
    X: float  # raloxifene
    aln: float
    ris: float
    ibn: float
    pam: float
    zol: float
    oral: float  # buried: alendronate, risedronate, ibandronate
    bpam: float  # buried pamidronate
    bzol: float  # buried zoledronate


class Fades(NamedTuple):
    """Which share of each is left after a step?"""

    C: float
    A: float
    B: float
    N: float
    L: float
    D: float
    R: float
    T: float
    X: float
    aln: float
    ris: float
    ibn: float
    pam: float
    zol: float
    slow: float
    slowz: float


class Intake(NamedTuple):
    """What is taken by the day? Injections and raloxifene in usual doses (20 ug, 80 ug, 60 mg), other tablets in mg."""

    T: float
    A: float
    X: float
    aln: float
    ris: float
    ibo: float


@njit(**INLINE)
def fades(p: Parameters, h: float) -> Fades:
    """Which share of each is left after `h` days?"""
    return Fades(
        power(2.718281828459045, -p.kC * h),
        power(2.718281828459045, -h / p.tauR),
        power(2.718281828459045, -p.kB * h),
        power(2.718281828459045, -p.kN * h),
        power(2.718281828459045, -h / (DAYS_A_YEAR * p.tauL)),
        power(0.5, h / p.TD),
        power(0.5, h / p.TR),
        power(2.718281828459045, -h / p.tauT),
        power(2.718281828459045, -h / p.tauX),
        power(0.5, h / p.Taln),
        power(0.5, h / p.Tris),
        power(0.5, h / p.Tibn),
        power(0.5, h / p.Tpam),
        power(0.5, h / p.Tzol),
        power(0.5, h / p.Tslow),
        power(0.5, h / p.TslZ),
    )


@njit(**INLINE)
def baseline(p: Parameters) -> Cells:
    """What is the untreated state?"""
    return Cells(
        1.0,
        1.0,
        0.0,
        1.0,
        1.0,
        1.0,
        0.0,
        1.0,
        1.0,
        1.0,
        1.0,
        (p.m1 * p.kLS + p.gamLS) / (p.kLS + p.gamLS),
        (p.m1 * p.kTH + p.gamTH) / (p.kTH + p.gamTH),
        (p.m1 * p.kFN + p.gamFN) / (p.kFN + p.gamFN),
    )


@njit(**INLINE)
def mean_effect(first: float, middle: float, last: float) -> float:
    """What is the mean of X / (1 + X) over a step? Simpson's rule."""
    return (first / (1.0 + first) + 4.0 * middle / (1.0 + middle) + last / (1.0 + last)) / 6.0


@njit(**INLINE)
def uptake(p: Parameters, C: float) -> float:
    """Which share of a bisphosphonate dose does bone take up at this turnover?"""
    return power(max(min(C, 1.0), 1e-9), p.ups)


@njit(**INLINE)
def drugs_after(p: Parameters, d: Drugs, take: Intake, U: float, f: Fades) -> Drugs:
    """What is in the body after a step of which `f` is left? Exact for a constant intake."""
    fast = U * (1.0 - p.fs) / LN2
    slow = U * p.fs * p.Tslow / LN2
    aln = take.aln / p.ECaln
    ris = take.ris / p.ECris
    ibn = take.ibo / p.ECibo
    T = take.T * (1.0 + p.KT) / (p.KT + take.T)
    A = take.A * (1.0 + p.KT) / (p.KT + take.A)
    return Drugs(
        d.D * f.D,
        d.R * f.R,
        T + (d.T - T) * f.T,
        A + (d.A - A) * f.T,
        take.X + (d.X - take.X) * f.X,
        d.aln * f.aln + fast * aln * p.Taln * (1.0 - f.aln),
        d.ris * f.ris + fast * ris * p.Tris * (1.0 - f.ris),
        d.ibn * f.ibn + fast * ibn * p.Tibn * (1.0 - f.ibn),
        d.pam * f.pam,
        d.zol * f.zol,
        d.oral * f.slow + slow * (aln + ris + ibn) * (1.0 - f.slow),
        d.bpam * f.slow,
        d.bzol * f.slowz,
    )


@njit(**INLINE)
def inhibition(p: Parameters, d: Drugs, A: float, P: float) -> float:
    """Which share of resorption do the bisphosphonates hold back?"""
    X = d.aln + d.ris + d.ibn + d.pam + d.zol + d.oral + d.bpam + d.bzol
    hill = power(X + 1e-12, p.hB)
    return p.EmB * hill / ((1.0 + hill) * (1.0 + p.kap * A) * (1.0 + p.esc * max(P - 1.0, 0.0) ** 2))


@njit(**INLINE)
def site(
    V: float, M: float, C: float, B: float, W: float, N: float, stimulus: float, boost: float, transient: float, years: float,
    k: float, n: float, mu: float, s: float, d: float, sg: float, om: float, m1: float, gam: float, eta: float, l: float, tau: float,
) -> tuple[float, float]:  # fmt: skip
    """How fast do volume and mineral of one site change, per year?"""
    slope = s + l * transient
    loss = s * years + l * tau * (1.0 - transient)
    phi = 1.0 - mu + slope / k + n * loss
    formed = k * (phi * (B + sg * stimulus * (B + om * W)) + mu * N * (1.0 + d * boost))
    young = 1.0 - M * (k + gam) / (V * (m1 * k + gam))
    resorbed = k * C * power(V, n) * (1.0 + eta * young)
    return formed - resorbed, m1 * formed + gam * (V - M) - M / V * resorbed


@njit(**INLINE)
def stepped(
    p: Parameters, y: Cells, z: Cells, d: Drugs, eD: float, eR: float, f: Fades, h: float, years: float
) -> Cells:
    """Where does a step of `h` days lead from `y`, if cells `z` and drugs `d` at `years` set the targets?

    `eD` and `eR` are the mean effects of denosumab and romosozumab over the step.

    Volume and mineral answer to the mean of the cells over the step: Simpson's rule on start, middle and end.
    """
    mP = (1.0 - p.bD * eD) * (1.0 - p.rR * eR) * (1.0 - p.rX * d.X)
    E = inhibition(p, d, z.A, z.P)
    drive = mP * (1.0 + z.A) * (1.0 + p.nuCa * (1.0 - p.cad))
    rateP = 1.0 + p.psi * mP
    targetP = (1.0 + p.psi) / rateP
    used = 1.0 + p.thR * eR + p.thT * d.T + p.thA * d.A
    targetQ = 1.0 / used
    targetC = drive * z.P * (1.0 - E)
    targetA = p.aT * d.T + p.aA * d.A
    targetB = z.C * z.Q
    targetW = 1.0 - z.B
    targetN = (1.0 + p.gR * eR + p.cT * d.T + p.cA * d.A) * z.Q
    C = targetC + (y.C - targetC) * f.C
    B = targetB + (y.B - targetB) * f.B
    N = targetN + (y.N - targetN) * f.N
    meanC = (y.C + 4.0 * z.C + C) / 6.0
    meanB = (y.B + 4.0 * z.B + B) / 6.0
    meanN = (y.N + 4.0 * z.N + N) / 6.0
    stimulus = p.pR * eR + p.pT * d.T + p.pA * d.A
    dV0, dM0 = site(z.V0, z.M0, meanC, meanB, z.W, meanN, stimulus, eD, z.L, years,
                    p.kLS, p.nLS, p.muLS, p.sLS, p.dLS, p.sgLS, p.omLS, p.m1, p.gamLS, p.etaLS, p.lLS, p.tauL)  # fmt: skip
    dV1, dM1 = site(z.V1, z.M1, meanC, meanB, z.W, meanN, stimulus, eD, z.L, years,
                    p.kTH, p.nTH, p.muTH, p.sTH, p.dTH, p.sgTH, p.omTH, p.m1, p.gamTH, p.etaTH, p.lTH, p.tauL)  # fmt: skip
    dV2, dM2 = site(z.V2, z.M2, meanC, meanB, z.W, meanN, stimulus, eD, z.L, years,
                    p.kFN, p.nFN, p.muFN, p.sFN, p.dFN, p.sgFN, p.omFN, p.m1, p.gamFN, p.etaFN, p.lFN, p.tauL)  # fmt: skip
    year = h / DAYS_A_YEAR
    return Cells(
        targetP + (y.P - targetP) * decay(p.kP * rateP * h),
        C,
        targetA + (y.A - targetA) * f.A,
        B,
        targetQ + (y.Q - targetQ) * decay(p.kQ * used * h),
        N,
        targetW + (y.W - targetW) * decay(p.kW * h),
        y.L * f.L,
        max(y.V0 + year * dV0, 0.01),
        max(y.V1 + year * dV1, 0.01),
        max(y.V2 + year * dV2, 0.01),
        max(y.M0 + year * dM0, 0.001),
        max(y.M1 + year * dM1, 0.001),
        max(y.M2 + year * dM2, 0.001),
    )


@njit(**INLINE)
def dosed(p: Parameters, d: Drugs, C: float, slot: int, mg: float) -> Drugs:
    """What is in the body once a dose of `mg` is given? `slot` names the drug as in `SLOTS` of `schedule`."""
    U = uptake(p, C) * mg
    aln = U / p.ECaln if slot == 2 else 0.0
    ris = U / p.ECris if slot == 3 else 0.0
    ibn = (U / p.ECibo if slot == 4 else 0.0) + (U / p.ECibn if slot == 5 else 0.0)
    pam = U / p.ECpam if slot == 6 else 0.0
    zol = U / p.ECzol if slot == 7 else 0.0
    fast = 1.0 - p.fs
    return Drugs(
        d.D + (p.ED * mg if slot == 0 else 0.0),
        d.R + (p.ER * mg if slot == 1 else 0.0),
        d.T,
        d.A,
        d.X,
        d.aln + aln * fast,
        d.ris + ris * fast,
        d.ibn + ibn * fast,
        d.pam + pam * fast,
        d.zol + zol * (1.0 - p.fsZ),
        d.oral + (aln + ris + ibn) * p.fs,
        d.bpam + pam * p.fs,
        d.bzol + zol * p.fsZ,
    )


@njit(**INLINE)
def seen(p: Parameters, y: Cells, d: Drugs) -> tuple[float, float, float, float, float]:
    """What would scan and blood test show, as ratios to the untreated baseline? Spine, hip, neck, CTX, P1NP."""
    E = inhibition(p, d, y.A, y.P)
    intravenous = d.pam + d.zol + d.bpam + d.bzol
    share = intravenous / (intravenous + d.aln + d.ris + d.ibn + d.oral + 1e-12)
    reach = 1.0 + (p.lamI - 1.0) * share
    whole = (1.0 - reach * E) / (1.0 - E)
    stimulus = p.pR * d.R / (1.0 + d.R) + p.pT * d.T + p.pA * d.A
    return (
        1.0 + p.fLS * (y.M0 * (p.kLS + p.gamLS) / (p.m1 * p.kLS + p.gamLS) - 1.0),
        1.0 + p.fTH * (y.M1 * (p.kTH + p.gamTH) / (p.m1 * p.kTH + p.gamTH) - 1.0),
        1.0 + p.fFN * (y.M2 * (p.kFN + p.gamFN) / (p.m1 * p.kFN + p.gamFN) - 1.0),
        p.c0 + (1.0 - p.c0) * y.C * whole,
        p.wr * y.B * whole * (1.0 + stimulus) + (1.0 - p.wr) * y.N,
    )
