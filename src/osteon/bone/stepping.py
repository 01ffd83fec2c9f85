# mypy: disallow-untyped-decorators=False, disallow-untyped-calls=False
# ruff: noqa: N806
"""How does one step lead from one point of time to the next?

The model is a cascade: drugs act on precursors, precursors on osteoclasts, these on osteoblasts, and bone answers to
all of them. So a step needs no iteration. What drives a quantity is taken as a straight line over the step, through its
values at a third of the step and at its end (Radau's nodes: three quarters of the one and a quarter of the other are
the mean, exact for parabolas). Under a straight line each cell relaxes exactly, and passes its own end and mean on down
the cascade. Third order; docs/explanation/numerics.md says how large the error is.

Everywhere, `1` marks the value at a third of the step (of cells: on the straight line with the right end and mean), `2`
the value at its end.
"""

from typing import NamedTuple

from numba import njit

from osteon.bone.equations import (
    DAYS_A_YEAR,
    LN2,
    Answer,
    Bone,
    Cells,
    Drugs,
    Level,
    Site,
    effects,
    formed,
    mineral_gained,
    resorbed,
    resorption_sought,
)
from osteon.bone.lanes import INLINE, exponential
from osteon.bone.parameters import Parameters


class Fades(NamedTuple):
    """Which share of each drug is left after some time?"""

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


class Relaxing(NamedTuple):
    """How does a cell with a constant rate follow a straight line of targets over a step?

    Its end is target2 + left * (start - target2) + tilt * (target1 - target2); `left1` and `tilt1` give in the same way
    the value at a third of the line with the right mean.
    """

    left1: float
    tilt1: float
    left2: float
    tilt2: float


class Weights(NamedTuple):
    """How does each cell with a constant rate follow its target over a step?"""

    C: Relaxing
    A: Relaxing
    B: Relaxing
    N: Relaxing
    W: Relaxing
    L1: float  # share of the transient slope left at half of the step
    L2: float


class Slow(NamedTuple):
    """What do drugs lead to that does not hang on osteoclasts? Effects, precursors, reserve, signal."""

    maturation1: float
    maturation2: float
    boost: float
    modelling1: float
    modelling2: float
    stimulus1: float
    stimulus2: float
    load1: float
    load2: float
    P1: float
    P2: float
    Q1: float
    Q2: float
    A1: float
    A2: float


@njit(**INLINE)
def fades(p: Parameters, h: float) -> Fades:
    """Which share of each drug is left after `h` days?"""
    half = -LN2 * h
    return Fades(
        D=exponential(half / p.TD),
        R=exponential(half / p.TR),
        T=exponential(-h / p.tauT),
        X=exponential(-h / p.tauX),
        aln=exponential(half / p.Taln),
        ris=exponential(half / p.Tris),
        ibn=exponential(half / p.Tibn),
        pam=exponential(half / p.Tpam),
        zol=exponential(half / p.Tzol),
        slow=exponential(half / p.Tslow),
        slowz=exponential(half / p.TslZ),
    )


@njit(**INLINE)
def relaxing(z: float) -> Relaxing:
    """How does a cell follow its target over a step of `z` = rate * time?"""
    short = z < 0.02  # where the differences below would lose their digits
    z_ = max(z, 0.02)
    left = exponential(-z)
    mean = 1.0 - z * (0.5 - z * (1.0 / 6.0 - z / 24.0)) if short else (1.0 - left) / z_
    rest = 0.5 - z * (1.0 / 6.0 - z * (1.0 / 24.0 - z / 120.0)) if short else (1.0 - mean) / z_
    tilt = 1.5 * (mean - left)
    mean_tilt = 0.75 + 1.5 * rest - 1.5 * mean
    return Relaxing(left1=(4.0 * mean - left) / 3.0, tilt1=(4.0 * mean_tilt - tilt) / 3.0, left2=left, tilt2=tilt)


