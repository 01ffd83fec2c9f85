"""What was this patient given until today, as a regimen that the model of bone can follow?

Doses that a clinic gave stand at their days; what is taken at home runs from its start to its end, without its gaps.
Whatever the chart leaves open is filled as the label says, or left out, and said in a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from osteon.bone import regimen as notation
from osteon.bone.regimen import Regimen
from osteon.chart.types import Course, Dose, When
from osteon.knowledge.drug import Drug
from osteon.knowledge.spans import DAYS_PER_MONTH
from osteon.pathway.calendar import months_of
from osteon.pathway.facts.courses import (
    ORAL_BISPHOSPHONATES,
    doses,
    given_by_others,
    has_begun,
    is_current,
    osteoporosis_courses,
)
from osteon.pathway.facts.lookup import is_running
from osteon.pathway.occasion import Occasion

SHARE_NOT_AS_MEANT = 0.5
"""Share of the tablets counted as taken where they are said not to be taken as meant and no supply tells how many
(design; said on the forecast)."""

_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "mcg": 0.001, "µg": 0.001}


class History(Struct, frozen=True):
    """The treatment so far, in months before today (0 or below), and what had to be assumed or left out of it."""

    regimen: Regimen
    notes: tuple[str, ...] = ()


def treatment_history(at: Occasion) -> History:
    """What was given until today? Drugs for osteoporosis alone; what the model does not know is left out and noted."""
    parts: list[notation.Course] = []
    notes: list[str] = []
    for course in osteoporosis_courses(at):
        drug = at.knowledge.drugs.get(course.drug)
        if drug is None or course.drug not in notation.DRUGS:
            notes.append(f"{_words(course)} is not in the model and is left out of the treatment so far")
            continue
        found, said = _clinic(course, drug, at) if given_by_others(course, at) else _home(course, drug, at)
        parts += found
        notes += said
    if any(course.is_oncology and has_begun(course, at) for course in at.chart.courses):
        notes.append("doses of an antiresorptive for cancer are left out of the treatment so far")
    ordered = sorted(parts, key=lambda part: (part.start_month, part.drug))
    return History(Regimen(tuple(ordered)), tuple(dict.fromkeys(notes)))


def months_ago(when: When, at: Occasion) -> float:
    """At which month from today was it (0 or below)? The middle of a partial date; to a hundredth of a month."""
    return min(round((_middle(when) - at.on).days / DAYS_PER_MONTH, 2), 0.0)


_Found = tuple[list[notation.Course], list[str]]


def _clinic(course: Course, drug: Drug, at: Occasion) -> _Found:
    """Doses at their days; where no day is recorded, doses at the label's interval from start to end."""
    given = doses(course, at)
    if given:
        notes = [f"the day of a dose of {drug.name} is not exact" for dose in given if not dose.when.is_exact]
        amounts = [_amount_mg(dose) for dose in given]
        if None in amounts:
            notes.append(f"the dose of {drug.name} is not recorded every time: taken as {drug.dose}")
        parts = [
            notation.Course(drug.id, amount or _label_mg(drug), "mg", months_ago(dose.when, at))
            for dose, amount in zip(given, amounts, strict=True)
        ]
        return parts, notes
    span, notes = _span(course, drug, at)
    if span is None:
        return [], notes
    start, stop = span
    every = months_of(drug.interval)
    # A dose that would fall on today is the next one, not the last.
    dosed = notation.Course(drug.id, _label_mg(drug), "mg", start, max(stop, round(start + 0.01, 2)), every, "mo")
    notes.append(
        f"the days on which {drug.name} was given are not recorded: taken as {drug.dose} every {drug.interval}"
    )
    return [dosed], notes


def _home(course: Course, drug: Drug, at: Occasion) -> _Found:
    """What is taken at home as an even amount a day, in the share that was taken, without the gaps."""
    span, notes = _span(course, drug, at)
    if span is None:
        return [], notes
    share, said = _share(course, drug, span, at)
    notes += said
    daily_mg = course.amount_per_day if course.unit == "mg/d" else None
    if not daily_mg:
        notes.append(f"the dose of {drug.name} is not recorded: taken as {drug.dose} every {drug.interval}")
        daily_mg = _label_mg(drug) / (months_of(drug.interval) * DAYS_PER_MONTH)
    taken_mg = float(f"{daily_mg * share:.4g}")
    if taken_mg <= 0.0:
        return [], [*notes, f"{drug.name} was hardly taken and is left out of the treatment so far"]
    return [
        notation.Course(drug.id, taken_mg, "mg", first, last, 1.0, "d")
        for first, last in _without_gaps(span, course, at)
    ], notes


def _span(course: Course, drug: Drug, at: Occasion) -> tuple[tuple[float, float] | None, list[str]]:
    """From which month to which was it taken? None, and why, where nobody can tell."""
    began = course.began
    if began is None:
        return None, [f"when {drug.name} was begun is not recorded: left out of the treatment so far"]
    start = months_ago(began, at)
    notes = [] if began.is_exact else [f"the day on which {drug.name} was begun is not exact"]
    running = is_running(course, at)
    if course.stop is not None:
        stop = months_ago(course.stop, at)
        if not course.stop.is_exact:
            notes.append(f"the day on which {drug.name} ended is not exact")
    elif running:
        stop = 0.0
    elif course.covered_days is not None:
        stop = min(round(start + course.covered_days / DAYS_PER_MONTH, 2), 0.0)
    elif running is None:
        stop = round(start / 2, 2)
        notes.append(
            f"whether {drug.name} is still taken is not recorded: taken as for half of the time since it began"
        )
    else:
        return None, [f"when {drug.name} ended is not recorded: left out of the treatment so far"]
    return ((start, stop), notes) if stop > start else (None, [])


def _share(course: Course, drug: Drug, span: tuple[float, float], at: Occasion) -> tuple[float, list[str]]:
    """Which share of it was taken: by the supplies, else by what was said, else all of it?"""
    days = sum(last - first for first, last in _without_gaps(span, course, at)) * DAYS_PER_MONTH
    if course.covered_days is not None and days > 0:
        return min(course.covered_days / days, 1.0), []
    if course.drug in ORAL_BISPHOSPHONATES and is_current(course, at) and at["poor_adherence"].value is True:
        words = f"{drug.name} is not taken as meant: counted as {100 * SHARE_NOT_AS_MEANT:.0f} % of the doses"
        return SHARE_NOT_AS_MEANT, [words]
    return 1.0, []


def _without_gaps(span: tuple[float, float], course: Course, at: Occasion) -> Iterator[tuple[float, float]]:
    """The stretches in which it was taken, in months."""
    first, end = span
    for begin, back in sorted(course.gaps):
        left, returned = months_ago(When.on(begin), at), months_ago(When.on(back), at)
        if left >= end or returned <= first:
            continue
        if left > first:
            yield first, left
        first = returned
    if end > first:
        yield first, end


def _amount_mg(dose: Dose) -> float | None:
    factor = _MG.get(dose.unit.lower())
    return dose.amount * factor if factor is not None and dose.amount else None


def _label_mg(drug: Drug) -> float:
    return drug.dose.value * _MG[drug.dose.unit]


def _middle(when: When) -> date:
    return when.earliest + timedelta(days=(when.latest - when.earliest).days // 2)


def _words(course: Course) -> str:
    return course.text or course.drug.replace("_", " ")
