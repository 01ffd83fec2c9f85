"""How many doses of the drugs that a clinic gives were there, when was the last, and what do they add up to?"""

from __future__ import annotations

from osteon.chart.types import Course, Dose
from osteon.pathway.calendar import months_of
from osteon.pathway.facts.bounds import is_at_most
from osteon.pathway.facts.courses import courses_of, doses_of, ground, years_covered
from osteon.pathway.facts.lookup import ZERO, days_since, is_running, months_since, parameter, silence
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

_NAMES = {
    "zoledronic_acid": "zoledronic acid",
    "ibandronate": "ibandronate injection",
    "pamidronate": "pamidronate",
    "denosumab": "denosumab",
    "romosozumab": "romosozumab",
}
NO_DOSE = {drug: unknown(f"no {name} is recorded") for drug, name in _NAMES.items()}
NO_DATES = {drug: unknown(f"{name} is recorded without the days of its doses") for drug, name in _NAMES.items()}
NO_ONCOLOGY = unknown("no cancer dose of an antiresorptive is recorded")
NO_ONCOLOGY_DATES = unknown("a cancer dose of an antiresorptive is recorded without its day")


@fact
def zoledronic_acid_doses(at: Occasion) -> Known:
    """How many infusions of zoledronic acid for osteoporosis were given?"""
    return _count(at, "zoledronic_acid")


@fact
def zoledronic_acid_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last zoledronic acid for osteoporosis?"""
    return _last_d(at, "zoledronic_acid")


@fact
def zoledronic_acid_y(at: Occasion) -> Known:
    """How many years did zoledronic acid cover up to the day? Each infusion its year, or the time to the next."""
    return _years(at, "zoledronic_acid")


@fact
def ibandronate_doses(at: Occasion) -> Known:
    """How many injections of ibandronate were given?"""
    return _count(at, "ibandronate")


@fact
def ibandronate_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last injection of ibandronate?"""
    return _last_d(at, "ibandronate")


@fact
def pamidronate_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last infusion of pamidronate?"""
    return _last_d(at, "pamidronate")


@fact
def denosumab_doses(at: Occasion) -> Known:
    """How many injections of denosumab for osteoporosis were given?"""
    return _count(at, "denosumab")


@fact
def denosumab_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last denosumab for osteoporosis?"""
    return _last_d(at, "denosumab")


@fact
def denosumab_last_dose_mo(at: Occasion) -> Known:
    """How many months ago was the last denosumab for osteoporosis?"""
    given = doses_of(at, "denosumab")
    if not given:
        return _no_doses(at, "denosumab")
    return months_since(at, given[-1].when, _dose(given[-1]))


@fact
def denosumab_y(at: Occasion) -> Known:
    """How many years did denosumab cover up to the day? Each injection its six months, or the time to the next."""
    return _years(at, "denosumab")


@fact
def romosozumab_doses(at: Occasion) -> Known:
    """How many monthly doses of romosozumab were given?"""
    return _count(at, "romosozumab")


@fact
def romosozumab_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last romosozumab?"""
    return _last_d(at, "romosozumab")


@fact
def oncology_antiresorptive_last_dose_d(at: Occasion) -> Known:
    """How many days ago was the last cancer dose of an antiresorptive: Zometa, Xgeva, pamidronate?"""
    given = [dose for course in _oncology(at) for dose in course.doses if dose.when.earliest <= at.on]
    if not given:
        return NO_ONCOLOGY_DATES if _oncology(at) else NO_ONCOLOGY
    last = max(given, key=lambda dose: dose.when)
    return days_since(at, last.when, _dose(last))


@fact
def oncology_antiresorptive_recent(at: Occasion) -> Known:
    """Was a cancer dose of an antiresorptive given in the last year, or does such a course still run?"""
    courses = _oncology(at)
    if not courses:
        return silence(at, "medications")
    running = [ground(course) for course in courses if is_running(course, at)]
    if running:
        return Known(True, tuple(running))
    age = at["oncology_antiresorptive_last_dose_d"]
    if age.value is None:
        return unknown(age.why_not, *[ground(course) for course in courses])
    return is_at_most(age, parameter(at, "oncology_window"))


# --- from courses to doses --------------------------------------------------------------------------------------------


def _oncology(at: Occasion) -> tuple[Course, ...]:
    begun = []
    for course in at.chart.courses:
        if course.is_oncology:
            began = course.began
            if began is None or began.earliest <= at.on:
                begun.append(course)
    return tuple(begun)


def _dose(dose: Dose) -> Ground:
    amount = f" {dose.amount:g} {dose.unit}" if dose.amount is not None else ""
    return Ground(f"{dose.product or dose.drug.replace('_', ' ')}{amount}", dose.source, dose.when)


def _count(at: Occasion, drug: str) -> Known:
    given = doses_of(at, drug)
    if given:
        return Known(float(len(given)), (_dose(given[-1]),))
    return NO_DATES[drug] if courses_of(at, drug) else silence(at, "medications", ZERO)


def _last_d(at: Occasion, drug: str) -> Known:
    given = doses_of(at, drug)
    return days_since(at, given[-1].when, _dose(given[-1])) if given else _no_doses(at, drug)


def _no_doses(at: Occasion, drug: str) -> Known:
    return NO_DATES[drug] if courses_of(at, drug) else NO_DOSE[drug]


def _years(at: Occasion, drug: str) -> Known:
    given = doses_of(at, drug)
    if given:
        interval_mo = months_of(at.knowledge.drugs[drug].interval)
        return Known(years_covered(given, interval_mo, at), (_dose(given[0]), _dose(given[-1])))
    return NO_DATES[drug] if courses_of(at, drug) else silence(at, "medications", ZERO)
