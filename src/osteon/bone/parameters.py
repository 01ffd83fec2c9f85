"""Which numbers does the bone model take, and what do they mean?

Every parameter means the same in every regimen: none belongs to one trial or to one pair of drugs. The first part is
the model of the specification; `NEUTRAL` holds what was added to it, with the value at which the addition does nothing.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """The numbers of one lane: rates per day unless said otherwise, site rates (k, s, gam) per year."""

    # Remodelling cells
    kP: float  # turnover of the osteoclast-precursor pool
    psi: float  # overfill of that pool under full blockade of maturation
    kC: float  # relaxation of osteoclast activity
    kB: float  # lag of remodelling osteoblasts behind resorption
    kQ: float  # recovery of the osteoblast-precursor reserve
    kN: float  # relaxation of modelling osteoblasts
    kW: float  # lining cells saved up while remodelling is suppressed, and used up while it is stimulated
    # Sites: lumbar spine, total hip, femoral neck
    kLS: float  # remodelling rate as DXA sees it, 1/yr
    kTH: float
    kFN: float
    nLS: float  # mechanostat: resorption rises with volume to this power
    nTH: float
    nFN: float
    muLS: float  # share of modelling in baseline formation
    muTH: float
    muFN: float
    sLS: float  # slope of untreated volume on calcium and vitamin D, 1/yr
    sTH: float
    sFN: float
    dLS: float  # boost of modelling under denosumab
    dTH: float
    dFN: float
    sgLS: float  # response of remodelling osteoblasts to a stimulus
    sgTH: float
    sgFN: float
    omLS: float  # how far the response draws on saved lining cells
    omTH: float
    omFN: float
    m1: float  # mineral degree of new bone
    gamLS: float  # secondary mineralisation, 1/yr
    gamTH: float
    gamFN: float
    etaLS: float  # extra resorption of under-mineralised bone
    etaTH: float
    etaFN: float
    lLS: float  # transient slope at the start (early menopause, glucocorticoid), 1/yr, fading with tauL years
    lTH: float
    lFN: float
    tauL: float
    # Injected antibodies
    bD: float  # denosumab: greatest inhibition of maturation
    ED: float  # exposure per mg
    TD: float  # half-life, d
    rR: float  # romosozumab: greatest inhibition of maturation
    ER: float
    TR: float
    gR: float  # modelling stimulus
    pR: float  # stimulus of remodelling osteoblasts
    thR: float  # use of the reserve
    # Injected PTH analogues
    aT: float  # teriparatide: RANKL signal
    cT: float
    pT: float
    thT: float
    KT: float  # dose, in units of 20 ug/d, at half of the greatest stimulus
    aA: float  # abaloparatide
    cA: float
    pA: float
    thA: float
    tauT: float  # onset and offset of the effect, d
    tauR: float  # lag of the RANKL signal, d
    # Raloxifene
    rX: float
    tauX: float
    # Calcium and vitamin D
    nuCa: float  # excess maturation without them
    cad: float  # 1 with, 0 without
    # Bisphosphonates; half-effect doses in mg, half-lives in d
    EmB: float
    hB: float
    ECaln: float
    Taln: float
    ECris: float
    Tris: float
    ECibo: float
    ECibn: float
    Tibn: float
    ECpam: float
    Tpam: float
    ECzol: float
    Tzol: float
    fs: float  # buried share, all but zoledronate
    fsZ: float
    Tslow: float
    TslZ: float
    kap: float  # PTH antagonism of the bisphosphonate effect
    esc: float  # escape from it: precursors saved up under blockade carry no bisphosphonate
    ups: float  # uptake against current turnover
    # What is seen
    fLS: float  # scaling of the change by baseline density and sex
    fTH: float
    fFN: float
    wr: float  # remodelling share of P1NP
    c0: float  # floor of CTX
    lamI: float  # intravenous bisphosphonate: whole skeleton against the sites


NAMES: tuple[str, ...] = Parameters._fields
ROW: dict[str, int] = {name: row for row, name in enumerate(NAMES)}

NEUTRAL: dict[str, float] = {
    "kW": 0.0014,
    "esc": 0.0,
    "omLS": 0.0,
    "omTH": 0.0,
    "omFN": 0.0,
    "etaLS": 0.0,
    "etaTH": 0.0,
    "etaFN": 0.0,
    "lLS": 0.0,
    "lTH": 0.0,
    "lFN": 0.0,
    "tauL": 4.0,
    "KT": 1.0,
    "cad": 1.0,
    "fLS": 1.0,
    "fTH": 1.0,
    "fFN": 1.0,
}
"""What was added to the specification, at the value at which it does nothing."""
