"""How likely is a fracture of this patient without treatment, year by year?

Two bases, in this order: a 10-year risk that another tool gave and somebody typed in, or age, sex, fracture history
and T-score, by the placebo arms of trials (`fracture_rates`). Without either, nobody can tell. On both the hazard
rises with age and with the density that is lost without treatment. Nobody dies in this reckoning: the chances are
those of a patient who lives through the year.
"""

from typing import NamedTuple

import numpy as np

from osteon.bone.fracture_rates import (
    REFERENCE_AGE,
    REFERENCE_T,
    hip_t_score,
    history_multiplier,
    log_risk_per_t,
    rate,
    shipped,
)
from osteon.bone.patient import Patient, Scan
from osteon.bone.predict import HIP_SD_OF_MEAN
from osteon.bone.schedule import Floats
from osteon.bone.types import FRACTURE_KINDS, FractureKind

AGES = (50.0, 90.0)
T_SCORES = (-4.0, -0.5)
"""Outside these the placebo arms tell little: a younger patient has no baseline, all else is said (design: the limits
of inclusion of the trials)."""

NO_BASIS = "neither a 10-year risk by another tool nor a T-score is known"
TOO_YOUNG = f"no 10-year risk is known, and trials tell nothing of the risk below {AGES[0]:.0f} years"

TYPED_YEARS = 10.0
OLD_SCAN_MONTHS = 24.0
"""A scan older than this is said in the basis (design)."""


class Untreated(NamedTuple):
    """The hazard without treatment, per year: (samples, times) for each kind that can be told, and from what."""

    hazard: dict[FractureKind, Floats]
    basis: str


def untreated(patient: Patient, hip: Floats, months: Floats, rng: np.random.Generator) -> Untreated:
    """How high is the hazard without treatment?

    `hip` (samples, times) is the density of the total hip had it never been treated, as a ratio to today's, at
    `months` (times,). No kind in the answer means that nobody can tell, and `basis` says what is missing.
    """
    found = hip_t_score(patient)
    today = REFERENCE_T if found is None else found[0]
    t_score = ((1.0 + HIP_SD_OF_MEAN * today) * hip - 1.0) / HIP_SD_OF_MEAN
    typed = _typed(patient, t_score, months)
    words = _typed_words(patient) if typed else ""
    rest = [kind for kind in FRACTURE_KINDS if kind not in typed]
    if not rest:
        return Untreated(typed, words)
    if found is None or patient.age < AGES[0]:
        return Untreated(typed, words or (NO_BASIS if found is None else TOO_YOUNG))
    reckoned = {kind: _reckoned(kind, patient, t_score, months, rng) for kind in rest}
    both = filter(None, (words, _reckoned_words(patient, *found, rest)))
    return Untreated({**reckoned, **typed}, "; ".join(both))


def _reckoned(
    kind: FractureKind, patient: Patient, t_score: Floats, months: Floats, rng: np.random.Generator
) -> Floats:
    """Which hazards go with age, sex, history and T-score? They spread as the placebo arms do around the rule."""
    own = rate(kind)
    at_start = own.a_year * history_multiplier(kind, patient.fractures)
    at_start *= shipped().men.of(kind) if patient.sex == "M" else 1.0
    luck = np.exp(own.log_sd * rng.standard_normal((len(t_score), 1)))
    return at_start * luck * _shape(kind, patient.age, np.clip(t_score, *T_SCORES), REFERENCE_T, months)


def _shape(kind: FractureKind, age: float, t_score: Floats, reference: Floats | float, months: Floats) -> Floats:
    """How many times the hazard at the reference age and T-score? (samples, times)."""
    ages = np.clip(age + months / 12.0, AGES[0], AGES[1])
    per_year = float(np.log(shipped().risk_per_year_of_age.of(kind)))
    return np.asarray(np.exp(per_year * (ages - REFERENCE_AGE) + log_risk_per_t(kind) * (reference - t_score)))


def _typed(patient: Patient, t_score: Floats, months: Floats) -> dict[FractureKind, Floats]:
    """Which hazards add up to the risk that was typed in?"""
    tenth: dict[FractureKind, float] = {}
    if patient.hip_risk_10y is not None:
        tenth["hip"] = _whole_hazard(patient.hip_risk_10y)
    if patient.major_risk_10y is not None:
        major = _whole_hazard(patient.major_risk_10y)
        tenth["vertebral"] = shipped().of_major.vertebral * major
        tenth["nonvertebral"] = shipped().of_major.nonvertebral * major
    out: dict[FractureKind, Floats] = {}
    for kind, total in tenth.items():
        shape = _shape(kind, patient.age, t_score, t_score[:, :1], months)
        out[kind] = total * shape / _over_ten_years(shape, months)
    return out


def _whole_hazard(risk: float) -> float:
    if not 0.0 <= risk < 1.0:
        msg = f"a 10-year risk lies between 0 and 1, not at {risk:g}; 12 % is 0.12"
        raise ValueError(msg)
    return -float(np.log1p(-risk))


def _over_ten_years(shape: Floats, months: Floats) -> Floats:
    """What does this shape add up to over ten years? (samples, 1). A shorter one goes on as it grew at its end."""
    years = months / 12.0
    inside = years <= TYPED_YEARS + 1e-9
    seen, last = shape[:, inside], float(years[inside][-1])
    left = max(TYPED_YEARS - last, 0.0)
    growth = (seen[:, -1] / seen[:, 0]) ** (left / last)
    rest = left * seen[:, -1] * (1.0 + 4.0 * np.sqrt(growth) + growth) / 6.0  # Simpson's rule
    return np.asarray(np.trapezoid(seen, years[inside], axis=1) + rest)[:, None]


def _typed_words(patient: Patient) -> str:
    given = []
    if patient.hip_risk_10y is not None:
        given.append(f"hip {100.0 * patient.hip_risk_10y:.1f} %")
    if patient.major_risk_10y is not None:
        given.append(f"major fracture {100.0 * patient.major_risk_10y:.1f} %")
    source = patient.risk_source or "a tool that was not named"
    text = f"the 10-year risk by {source} ({', '.join(given)}), taken as the risk without treatment"
    if patient.major_risk_10y is None:
        return text
    return f"{text}; vertebral (on a radiograph) and nonvertebral risk follow from it by the ratios of a placebo arm"


def _reckoned_words(patient: Patient, score: float, scan: Scan, only: list[FractureKind]) -> str:
    which = "" if len(only) == len(FRACTURE_KINDS) else f"for {' and '.join(only)} fracture "
    text = f"{which}age {patient.age:.0f}, sex, fracture history and T-score {scan.t_score:.1f} "
    text += f"({scan.site.replace('_', ' ')}), by the placebo arms of trials"
    known = (patient.fractures.vertebral, patient.fractures.hip, patient.fractures.other_fragility)
    notes = {
        f"the total hip was not scanned and is expected at {score:.1f}": scan.site != "total_hip",
        f"the scan is {-scan.month / 12.0:.0f} years old": scan.month < -OLD_SCAN_MONTHS,
        "earlier fractures that are not known count as often as in FREEDOM": None in known,
        "the T-score is outside the range of the trials and counts as its nearest limit": not (
            T_SCORES[0] <= score <= T_SCORES[1]
        ),
        "risk rises with age up to 90 only": patient.age > AGES[1],
        "men's risk comes from women's by published ratios": patient.sex == "M",
    }
    return "; ".join((text, *(note for note, applies in notes.items() if applies)))
