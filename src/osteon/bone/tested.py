"""Has any trial tested this sequence, in such a patient?

data/tested_sequences.csv lists which drugs were given together, after one another, or stopped, in which study, and how
many rows of the model's own evidence show it. A study without rows was published but is not in the data.
"""

import csv
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Literal

import msgspec

from osteon.bone.patient import Patient
from osteon.bone.regimen import Course, Regimen
from osteon.bone.types import Flag
from osteon.knowledge.spans import DAYS_PER_MONTH

Kind = Literal["drug", "with", "then", "stop", "people"]

FEW_ROWS = 10
"""Fewer rows of evidence than this count as little data: a design default, between abaloparatide (8 rows) and the
drugs that have been tested well."""

HAND_OVER_MONTHS = 1.0
"""Two courses that overlap by less than this follow one another: a design default."""

CLASSES: dict[str, str] = {
    "alendronate": "bisphosphonate",
    "risedronate": "bisphosphonate",
    "ibandronate": "bisphosphonate",
    "ibandronate_oral": "bisphosphonate",
    "pamidronate": "bisphosphonate",
    "zoledronic_acid": "bisphosphonate",
    "teriparatide": "PTH analogue",
    "abaloparatide": "PTH analogue",
}
"""Drugs that act alike: a sequence tested with one is a hint about the other."""

GLUCOCORTICOID_FROM_MG_DAY = 2.5
"""Lowest dose a day (prednisolone equivalent) that counts as treatment; trials asked for 5 or 7.5 (design default)."""

KIDNEY_DISEASE_BELOW_ML_MIN = 60.0


class Tested(msgspec.Struct, frozen=True):
    """What was tested, by whom, and how many rows of the model's evidence show it?

    `second` is empty for `drug`, `stop` and `people`. `known` is `source` or `recalled`.
    """

    kind: Kind
    first: str
    second: str
    observations: int
    known: Literal["source", "recalled"]
    study: str
    citation: str


@cache
def table() -> dict[tuple[Kind, str, str], Tested]:
    """Which drugs, sequences, combinations and people have been tested?"""
    text = resources.files("osteon.bone").joinpath("data/tested_sequences.csv").read_text(encoding="utf-8")
    rows = (msgspec.convert(row, Tested, strict=False) for row in csv.DictReader(text.splitlines()))
    return {(row.kind, row.first, row.second): row for row in rows}


def evidence_flags(regimen: Regimen, patient: Patient, *, until_month: float | None = None) -> tuple[Flag, ...]:
    """How much evidence stands behind this regimen for this patient, after her own history?

    `untested` where no trial gave these drugs together or in this order, `sparse` with the count of rows where there
    is little or only with a related drug. With `until_month`, stopping before that month counts as part of the
    regimen.
    """
    whole = Regimen((*patient.history.courses, *regimen.courses))
    flags = [flag for drug in whole.drugs for flag in _of("drug", drug, "")]
    flags += [flag for first, second in _together(whole) for flag in _of("with", first, second)]
    flags += [flag for first, second in _in_turn(whole) for flag in _of("then", first, second)]
    flags += [flag for drug in _stopped(whole, until_month) for flag in _of("stop", drug, "")]
    flags += [_people(name) for name in _kinds_of(patient)]
    return tuple(dict.fromkeys(flags))


def steps(regimen: Regimen) -> frozenset[tuple[Kind, str, str]]:
    """What does this regimen test: which drugs, which together, which in turn, which stopped?"""
    found: set[tuple[Kind, str, str]] = {("drug", drug, "") for drug in regimen.drugs}
    found |= {("with", *pair) for pair in _together(regimen)}
    found |= {("then", *pair) for pair in _in_turn(regimen)}
    return frozenset(found)


