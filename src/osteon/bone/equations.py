"""How does bone change under drugs?

The equations of the model, written once, for one patient at one moment: plain functions of numbers. `stepping` carries
them through time and `loop` does so for many patients side by side. Written as rates, they are in
docs/explanation/the-bone-model.md; symbols are explained in `parameters`.
"""

from typing import NamedTuple

from numba import njit

from osteon.bone.lanes import INLINE, power
from osteon.bone.parameters import Parameters

LN2 = 0.6931471805599453
DAYS_A_YEAR = 365.25

LEAST_RESORBABLE = 0.2
"""Old, well-mineralised bone resists resorption, but never by more than four fifths (a bound, not fitted)."""


class Cells(NamedTuple):
    """Cells of one patient, relative to the untreated baseline."""

    P: float  # osteoclast precursors
    C: float  # osteoclast activity
    A: float  # RANKL signal of the PTH analogues
    B: float  # remodelling osteoblasts
    Q: float  # osteoblast-precursor reserve
    N: float  # modelling osteoblasts
    W: float  # lining cells saved up while remodelling is suppressed
    L: float  # what is left of the transient slope


class Bone(NamedTuple):
    """Bone of one site, relative to the untreated baseline."""

    V: float  # volume
    G: float  # volume to the power n, carried along because a power costs more than the rest of the site
    m: float  # mineral degree: mineral mass per volume


class Site(NamedTuple):
    """The parameters of one site: see `parameters`."""

    k: float
    n: float
    mu: float
    s: float
    d: float
    sg: float
    om: float
    gam: float
    eta: float
    l: float


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


class Level(NamedTuple):
    """Where does what is in the body settle while drugs are taken by the day, at full uptake?"""

    T: float
    A: float
    X: float
    aln: float
    ris: float
    ibn: float
    oral: float


class Effects(NamedTuple):
    """What do the drugs do at one moment?"""

    maturation: float  # of osteoclasts, 1 without drugs
    boost: float  # of modelling, by denosumab, 0 to 1
    use: float  # of the osteoblast-precursor reserve, 1 without drugs
    modelling: float  # drive of modelling osteoblasts, 1 without drugs
    stimulus: float  # of remodelling osteoblasts, 0 without drugs
    signal: float  # RANKL signal of the PTH analogues, 0 without drugs
    load: float  # bisphosphonates in bone, in half-effect doses


class Answer(NamedTuple):
    """What do the sites of bone answer to?"""

    C: float  # osteoclast activity
    B: float  # remodelling osteoblasts
    S: float  # their stimulus: stimulus * B
    SW: float  # and what it draws from the lining cells saved up: stimulus * W
    N: float  # modelling osteoblasts
    boost: float  # of modelling, by denosumab
    transient: float  # what is left of the transient slope


