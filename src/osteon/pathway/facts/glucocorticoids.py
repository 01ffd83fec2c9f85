"""How much systemic glucocorticoid, for how long, in prednisone?"""

from __future__ import annotations

from datetime import timedelta

from osteon.chart.types import Course
from osteon.pathway.facts.bounds import is_at_least
from osteon.pathway.facts.courses import ground, has_begun, months_taken
from osteon.pathway.facts.lookup import NO, ZERO, is_running, parameter, silence
from osteon.pathway.facts.recorded import conditions
from osteon.pathway.formulas import glucocorticoid_named, prednisone_equivalent_mg
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

GLUCOCORTICOID = "glucocorticoid"
LONG_TERM_USE = "glucocorticoid_long_term_use"
YEAR_D = 365

NO_DOSE = unknown("the dose of the glucocorticoid is not recorded")
NOT_DATED = unknown("when the glucocorticoid began or ended is not recorded")
IN_DOUBT = "whether the glucocorticoid is still taken is not recorded"
NONE_NOW = (Ground("no systemic glucocorticoid now"),)


def _courses(at: Occasion) -> tuple[Course, ...]:
    return tuple([each for each in at.chart.by_drug.get(GLUCOCORTICOID, ()) if has_begun(each, at)])


def _running(at: Occasion) -> tuple[Course, ...]:
    return tuple([each for each in _courses(at) if is_running(each, at)])


@fact
def glucocorticoid_now(at: Occasion) -> Known:
    """Does the patient take a systemic glucocorticoid?"""
    running = _running(at)
    if running:
        return Known(True, tuple([ground(each) for each in running]))
    in_doubt = [ground(each) for each in _courses(at) if is_running(each, at) is None]
    if in_doubt:
        return unknown(IN_DOUBT, *in_doubt)
    long_term = _recorded_as_long_term(at)
    return Known(True, long_term) if long_term else silence(at, "medications", NO)


def _recorded_as_long_term(at: Occasion) -> tuple[Ground, ...]:
    """The problem list's own entry for the long-term use of steroids."""
    return tuple([Ground(each.text, each.source, each.began) for each in conditions(LONG_TERM_USE, at)])


@fact
def glucocorticoid_mg_d(at: Occasion) -> Known:
    """How many mg a day, as prednisone? All running courses together; none is 0."""
    running = _running(at)
    if not running:
        return _none_now(at)
    doses = [_prednisone_mg_d(each, at) for each in running]
    grounds = tuple([ground(each) for each in running])
    if None in doses:
        return unknown(NO_DOSE.why_not, *grounds)
    return Known(sum(dose for dose in doses if dose is not None), grounds)


@fact
def glucocorticoid_mo(at: Occasion) -> Known:
    """For how many months has the patient been on a glucocorticoid? The longest running course; none is 0."""
    running = _running(at)
    if not running:
        return _none_now(at)
    spans = [months_taken(each, at) for each in running]
    if any(span.value is None for span in spans):
        return NOT_DATED
    return max(spans, key=lambda span: span.number or 0.0)


def _none_now(at: Occasion) -> Known:
    now = at["glucocorticoid_now"]
    return Known(0.0, now.grounds or NONE_NOW) if now.value is False else unknown(now.why_not or NO_DOSE.why_not)


@fact
def glucocorticoid_long_term(at: Occasion) -> Known:
    """Has the patient been on a glucocorticoid for three months or more?"""
    by_time = is_at_least(at["glucocorticoid_mo"], parameter(at, "glucocorticoid_long_term"))
    long_term = _recorded_as_long_term(at) if by_time.value is None else ()
    return Known(True, long_term) if long_term else by_time


@fact
def glucocorticoid_over_30mg_30d(at: Occasion) -> Known:
    """Was it 30 mg a day or more (as prednisone) for over 30 days in the last year?"""
    least_mg_d, over_d = parameter(at, "glucocorticoid_high_dose"), parameter(at, "glucocorticoid_high_dose_days")
    high: list[Ground] = []
    in_doubt: list[Ground] = []
    for course in _courses(at):
        days, dose = _days_last_year(course, at), _prednisone_mg_d(course, at)
        if (days is not None and days <= over_d) or (dose is not None and dose < least_mg_d):
            continue
        (in_doubt if days is None or dose is None else high).append(ground(course))
    if high:
        return Known(True, tuple(high))
    if in_doubt:
        return unknown("the dose or the days of the glucocorticoid are not recorded", *in_doubt)
    return silence(at, "medications", NO)


@fact
def glucocorticoid_g_last_year(at: Occasion) -> Known:
    """How many grams, as prednisone, were taken in the last year? Dose a day times days, over all courses."""
    courses = [each for each in _courses(at) if _days_last_year(each, at) != 0]
    if not courses:
        return silence(at, "medications", ZERO)
    total_mg = 0.0
    for course in courses:
        days, dose = _days_last_year(course, at), _prednisone_mg_d(course, at)
        if days is None or dose is None:
            return unknown("the dose or the days of the glucocorticoid are not recorded", ground(course))
        total_mg += days * dose
    return Known(total_mg / 1000, tuple([ground(each) for each in courses]))


def _prednisone_mg_d(course: Course, at: Occasion) -> float | None:
    """The daily dose of a course as prednisone, or None where the dose or the steroid is not known."""
    table = at.knowledge.parameters["formulas"]
    name = glucocorticoid_named(f"{course.text} {course.product}", table) or _coded_as(course, at)
    if name not in table or course.amount_per_day is None:
        return None
    return prednisone_equivalent_mg(course.amount_per_day, table[name].value)


def _coded_as(course: Course, at: Occasion) -> str:
    """The steroid by its code, where the words do not name it: another course of the same entries is of that kind."""
    prefix = f"{GLUCOCORTICOID}."
    kin = (each for each in at.chart.courses if each.drug.startswith(prefix))
    return next((each.drug.removeprefix(prefix) for each in kin if set(each.sources) & set(course.sources)), "")


def _days_last_year(course: Course, at: Occasion) -> int | None:
    """On how many days of the last year did this course run? None where that is not recorded."""
    if course.start is None or (course.stop is None and course.is_active is not True):
        return None
    first = max(course.start.earliest, at.on - timedelta(days=YEAR_D))
    last = at.on if course.stop is None else min(course.stop.latest, at.on)
    paused = sum(max((min(end, last) - max(begin, first)).days, 0) for begin, end in course.gaps)
    return max((last - first).days - paused, 0)