def _of(kind: Kind, first: str, second: str) -> list[Flag]:
    row = table().get((kind, first, second))
    words = _words(kind, first, second)
    if row is None:
        related = _related(kind, first, second)
        if related is None:
            return [Flag("untested", f"no trial known here has tested {words}", 0)]
        like = _words(kind, related.first, related.second)
        return [Flag("sparse", f"{words} was tested only with a related drug: {like}", related.observations)]
    if row.observations >= FEW_ROWS:
        return []
    if row.observations == 0:
        return [Flag("sparse", f"{words} was tested ({row.study}), but no result of it is in the model's data", 0)]
    return [Flag("sparse", f"few observations stand behind {words}", row.observations)]


def _related(kind: Kind, first: str, second: str) -> Tested | None:
    alike = [
        row
        for (same, one, other), row in table().items()
        if same == kind and _class(one) == _class(first) and _class(other) == _class(second)
    ]
    return max(alike, key=lambda row: row.observations, default=None)


def _class(drug: str) -> str:
    return CLASSES.get(drug, drug)


def _words(kind: Kind, first: str, second: str) -> str:
    one, other = _plain(first), _plain(second)
    if kind == "with":
        return f"{one} together with {other}"
    if kind == "then":
        return f"{other} after {one}"
    return f"stopping {one}" if kind == "stop" else one


def _plain(drug: str) -> str:
    return "oral ibandronate" if drug == "ibandronate_oral" else drug.replace("_", " ")


def _kinds_of(patient: Patient) -> list[str]:
    kinds = ["men"] if patient.sex == "M" else []
    if (patient.glucocorticoid_mg_day or 0.0) >= GLUCOCORTICOID_FROM_MG_DAY:
        kinds.append("people who take glucocorticoids")
    if patient.crcl_ml_min is not None and patient.crcl_ml_min < KIDNEY_DISEASE_BELOW_ML_MIN:
        kinds.append("people with kidney disease")
    return kinds


def _people(name: str) -> Flag:
    row = table()["people", name, ""]
    words = "few observations" if row.observations else "no observation"
    return Flag("sparse", f"{words} of {name} in the model's data", row.observations)


def _given(course: Course) -> tuple[float, float]:
    """From which month to which is it given? A dose counts at its month, a course to its last dose (or last day)."""
    if course.stop_month is None or course.interval_days is None:
        return course.start_month, course.start_month
    last = course.last_day / DAYS_PER_MONTH
    return course.start_month, course.stop_month if course.interval_days <= DAYS_PER_MONTH / 2.0 else last


def _spans(regimen: Regimen) -> dict[str, list[tuple[float, float]]]:
    out: dict[str, list[tuple[float, float]]] = {}
    for course in regimen.courses:
        out.setdefault(course.drug, []).append(_given(course))
    return {drug: sorted(spans) for drug, spans in out.items()}


def _together(regimen: Regimen) -> list[tuple[str, str]]:
    """Which drugs are given at the same time? Pairs in the order of the alphabet."""
    spans = _spans(regimen)
    drugs = sorted(spans)
    return [
        (one, other)
        for place, one in enumerate(drugs)
        for other in drugs[place + 1 :]
        if any(_meet(a, b) for a in spans[one] for b in spans[other])
    ]


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    earlier, later = sorted((one, other))
    return later[0] == earlier[0] or later[0] < earlier[1] - HAND_OVER_MONTHS


def _stopped(regimen: Regimen, until_month: float | None) -> list[str]:
    """Which drug is the last, if nothing follows it before `until_month`? A single dose lasts a year."""
    if until_month is None or not regimen.courses:
        return []
    ends = [
        (course.start_month + 12.0 if course.stop_month is None else course.stop_month, course.drug)
        for course in regimen.courses
    ]
    last, drug = max(ends)
    return [drug] if last < until_month - HAND_OVER_MONTHS else []


def _in_turn(regimen: Regimen) -> list[tuple[str, str]]:
    """Which drug follows which? Pairs (earlier, later) of the drugs given next to one another in time."""
    starts = sorted((span[0], span[1], drug) for drug, spans in _spans(regimen).items() for span in spans)
    together = set(_together(regimen))
    out = [
        (before[2], after[2])
        for before, after in pairwise(starts)
        if before[2] != after[2] and tuple(sorted((before[2], after[2]))) not in together
    ]
    return list(dict.fromkeys(out))