@njit(**INLINE)
def weights(p: Parameters, h: float) -> Weights:
    """How does each cell with a constant rate follow its target over `h` days?"""
    fading = h / (DAYS_A_YEAR * p.tauL)
    return Weights(
        C=relaxing(p.kC * h),
        A=relaxing(h / p.tauR),
        B=relaxing(p.kB * h),
        N=relaxing(p.kN * h),
        W=relaxing(p.kW * h),
        L1=exponential(-0.5 * fading),
        L2=exponential(-fading),
    )


@njit(**INLINE)
def drugs_after(d: Drugs, f: Fades, level: Level, on: float, tablets: float) -> Drugs:
    """What is in the body once `f` of it is left? Exact for a constant intake.

    `on` is the share of the step in which drugs are taken by the day, `tablets` that times the uptake of bone.
    """
    T = on * level.T
    A = on * level.A
    X = on * level.X
    aln = tablets * level.aln
    ris = tablets * level.ris
    ibn = tablets * level.ibn
    oral = tablets * level.oral
    return Drugs(
        D=d.D * f.D,
        R=d.R * f.R,
        T=T + (d.T - T) * f.T,
        A=A + (d.A - A) * f.T,
        X=X + (d.X - X) * f.X,
        aln=aln + (d.aln - aln) * f.aln,
        ris=ris + (d.ris - ris) * f.ris,
        ibn=ibn + (d.ibn - ibn) * f.ibn,
        pam=d.pam * f.pam,
        zol=d.zol * f.zol,
        oral=oral + (d.oral - oral) * f.slow,
        bpam=d.bpam * f.slow,
        bzol=d.bzol * f.slowz,
    )


@njit(**INLINE)
def mended(d: Drugs, f: Fades, level: Level, more: float) -> Drugs:
    """What is in the body after the step, if bone took up `more` of the tablets than was thought?"""
    return Drugs(
        D=d.D,
        R=d.R,
        T=d.T,
        A=d.A,
        X=d.X,
        aln=d.aln + more * level.aln * (1.0 - f.aln),
        ris=d.ris + more * level.ris * (1.0 - f.ris),
        ibn=d.ibn + more * level.ibn * (1.0 - f.ibn),
        pam=d.pam,
        zol=d.zol,
        oral=d.oral + more * level.oral * (1.0 - f.slow),
        bpam=d.bpam,
        bzol=d.bzol,
    )


@njit(**INLINE)
def relaxed(y: float, target1: float, target2: float, w: Relaxing) -> tuple[float, float]:
    """Where does a cell with a constant rate get to from `y`? Exact for targets on a straight line."""
    off = y - target2
    tilt = target1 - target2
    return target2 + w.left1 * off + w.tilt1 * tilt, target2 + w.left2 * off + w.tilt2 * tilt


@njit(**INLINE)
def drained(y: float, supply: float, rate1: float, rate2: float, z: float) -> tuple[float, float]:
    """Where does a pool get to that is filled by `supply` and drained by a rate that drugs change?

    y' = supply - rate * y over `z`, with the mean rate of the straight line up to each node. What entered late was
    drained at the later rate: `bend` is the first term of that. (1 - e^-x) / x is taken as 1 / (1 + x/2 + x^2/12),
    which is within x^4/720 and never leaves 0 to 1.
    """
    mean1 = 1.25 * rate1 - 0.25 * rate2
    mean2 = 0.75 * rate1 + 0.25 * rate2
    bend = 0.125 * supply * (rate1 - rate2)
    third = z / 3.0
    x1 = third * mean1
    x2 = z * mean2
    return (
        y + third * (supply + third / 3.0 * bend - mean1 * y) / (1.0 + x1 * (0.5 + x1 / 12.0)),
        y + z * (supply + z * bend - mean2 * y) / (1.0 + x2 * (0.5 + x2 / 12.0)),
    )


