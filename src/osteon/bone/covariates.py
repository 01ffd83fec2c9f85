"""What do sex, age, menopause, glucocorticoids, kidneys and missing calcium change in the model?

Each changes parameters that the model already has, by figures from data/covariates.json, and says what was assumed.
What nobody has tried is answered in `tested`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from osteon.bone.between_patients import EFFECTS, spreads
from osteon.bone.goals import SD_OF_MEAN
from osteon.bone.parameters import ROW
from osteon.bone.patient import SITES, Patient
from osteon.bone.predict import HIP_SD_OF_MEAN, SPINE_SD_OF_MEAN
from osteon.bone.schedule import Floats
from osteon.bone.tested import evidence_flags
from osteon.bone.types import Flag

SCALING: Mapping[str, float] = {"aTs": 0.84016, "fM": 0.82785}
"""Exponent of the scaling by baseline density, and male share of the hip response: specification a.7."""

_FACTORS = [ROW[name] for name in ("fLS", "fTH", "fFN")]
_SLOPES = [ROW[name] for name in ("sLS", "sTH", "sFN")]
_TRANSIENT = [ROW[name] for name in ("lLS", "lTH", "lFN")]
_HALF_DOSES = [ROW[name] for name in EFFECTS["bisphosphonate"].columns]
_SD_OF_MEAN = np.array([SPINE_SD_OF_MEAN, HIP_SD_OF_MEAN, SD_OF_MEAN["femoral_neck"]])


class _Reference(msgspec.Struct, frozen=True):
    values: tuple[float, float, float]


class _Menopause(msgspec.Struct, frozen=True):
    extra_slope: tuple[float, float, float]
    fades_over_years: float
    usual_age: float
    over_at_years: float


class _Age(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    extra_slope_per_year: tuple[float, float, float]
    centre: float
    from_: float
    to: float


class _Glucocorticoid(msgspec.Struct, frozen=True):
    full_dose_mg_day: float
    extra_slope: tuple[float, float, float]
    spread_of_slope: float


class _Kidney(msgspec.Struct, frozen=True):
    kept_in_bone: float
    usual_crcl_ml_min: float
    lowest: float
    sparse_below: float
    outside_below: float


class _Sparse(msgspec.Struct, frozen=True):
    factor: float


class _Shipped(msgspec.Struct, frozen=True):
    reference_t: _Reference
    menopause: _Menopause
    age: _Age
    glucocorticoid: _Glucocorticoid
    kidney: _Kidney
    sparse_spread: _Sparse


@cache
def shipped() -> _Shipped:
    """Which figures stand behind the covariates? Sources are in data/covariates.json."""
    found = resources.files("osteon.bone").joinpath("data/covariates.json").read_bytes()
    return msgspec.json.decode(found, type=_Shipped)


class Traits(NamedTuple):
    """What is known of each person that changes the model? One entry per person; not a number where it is not known.

    `t_score` (N, 3) of the untreated skeleton; `age` and `years_since_menopause` in years at the start of the model
    (the first dose, or today); `glucocorticoid_mg_day` of prednisolone equivalent; `crcl_ml_min`; `supplements`:
    takes calcium and vitamin D.
    """

    t_score: Floats
    male: NDArray[np.bool_]
    age: Floats
    years_since_menopause: Floats
    glucocorticoid_mg_day: Floats
    crcl_ml_min: Floats
    supplements: NDArray[np.bool_]


def density_factors(t_score: Floats, male: NDArray[np.bool_], scaling: Floats) -> Floats:
    """How much larger is a change in per cent on a thinner bone? (N, 3) for spine, hip and neck.

    f = ((1 + r * T_reference) / (1 + r * T)) ^ aTs, times fM at the hip sites of men; r is the SD over the mean of
    young women: 0.105 at the spine, 0.1295 at the total hip (specification a.6) and 0.1399 at the femoral neck
    (0.120 / 0.858 g/cm2). The same gain in g/cm2 is a larger share of less, so each site is scaled by its own density;
    the neck's reference is that of the cohort whose hip has the hip's. `t_score` (N, 3); `scaling` (N, 2): aTs, fM.
    """
    reference = np.array(shipped().reference_t.values)
    out = ((1.0 + _SD_OF_MEAN * reference) / (1.0 + _SD_OF_MEAN * t_score)) ** scaling[:, :1]
    out[:, 1:] *= np.where(male, scaling[:, 1], 1.0)[:, None]
    return np.asarray(out)


def changed(parameters: Floats, traits: Traits, scaling: Floats) -> Floats:
    """Which parameters hold for these people? `parameters` (N, len(NAMES)) of the average patient; a new array."""
    given = shipped()
    out = np.array(parameters)
    out[:, _FACTORS] *= density_factors(traits.t_score, traits.male, scaling)
    years = np.where(traits.male, np.inf, np.maximum(_since_menopause(traits), 0.0))
    out[:, _TRANSIENT] = np.exp(-years / given.menopause.fades_over_years)[:, None] * given.menopause.extra_slope
    out[:, ROW["tauL"]] = given.menopause.fades_over_years
    age = np.clip(traits.age, given.age.from_, given.age.to) - given.age.centre
    dose = _dose_share(traits)
    out[:, _SLOPES] += age[:, None] * given.age.extra_slope_per_year
    out[:, _SLOPES] += dose[:, None] * given.glucocorticoid.extra_slope
    out[:, _HALF_DOSES] /= _exposure(traits.crcl_ml_min)[:, None]
    out[:, ROW["cad"]] = np.where(traits.supplements, 1.0, 0.0)
    return out


def spreads_of(traits: Traits) -> Floats:
    """How far do people of this kind differ? (N, effects): wider where few trials have looked."""
    given = shipped()
    names = list(EFFECTS)
    sparse = traits.male | (_dose_share(traits) > 0.0) | (traits.crcl_ml_min < given.kidney.sparse_below)
    out = spreads() * np.where(sparse, given.sparse_spread.factor, 1.0)[:, None]
    slope = names.index("slope")
    out[:, slope] = np.hypot(out[:, slope], _dose_share(traits) * given.glucocorticoid.spread_of_slope)
    return np.asarray(out)


def traits_of(patient: Patient, t_score: Floats | None = None) -> Traits:
    """What of this patient changes the model? One row; `t_score` (3,) of the untreated skeleton if it is known better.

    Without it the oldest scan of a site counts; a site without scans is expected from the others.
    """
    ago = -min(0.0, first_month(patient)) / 12.0
    scores = untreated_t(patient) if t_score is None else t_score
    menopause = np.nan if patient.years_since_menopause is None else patient.years_since_menopause - ago
    return Traits(
        np.asarray(scores, float)[None],
        np.array([patient.sex == "M"]),
        np.array([patient.age - ago]),
        np.array([menopause]),
        np.array([patient.glucocorticoid_mg_day or 0.0]),
        np.array([np.nan if patient.crcl_ml_min is None else patient.crcl_ml_min]),
        np.array([patient.calcium_and_vitamin_d is not False]),
    )


def first_month(patient: Patient) -> float:
    """At which month does her model start? The first dose of her history, or today (0)."""
    return min((0.0, *(course.start_month for course in patient.history.courses)))


def untreated_t(patient: Patient) -> Floats:
    """Which T-scores had the untreated skeleton, as far as its oldest scans tell? (3,).

    A site that was never scanned is expected to lie as far from the reference cohort, on average, as those that were.
    """
    reference = np.array(shipped().reference_t.values)
    seen = [_oldest(patient, place) for place in range(len(SITES))]
    away = [score - reference[place] for place, score in enumerate(seen) if score is not None]
    shift = float(np.mean(away)) if away else 0.0
    return np.array([reference[place] + shift if score is None else score for place, score in enumerate(seen)])


def adjusted(
    parameters: Floats,
    patient: Patient,
    scaling: Floats | Mapping[str, float] = SCALING,
    *,
    t_score: Floats | None = None,
) -> tuple[Floats, tuple[Flag, ...]]:
    """Which parameters hold for patients like her, and what had to be assumed?

    `parameters` (N, len(NAMES)) as the posterior gives them; `scaling` (N, 2) of aTs and fM from the same draw, or
    one pair for all. Answers a new array and flags: `assumed` for what is not known, `outside` for what lies outside
    of the data.
    """
    both = np.array([[scaling["aTs"], scaling["fM"]]]) if isinstance(scaling, Mapping) else np.asarray(scaling, float)
    count = len(parameters)
    traits = repeated(traits_of(patient, t_score), count)
    return changed(parameters, traits, np.broadcast_to(both, (count, 2))), assumptions(patient)


def repeated(traits: Traits, count: int) -> Traits:
    """What are the traits of `count` people who are all like this one?"""
    return Traits._make(np.repeat(value, count, axis=0) for value in traits)


def assumptions(patient: Patient) -> tuple[Flag, ...]:
    """What is not known of this patient and was taken as usual, and what lies outside of the data?"""
    given = shipped()
    flags: list[Flag] = []
    unknown = [f"T-score of the {site.replace('_', ' ')}" for site in SITES if patient.latest(site) is None]
    if patient.sex == "F" and patient.years_since_menopause is None:
        unknown.append(f"years since menopause (counted from age {given.menopause.usual_age:g})")
    if patient.glucocorticoid_mg_day is None:
        unknown.append("glucocorticoids (none)")
    if patient.calcium_and_vitamin_d is None:
        unknown.append("calcium and vitamin D (taken)")
    if patient.crcl_ml_min is None:
        unknown.append(f"kidney function (above {given.kidney.usual_crcl_ml_min:g} mL/min)")
    if unknown:
        flags.append(Flag("assumed", f"not known and taken as usual: {', '.join(unknown)}"))
    if patient.calcium_and_vitamin_d is False:
        flags.append(
            Flag("assumed", "what going without calcium and vitamin D does is an assumption, not fitted to a trial")
        )
    if _dose_share(traits_of(patient))[0] > 0.0:
        flags.append(
            Flag(
                "assumed",
                "no trial in people who take glucocorticoids is in the fit; in the first years of taking them the "
                "spine gains less",
            )
        )
    return (*flags, *_outside(patient))


def _outside(patient: Patient) -> list[Flag]:
    given = shipped()
    flags: list[Flag] = []
    since = patient.years_since_menopause
    if patient.sex == "F" and (patient.age < given.menopause.usual_age if since is None else since < 0.0):
        flags.append(Flag("outside", "before menopause the model has no data; she is treated as just past it"))
    if patient.crcl_ml_min is not None and patient.crcl_ml_min < given.kidney.outside_below:
        flags.append(
            Flag(
                "outside",
                f"below {given.kidney.outside_below:g} mL/min kidney disease itself changes bone, and the model does "
                "not know how",
            )
        )
    if patient.age > given.age.to or patient.age < 45.0:
        flags.append(Flag("outside", f"at {patient.age:g} years she is outside the ages of the trials (45 to 90)"))
    return flags


def _oldest(patient: Patient, place: int) -> float | None:
    scans = [scan for scan in patient.scans if scan.site == SITES[place]]
    return min(scans, key=lambda scan: scan.month).t_score if scans else None


def _since_menopause(traits: Traits) -> Floats:
    usual = traits.age - shipped().menopause.usual_age
    return np.where(np.isnan(traits.years_since_menopause), usual, traits.years_since_menopause)


def _dose_share(traits: Traits) -> Floats:
    dose = np.nan_to_num(traits.glucocorticoid_mg_day)
    return np.minimum(dose / shipped().glucocorticoid.full_dose_mg_day, 1.0)


def _exposure(crcl_ml_min: Floats) -> Floats:
    """How much more of a bisphosphonate does bone get when the kidneys clear less? 1 at the usual clearance."""
    given = shipped().kidney
    usual = given.usual_crcl_ml_min
    clearance = np.clip(np.where(np.isnan(crcl_ml_min), usual, crcl_ml_min), given.lowest, usual)
    lost = 1.0 - given.kept_in_bone
    return np.asarray(1.0 / (given.kept_in_bone + lost * clearance / usual))


__all__ = [
    "SCALING",
    "Traits",
    "adjusted",
    "assumptions",
    "changed",
    "density_factors",
    "evidence_flags",
    "first_month",
    "repeated",
    "shipped",
    "spreads_of",
    "traits_of",
    "untreated_t",
]