@njit(**INLINE)
def no_drugs() -> Drugs:
    """What is in the body before any drug?"""
    return Drugs(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@njit(**INLINE)
def untreated() -> Cells:
    """What are the cells before any drug?"""
    return Cells(P=1.0, C=1.0, A=0.0, B=1.0, Q=1.0, N=1.0, W=0.0, L=1.0)


@njit(**INLINE)
def untreated_mineral(p: Parameters, site: Site) -> float:
    """What is the mineral degree before any drug? In balance: new bone comes at `m1` and fills up at the rate gam."""
    return (p.m1 * site.k + site.gam) / (site.k + site.gam)


@njit(**INLINE)
def effects(p: Parameters, d: Drugs) -> Effects:
    """What do the drugs do at one moment? Antibodies saturate: X / (1 + X)."""
    both = 1.0 / ((1.0 + d.D) * (1.0 + d.R))
    eD = d.D * (1.0 + d.R) * both
    eR = d.R * (1.0 + d.D) * both
    return Effects(
        maturation=(1.0 - p.bD * eD) * (1.0 - p.rR * eR) * (1.0 - p.rX * d.X),
        boost=eD,
        use=1.0 + p.thR * eR + p.thT * d.T + p.thA * d.A,
        modelling=1.0 + p.gR * eR + p.cT * d.T + p.cA * d.A,
        stimulus=p.pR * eR + p.pT * d.T + p.pA * d.A,
        signal=p.aT * d.T + p.aA * d.A,
        load=d.aln + d.ris + d.ibn + d.pam + d.zol + d.oral + d.bpam + d.bzol,
    )


@njit(**INLINE)
def inhibition(p: Parameters, load: float, A: float, P: float) -> float:
    """Which share of resorption do the bisphosphonates hold back?"""
    hill = power(load + 1e-12, p.hB)
    return p.EmB * hill / ((1.0 + hill) * (1.0 + p.kap * A) * (1.0 + p.esc * max(P - 1.0, 0.0) ** 2))


@njit(**INLINE)
def resorption_sought(p: Parameters, maturation: float, load: float, A: float, P: float) -> float:
    """Towards which osteoclast activity do the precursors lead?"""
    held_back = inhibition(p, load, A, P)
    return maturation * (1.0 + A) * (1.0 + p.nuCa * (1.0 - p.cad)) * P * (1.0 - held_back)


@njit(**INLINE)
def formed(p: Parameters, site: Site, to: Answer, years: float) -> float:
    """How much bone is formed per year at a site, `years` after baseline? The set-point ages with the untreated loss."""
    slope = site.s + site.l * to.transient
    loss = site.s * years + site.l * p.tauL * (1.0 - to.transient)
    remodelled = site.k * (1.0 - site.mu + site.n * loss) + slope
    modelled = site.k * site.mu * to.N * (1.0 + site.d * to.boost)
    return remodelled * (to.B + site.sg * (to.S + site.om * to.SW)) + modelled


@njit(**INLINE)
def resorbed(site: Site, C: float, G: float, m_share: float) -> float:
    """How much bone is resorbed per year at a site? More of it where bone is large, and where it is young.

    `m_share` is the mineral degree over the untreated one.
    """
    return site.k * C * G * max(1.0 + site.eta * (1.0 - m_share), LEAST_RESORBABLE)


@njit(**INLINE)
def mineral_gained(p: Parameters, site: Site, m: float, formed_share: float) -> float:
    """How fast does the mineral degree change, per year? `formed_share` is formation over volume.

    Old bone fills up, new bone comes at `m1`, and resorption takes what is there. This is the specification's equation
    for mineral mass, M = V * m.
    """
    return site.gam * (1.0 - m) + (p.m1 - m) * formed_share


@njit(**INLINE)
def uptake(p: Parameters, C: float) -> float:
    """Which share of a bisphosphonate dose does bone take up at this turnover?"""
    return power(max(min(C, 1.0), 1e-9), p.ups)


@njit(**INLINE)
def settling(p: Parameters, T: float, A: float, X: float, aln: float, ris: float, ibo: float) -> Level:
    """Where does what is in the body settle under this daily intake, at full uptake?

    Injections and raloxifene in usual doses (20 ug, 80 ug, 60 mg), other tablets in mg a day.
    """
    of_aln = aln / (LN2 * p.ECaln)
    of_ris = ris / (LN2 * p.ECris)
    of_ibn = ibo / (LN2 * p.ECibo)
    return Level(
        T=T * (1.0 + p.KT) / (p.KT + T),
        A=A * (1.0 + p.KT) / (p.KT + A),
        X=X,
        aln=of_aln * (1.0 - p.fs) * p.Taln,
        ris=of_ris * (1.0 - p.fs) * p.Tris,
        ibn=of_ibn * (1.0 - p.fs) * p.Tibn,
        oral=(of_aln + of_ris + of_ibn) * p.fs * p.Tslow,
    )


@njit(**INLINE)
def nothing_taken() -> Level:
    """Where does what is in the body settle with nothing taken by the day?"""
    return Level(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@njit(**INLINE)
def dosed(p: Parameters, d: Drugs, C: float, slot: int, mg: float) -> Drugs:
    """What is in the body once a dose of `mg` is given? `slot` names the drug as in `DOSED` of `schedule`."""
    U = uptake(p, C) * mg
    aln = U / p.ECaln if slot == 2 else 0.0
    ris = U / p.ECris if slot == 3 else 0.0
    ibn = (U / p.ECibo if slot == 4 else 0.0) + (U / p.ECibn if slot == 5 else 0.0)
    pam = U / p.ECpam if slot == 6 else 0.0
    zol = U / p.ECzol if slot == 7 else 0.0
    fast = 1.0 - p.fs
    return Drugs(
        D=d.D + (p.ED * mg if slot == 0 else 0.0),
        R=d.R + (p.ER * mg if slot == 1 else 0.0),
        T=d.T,
        A=d.A,
        X=d.X,
        aln=d.aln + aln * fast,
        ris=d.ris + ris * fast,
        ibn=d.ibn + ibn * fast,
        pam=d.pam + pam * fast,
        zol=d.zol + zol * (1.0 - p.fsZ),
        oral=d.oral + (aln + ris + ibn) * p.fs,
        bpam=d.bpam + pam * p.fs,
        bzol=d.bzol + zol * p.fsZ,
    )


@njit(**INLINE)
def density(f: float, V: float, m_share: float) -> float:
    """What would a scan show, as a ratio to the untreated baseline? `f` scales the change."""
    return 1.0 + f * (V * m_share - 1.0)


@njit(**INLINE)
def markers(p: Parameters, y: Cells, d: Drugs) -> tuple[float, float]:
    """What would a blood test show, as ratios to the untreated baseline? CTX and P1NP."""
    e = effects(p, d)
    held_back = inhibition(p, e.load, y.A, y.P)
    share = (d.pam + d.zol + d.bpam + d.bzol) / (e.load + 1e-12)
    reach = 1.0 + (p.lamI - 1.0) * share
    whole = (1.0 - reach * held_back) / (1.0 - held_back)
    return (
        p.c0 + (1.0 - p.c0) * y.C * whole,
        p.wr * y.B * whole * (1.0 + e.stimulus) + (1.0 - p.wr) * y.N,
    )
