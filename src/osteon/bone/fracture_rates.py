"""How often do women on calcium and vitamin D alone break a bone?

The placebo arms of trials, brought to one reference woman, and what raises or lowers her risk: density, age, earlier
fractures, sex. Figures and sources: data/fracture_baseline.json. `vertebral` is a new fracture on a radiograph, as
trials count it; about 28 of 100 of them are felt (`felt_share`).
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from osteon.bone.patient import FractureHistory, Patient, Scan, Site
from osteon.bone.types import FractureKind

SHIPPED = Path(__file__).parent / "data" / "fracture_baseline.json"

REFERENCE_AGE, REFERENCE_T = 72.3, -1.9
"""The woman that the rates belong to: FREEDOM's mean, without any earlier fracture."""

_SITES: tuple[Site, ...] = ("total_hip", "femoral_neck", "lumbar_spine")

Known = Literal["source", "recalled", "computed", "design"]


class Arm(msgspec.Struct, frozen=True):
    """Which share of a placebo arm had a new fracture after so many months?"""

    trial: str
    age: float
    t_total_hip: float
    prevalent: float
    months: float
    share: dict[FractureKind, float]
    known: Known
    source: str


class WithinArm(msgspec.Struct, frozen=True):
    """How do the women of one arm differ?"""

    sd_t: float
    sd_age: float
    other_fracture: float
    known: Known
    source: str


class PerKind(msgspec.Struct, frozen=True):
    """One figure per kind of fracture."""

    vertebral: float
    nonvertebral: float
    known: Known
    source: str
    hip: float = 1.0
    sd_t: float = 1.0

    def of(self, kind: FractureKind) -> float:
        """Which figure belongs to this kind?"""
        return {"vertebral": self.vertebral, "hip": self.hip, "nonvertebral": self.nonvertebral}[kind]


class PriorFracture(msgspec.Struct, frozen=True):
    """How many times higher is the risk after a fracture, and what is the most?"""

    vertebra_to_vertebra: float
    any_other: float
    most: float
    known: Known
    source: str


class Line(msgspec.Struct, frozen=True):
    """Which T-score goes with the mean of the reference cohort, and how steeply does the hip follow?"""

    mean: float
    slope: float


class OtherSites(msgspec.Struct, frozen=True):
    """Which total hip T-score is expected for another site's?"""

    femoral_neck: Line
    lumbar_spine: Line
    known: Known
    source: str


class Value(msgspec.Struct, frozen=True):
    """A single figure."""

    value: float
    known: Known
    source: str


class Baseline(msgspec.Struct, frozen=True):
    """Everything that data/fracture_baseline.json holds."""

    about: str
    arms: tuple[Arm, ...]
    within_arm: WithinArm
    risk_per_sd: PerKind
    risk_per_year_of_age: PerKind
    prior_fracture: PriorFracture
    men: PerKind
    of_major: PerKind
    felt_share: Value
    other_sites: OtherSites
    least_spread: Value


class Rate(NamedTuple):
    """The yearly hazard of the reference woman without earlier fracture, and its log SD between populations."""

    a_year: float
    log_sd: float


@cache
def shipped() -> Baseline:
    """Which figures does this version carry?"""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Baseline)


@cache
def rate(kind: FractureKind) -> Rate:
    """Which yearly hazard has a woman of the reference age and T-score without earlier fracture?

    The geometric mean over the placebo arms, each brought to the reference by the published gradients; an arm's mean
    hazard is above that of its mean woman, because hazards rise exponentially.
    """
    known = shipped()
    at_reference = []
    for arm in known.arms:
        if kind in arm.share:
            hazard = -np.log1p(-arm.share[kind]) / (arm.months / 12.0)
            at_reference.append(np.log(hazard) - _log_arm_ratio(kind, arm))
    spread = float(np.std(at_reference, ddof=1))
    return Rate(float(np.exp(np.mean(at_reference))), max(spread, known.least_spread.value))


def _log_arm_ratio(kind: FractureKind, arm: Arm) -> float:
    known, within = shipped(), shipped().within_arm
    per_t, per_year = log_risk_per_t(kind), float(np.log(known.risk_per_year_of_age.of(kind)))
    history = {"vertebral": arm.prevalent, "hip": 0.0, "other_fragility": within.other_fracture}
    return (
        per_t * (REFERENCE_T - arm.t_total_hip)
        + per_year * (arm.age - REFERENCE_AGE)
        + 0.5 * ((per_t * within.sd_t) ** 2 + (per_year * within.sd_age) ** 2)
        + float(np.log(_expected_multiplier(kind, history)))
    )


def log_risk_per_t(kind: FractureKind) -> float:
    """By how much does the logarithm of the hazard rise when the hip's T-score falls by 1?"""
    gradient = shipped().risk_per_sd
    return float(np.log(gradient.of(kind))) / gradient.sd_t


def history_multiplier(kind: FractureKind, history: FractureHistory) -> float:
    """How many times higher is the risk with these fractures before? What is not known counts as in FREEDOM."""
    arm = shipped().arms[0]
    usual = {"vertebral": arm.prevalent, "hip": 0.0, "other_fragility": shipped().within_arm.other_fracture}
    seen = {name: getattr(history, name) for name in usual}
    chance = {name: share if seen[name] is None else float(seen[name]) for name, share in usual.items()}
    return _expected_multiplier(kind, chance)


def _expected_multiplier(kind: FractureKind, chance: Mapping[str, float]) -> float:
    total = 0.0
    for had in product((False, True), repeat=len(chance)):
        weight = np.prod([share if yes else 1.0 - share for share, yes in zip(chance.values(), had, strict=True)])
        total += float(weight) * _multiplier(kind, dict(zip(chance, had, strict=True)))
    return total


def _multiplier(kind: FractureKind, had: Mapping[str, bool]) -> float:
    prior = shipped().prior_fracture
    if kind == "vertebral":
        if had["vertebral"]:
            return prior.vertebra_to_vertebra
        return prior.any_other if had["hip"] or had["other_fragility"] else 1.0
    return min(prior.any_other ** sum(had.values()), prior.most)


def hip_t_score(patient: Patient) -> tuple[float, Scan] | None:
    """Which T-score of the total hip, measured or expected from another site, and from which scan? None without one."""
    for site in _SITES:
        scan = patient.latest(site)
        if scan is not None:
            if site == "total_hip":
                return scan.t_score, scan
            line: Line = getattr(shipped().other_sites, site)
            return REFERENCE_T + line.slope * (scan.t_score - line.mean), scan
    return None
