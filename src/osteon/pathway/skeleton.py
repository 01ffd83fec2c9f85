"""What does the chart tell of this patient's skeleton? The chart and its facts, as the model of bone takes them."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from osteon.bone.patient import MARKERS, SITES, FractureHistory, Marker, MarkerLevel, Patient, Scan, Site
from osteon.bone.patient import Sex as BoneSex
from osteon.bone.types import Flag
from osteon.chart.types import Measurement
from osteon.pathway.facts.density import by_site
from osteon.pathway.facts.lookup import measured
from osteon.pathway.occasion import Occasion
from osteon.pathway.risk.asking import number
from osteon.pathway.risk.score import Score
from osteon.pathway.risk.scores import scores
from osteon.pathway.treatment_history import months_ago, treatment_history

UNITS: dict[Marker, str] = {"ctx": "ng/L", "p1np": "ug/L"}
"""In which units the model takes the turnover markers."""

POSSIBLE_T = (-7.0, 8.0)
"""A T-score outside of these is no bone at all, or a slip of the pen: it is left out (design)."""

YOUNGEST_RECKONED = 50.0
"""From this age on the model itself reckons a risk from density (the youngest of the trials it rests on)."""

FEW_ASSUMED = 3
"""So many of the inputs that QFracture counts as absent are named; the rest are counted (design)."""

_SEX: dict[object, BoneSex] = {"female": "F", "male": "M"}
_Shown = TypeVar("_Shown", Scan, MarkerLevel)


class NoSkeletonError(ValueError):
    """The chart does not tell enough for any forecast: the sex, or the age."""


class Skeleton(Struct, frozen=True):
    """The patient as the model of bone takes her, and what was assumed or left out in reading the chart."""

    patient: Patient
    flags: tuple[Flag, ...] = ()


class _Risk(Struct, frozen=True):
    hip: float | None = None
    major: float | None = None
    source: str | None = None
    notes: tuple[str, ...] = ()


def bone_patient(at: Occasion) -> Patient:
    """Whose skeleton is it, on this day? Raises `NoSkeletonError` where sex or age is not known."""
    return skeleton(at).patient


def skeleton(at: Occasion) -> Skeleton:
    """Whose skeleton is it on this day, and what had to be assumed?

    Of two hips the lower T-score counts; an older scan counts where it is known to come from the same machine and
    side, as everywhere in this program. Markers beyond the laboratory's limit are left out. Calcium and vitamin D count
    as taken where both are on the list of medicines; a silent list proves nothing. The 10-year risk is FRAX's where it
    was typed in (raised for a high dose of glucocorticoid, as everywhere), else QFracture's where there is no T-score
    or the patient is under 50. Raises `NoSkeletonError` where sex or age is not known.
    """
    return at.once(_skeleton)


def _skeleton(at: Occasion) -> Skeleton:
    sex, age = _SEX.get(at["sex"].value), number("age_y", at)
    if sex is None or age is None:
        message = "the chart does not say the " + ("sex" if sex is None else "age")
        raise NoSkeletonError(message)
    history = treatment_history(at)
    scans, left_out = _scans(at)
    patient = Patient(
        sex=sex,
        age=age,
        years_since_menopause=_since_menopause(age, at) if sex == "F" else None,
        scans=scans,
        markers=tuple(level for marker in MARKERS for level in _levels(marker, at)),
        history=history.regimen,
        glucocorticoid_mg_day=number("glucocorticoid_mg_d", at),
        crcl_ml_min=number("crcl_ml_min", at),
        calcium_and_vitamin_d=_supplements(at),
        fractures=FractureHistory(
            vertebral=_flag("vertebral_fracture", at),
            hip=_flag("hip_fracture", at),
            other_fragility=_flag("humerus_pelvis_forearm_fracture", at),
        ),
    )
    risk = _risk(patient, at)
    patient = msgspec.structs.replace(
        patient, hip_risk_10y=risk.hip, major_risk_10y=risk.major, risk_source=risk.source
    )
    notes = (*left_out, *history.notes, *risk.notes)
    return Skeleton(patient, tuple(Flag("assumed", note) for note in dict.fromkeys(notes)))


def _flag(name: str, at: Occasion) -> bool | None:
    value = at[name].value
    return value if isinstance(value, bool) else None


def _since_menopause(age: float, at: Occasion) -> float | None:
    """Years since the last period; None where its age is not known."""
    last_period = number("menopause_age_y", at)
    return None if last_period is None else age - last_period


def _supplements(at: Occasion) -> bool | None:
    taken = [_flag(name, at) for name in ("calcium_supplement_now", "vitamin_d_supplement_now")]
    return True if taken == [True, True] else None


# --- what was measured ------------------------------------------------------------------------------------------------


def _scans(at: Occasion) -> tuple[tuple[Scan, ...], list[str]]:
    """The T-scores of the sites that the model knows, the oldest first, and which were left out."""
    series = by_site(at, "t_score")
    found: list[Scan] = []
    notes = []
    for site in SITES:
        kept, dropped = _of_site(site, series.get(site, []), at)
        found += kept
        if dropped:
            words = f"an older T-score of the {site.replace('_', ' ')} is left out"
            notes.append(f"{words}: not known to be from the same machine and side as the latest")
    cannot_be = [scan for scan in found if not POSSIBLE_T[0] <= scan.t_score <= POSSIBLE_T[1]]
    notes += [
        f"a T-score of {scan.t_score:g} ({scan.site.replace('_', ' ')}) cannot be: left out" for scan in cannot_be
    ]
    return tuple(scan for scan in found if scan not in cannot_be), notes


def _of_site(site: Site, items: list[Measurement], at: Occasion) -> tuple[list[Scan], bool]:
    items = [item for item in items if not item.comparator]
    if not items:
        return [], False
    last = min((item for item in items if item.when == items[0].when), key=lambda item: item.value)
    older = [item for item in items if item.when != items[0].when]
    same = [item for item in older if last.machine and (item.machine, item.side) == (last.machine, last.side)]
    scans = [Scan(months_ago(item.when, at), site, item.value) for item in (last, *same)]
    return _once_a_day(scans), len(same) < len(older)


def _levels(marker: Marker, at: Occasion) -> list[MarkerLevel]:
    analyte = at.knowledge.analytes[marker]
    per_unit = analyte.factors[UNITS[marker]]
    items = (item for item in measured(at, marker) if not item.comparator)
    return _once_a_day([MarkerLevel(months_ago(item.when, at), marker, item.value / per_unit) for item in items])


def _once_a_day(items: list[_Shown]) -> list[_Shown]:
    """The first that is told of each month, the oldest first."""
    by_month: dict[float, _Shown] = {}
    for item in items:
        by_month.setdefault(item.month, item)
    return [by_month[month] for month in sorted(by_month)]


# --- what another tool says of the risk -------------------------------------------------------------------------------


def _risk(patient: Patient, at: Occasion) -> _Risk:
    """The 10-year risk by another tool: FRAX as typed in, else QFracture where no density can say it better.

    QFracture takes no density: beside a low T-score and a broken vertebra it would reassure where nothing reassures.
    Where there is a T-score, and the patient is old enough for the trials, the model reckons the risk itself.
    """
    hip, major = number("frax_hip_gc_adjusted_pct", at), number("frax_mof_gc_adjusted_pct", at)
    if hip is not None or major is not None:
        as_of = max(filter(None, (at[name].as_of for name in ("frax_hip_pct", "frax_mof_pct"))), default=None)
        return _Risk(_share(hip), _share(major), f"FRAX of {as_of}" if as_of else "FRAX")
    if patient.scans and patient.age >= YOUNGEST_RECKONED:
        return _Risk()
    score = next(each for each in scores(at) if each.tool == "qfracture")
    hip, major = _figure(score, "hip_pct"), _figure(score, "osteoporotic_pct")
    if hip is None or major is None or hip > major:
        return _Risk()
    return _Risk(_share(hip), _share(major), score.name, _counted_as_absent(score))


def _share(percent: float | None) -> float | None:
    """A risk in per cent as a probability, below 1."""
    return None if percent is None else min(percent / 100.0, 0.99)


def _figure(score: Score, name: str) -> float | None:
    figure = score.figure(name)
    return None if figure is None or score.outcome != "computed" else figure.value


def _counted_as_absent(score: Score) -> tuple[str, ...]:
    if not score.assumed:
        return ()
    named, more = score.assumed[:FEW_ASSUMED], len(score.assumed) - FEW_ASSUMED
    rest = f" and {more} more" if more > 0 else ""
    return (f"{score.name} counts as absent what nobody recorded: {', '.join(named)}{rest}",)
