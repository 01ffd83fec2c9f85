"""How many times her untreated risk of fracture is the risk under treatment?

One equation for all drugs; no constant belongs to a drug or a trial. Against the same skeleton never treated, with
calcium and vitamin D, the logarithm of the hazard ratio at any time is

    vertebral     - (a_v * gain of spine and hip + c * formation) * kept + e * loss
    hip           - a_h * gain of hip * kept
    nonvertebral  - (a_n * gain of spine and hip + c * formation) * kept

`gain` is the natural logarithm of density against the never treated skeleton, saturating; `formation` the logarithm of
P1NP above the untreated level while the spine gains; `loss` the fall of the hip against the never treated skeleton, in
per cent a year beyond a slow one: the rebound, during which `kept` = exp(-loss / 2) of the protection lasts.
Suppressed resorption has no term of its own: fitted beside density it comes out at nothing (see the explanation
page). Coefficients, covariance and provenance: data/fracture_effect.json, written by
`python -m osteon.bone.fracture_fit`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from osteon.bone.patient import MARKERS, SITES
from osteon.bone.schedule import Floats
from osteon.bone.types import FractureKind

SHIPPED = Path(__file__).parent / "data" / "fracture_effect.json"

COEFFICIENTS = ("vertebral", "hip", "nonvertebral", "formation", "loss")
"""a_v, a_h, a_n, c and e of the equation."""

GRID_MONTHS = 3.0
"""Hazards are followed on quarters of a year, in the fit and in the forecast alike."""

SATURATION = 0.06
"""A gain counts as 0.06 * (1 - exp(-gain / 0.06)): no trial of fractures has seen a mean gain of spine and hip above
8 %, and ten years of denosumab do not protect much more than three (design; others: docs/explanation/fractures.md)."""

GAIN_A_YEAR = 0.02
"""Formation counts in full while the spine gains much more than 2 % a year, and not at all while it loses (design):
turnover that is high because bone is being lost does not protect."""

SLOW_LOSS_PCT_A_YEAR = 1.0
"""Loss up to this is no rebound (design): five years after alendronate was stopped the hip had lost 2.4 % against
those who went on, half a per cent a year, and hip fractures were no more frequent (FLEX)."""

FADING_PCT_A_YEAR = 2.0
"""Loss at which the protection by the density that is left falls to 1 / e (design): in the year after denosumab the
model still has a third of the gain, and women broke vertebrae about as often as untreated ones (Cummings 2018)."""

_TERMS: Mapping[FractureKind, tuple[tuple[str, str, float], ...]] = {
    "vertebral": (("vertebral", "spine_and_hip", -1.0), ("formation", "formation", -1.0), ("loss", "loss", 1.0)),
    "hip": (("hip", "hip", -1.0),),
    "nonvertebral": (("nonvertebral", "spine_and_hip", -1.0), ("formation", "formation", -1.0)),
}


class Drivers(NamedTuple):
    """What moves the hazard? One array each, (..., times); what protects is already times `kept`."""

    spine_and_hip: Floats
    hip: Floats
    formation: Floats
    loss: Floats


class Validated(msgspec.Struct, frozen=True):
    """How well are the trials predicted? See `osteon.bone.fracture_validate`."""

    rows: int
    inside: float
    slope: float
    slope_unweighted: float
    slope_without_noise: float
    slope_through_origin: float


class Predicted(msgspec.Struct, frozen=True):
    """What does the equation say of one row of the table: fitted to all, and with its own trial left out?"""

    row_id: str
    observed: float
    low: float
    high: float
    fitted: float
    left_out: float
    judged: bool


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """The coefficients that are shipped, what they were fitted to and how well they predict.

    `response_sd`: by which share of the logarithm of the ratio a trial differs from the equation, beyond chance.
    """

    version: str
    bone_model: str
    about: str
    coefficients: dict[str, float]
    covariance: tuple[tuple[float, ...], ...]
    response_sd: float
    trials: tuple[str, ...]
    fitted: Validated
    left_out: Validated
    rows: tuple[Predicted, ...]

    @property
    def mean(self) -> Floats:
        """What are the coefficients, in the order of `COEFFICIENTS`?"""
        return np.array([self.coefficients[name] for name in COEFFICIENTS])


@cache
def shipped() -> Effect:
    """Which coefficients does this version carry?"""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Effect)


def drivers(density: Floats, turnover: Floats, months: Floats, *, rebound: bool = True) -> Drivers:
    """What moves the hazard of these skeletons?

    `density` (..., times, 3) is the ratio to the same skeleton never treated, `turnover` (..., times, 2) the ratio of
    CTX and P1NP to the untreated level, `months` (times,) at least two, evenly spaced. Without `rebound` the bone that
    is being lost counts as if it stayed: the difference is what the rebound does.
    """
    spine, hip = (np.log(density[..., SITES.index(site)]) for site in ("lumbar_spine", "total_hip"))
    p1np = turnover[..., MARKERS.index("p1np")]
    years = months / 12.0
    gaining = np.tanh(np.maximum(np.gradient(spine, years, axis=-1), 0.0) / GAIN_A_YEAR)
    loss = np.maximum(-100.0 * np.gradient(hip, years, axis=-1) - SLOW_LOSS_PCT_A_YEAR, 0.0) * float(rebound)
    kept = np.exp(-loss / FADING_PCT_A_YEAR)
    return Drivers(
        spine_and_hip=_protection((spine + hip) / 2.0, kept),
        hip=_protection(hip, kept),
        formation=np.maximum(np.log(p1np), 0.0) * gaining * kept,
        loss=loss,
    )


def _protection(gain: Floats, kept: Floats) -> Floats:
    # Below the never treated skeleton every per cent counts in full, rebound or not.
    return np.asarray(-SATURATION * np.expm1(-np.maximum(gain, 0.0) / SATURATION) * kept + np.minimum(gain, 0.0))


def log_hazard_ratio(kind: FractureKind, moved_by: Drivers, coefficients: Floats) -> Floats:
    """What is the logarithm of the hazard ratio against the same skeleton never treated? (..., times).

    `coefficients` (len(COEFFICIENTS),), or (N, len(COEFFICIENTS)) for drivers of N skeletons (N, times).
    """
    total = np.zeros_like(moved_by.hip)
    for name, driver, sign in _TERMS[kind]:
        total = total + sign * coefficients[..., COEFFICIENTS.index(name), None] * getattr(moved_by, driver)
    return total


def draw(samples: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Which coefficients might be true, and how strongly may this trial-like population respond?

    Answers (samples, len(COEFFICIENTS)) from the Laplace approximation, never below 0, and (samples,) factors of the
    logarithm of the hazard ratio around 1.
    """
    effect = shipped()
    value, vector = np.linalg.eigh(np.asarray(effect.covariance))
    spread = vector * np.sqrt(np.maximum(value, 0.0)) @ vector.T
    coefficients = effect.mean + rng.standard_normal((samples, len(COEFFICIENTS))) @ spread
    response = np.exp(effect.response_sd * rng.standard_normal(samples) - effect.response_sd**2 / 2.0)
    return np.maximum(coefficients, 0.0), response