@njit(**INLINE)
def slow_part(p: Parameters, y: Cells, d1: Drugs, d2: Drugs, w: Weights, h: float) -> Slow:
    """What do these drugs lead to, before osteoclasts?"""
    e1 = effects(p, d1)
    e2 = effects(p, d2)
    P1, P2 = drained(y.P, 1.0 + p.psi, 1.0 + p.psi * e1.maturation, 1.0 + p.psi * e2.maturation, p.kP * h)
    Q1, Q2 = drained(y.Q, 1.0, e1.use, e2.use, p.kQ * h)
    A1, A2 = relaxed(y.A, e1.signal, e2.signal, w.A)
    return Slow(
        maturation1=e1.maturation,
        maturation2=e2.maturation,
        boost=mean(e1.boost, e2.boost),
        modelling1=e1.modelling,
        modelling2=e2.modelling,
        stimulus1=e1.stimulus,
        stimulus2=e2.stimulus,
        load1=e1.load,
        load2=e2.load,
        P1=P1,
        P2=P2,
        Q1=Q1,
        Q2=Q2,
        A1=A1,
        A2=A2,
    )


@njit(**INLINE)
def cells_after(p: Parameters, y: Cells, x: Slow, w: Weights) -> tuple[Cells, Answer]:
    """Where do the cells get to, and what does bone answer to on the way (means over the step)?"""
    sought1 = resorption_sought(p, x.maturation1, x.load1, x.A1, x.P1)
    sought2 = resorption_sought(p, x.maturation2, x.load2, x.A2, x.P2)
    C1, C2 = relaxed(y.C, sought1, sought2, w.C)
    B1, B2 = relaxed(y.B, C1 * x.Q1, C2 * x.Q2, w.B)
    N1, N2 = relaxed(y.N, x.modelling1 * x.Q1, x.modelling2 * x.Q2, w.N)
    W1, W2 = relaxed(y.W, 1.0 - B1, 1.0 - B2, w.W)
    answer = Answer(
        C=mean(C1, C2),
        B=mean(B1, B2),
        S=mean(x.stimulus1 * B1, x.stimulus2 * B2),
        SW=mean(x.stimulus1 * W1, x.stimulus2 * W2),
        N=mean(N1, N2),
        boost=x.boost,
        transient=y.L * w.L1,
    )
    return Cells(P=x.P2, C=C2, A=x.A2, B=B2, Q=x.Q2, N=N2, W=W2, L=y.L * w.L2), answer


@njit(**INLINE)
def mean(at_third: float, at_end: float) -> float:
    """What is the mean over the step? Radau's rule."""
    return 0.75 * at_third + 0.25 * at_end


@njit(**INLINE)
def grown(x: float, n: float) -> float:
    """What is (1 + x) to the n, for a small x? Four terms: within 1e-8 for x below 0.01."""
    return 1.0 + n * x * (1.0 + 0.5 * (n - 1.0) * x * (1.0 + (n - 2.0) * x / 3.0))


@njit(**INLINE)
def bone_after(p: Parameters, site: Site, bone: Bone, per_m: float, to: Answer, h: float, years: float) -> Bone:
    """Where do volume and mineral of a site get to in `h` days around `years`? Midpoint rule: bone is slow.

    `per_m` is one over the untreated mineral degree. Volume never falls by more than half in a step.
    """
    step = h / DAYS_A_YEAR
    F = formed(p, site, to, years)
    share = 1.0 / bone.V
    x = 0.5 * step * share * (F - resorbed(site, to.C, bone.G, bone.m * per_m))
    m = bone.m + 0.5 * step * mineral_gained(p, site, bone.m, F * share)
    loss = resorbed(site, to.C, bone.G * grown(x, site.n), m * per_m)
    gain = mineral_gained(p, site, m, F * share * (1.0 - x + x * x))
    x = max(step * share * (F - loss), -0.5)
    return Bone(V=bone.V + bone.V * x, G=bone.G * grown(x, site.n), m=bone.m + step * gain)
