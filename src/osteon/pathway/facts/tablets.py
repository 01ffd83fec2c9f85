"""For how long, how regularly and how well were bisphosphonate tablets taken?"""

from __future__ import annotations

from osteon.chart.types import Course
from osteon.pathway.facts.allergies import UPSET_STOMACH, intolerances
from osteon.pathway.facts.bounds import is_below
from osteon.pathway.facts.courses import ORAL_BISPHOSPHONATES, courses_of, ground, months_taken
from osteon.pathway.facts.lookup import ZERO, parameter, silence
from osteon.pathway.facts.recorded import conditions
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

NO_TABLETS = unknown("no bisphosphonate tablets are recorded")
NO_SUPPLY = unknown("how many days the supplies covered is not recorded")
NOT_TAKEN_AS_MEANT = unknown("how the tablets are taken is not recorded")

INTOLERANT = frozenset({*ORAL_BISPHOSPHONATES, "bisphosphonate"})
STOPPED_FOR_HARM = (*UPSET_STOMACH, "intoleran", "not tolerated", "adverse", "side effect", "side-effect")
"""Words of a reason for stopping that speak of tablets not being tolerated."""


@fact
def oral_bisphosphonate_y(at: Occasion) -> Known:
    """For how many years were bisphosphonate tablets taken in all, without the gaps?"""
    courses = courses_of(at, *ORAL_BISPHOSPHONATES)
    return total_months(courses, at, per=12) if courses else silence(at, "medications", ZERO)


def total_months(courses: tuple[Course, ...], at: Occasion, *, per: float = 1) -> Known:
    """How long did these courses last together? Months, divided by `per`; unknown where one cannot be told."""
    spans = [months_taken(course, at) for course in courses]
    for span in spans:
        if span.value is None:
            return span
    grounds = tuple([each for span in spans for each in span.grounds])
    value = sum(span.number or 0.0 for span in spans) / per
    if all(span.low is None for span in spans):
        return Known(value, grounds)
    bounds = [span.bounds for span in spans if span.bounds]
    low, high = sum(each[0] for each in bounds) / per, sum(each[1] for each in bounds) / per
    return Known(min(max(value, low), high), grounds, "", low, high)


@fact
def oral_bisphosphonate_adherence_pct(at: Occasion) -> Known:
    """Of the days of the tablet courses, how many per cent were covered by a supply?

    The proportion of days covered, at most 100, over all courses whose supplies are recorded.
    """
    courses = courses_of(at, *ORAL_BISPHOSPHONATES)
    if not courses:
        return NO_TABLETS
    covered = days = 0.0
    counted = []
    for course in courses:
        span = _days(course, at)
        if course.covered_days is not None and span:
            covered, days = covered + min(course.covered_days, span), days + span
            counted.append(ground(course))
    return Known(100 * covered / days, tuple(counted)) if days else NO_SUPPLY


def _days(course: Course, at: Occasion) -> int:
    """From the first to the last day of a course, both counted; 0 where that is not recorded."""
    if course.start is None or (course.stop is None and course.is_active is False):
        return 0
    last = at.on if course.stop is None else min(course.stop.latest, at.on)
    return max((last - course.start.latest).days, 0)


@fact
def poor_adherence(at: Occasion) -> Known:
    """Are the tablets not taken as meant? As answered, or covered on fewer than 80 % of the days."""
    if not courses_of(at, *ORAL_BISPHOSPHONATES):
        return silence(at, "medications")
    covered = at["oral_bisphosphonate_adherence_pct"]
    return NOT_TAKEN_AS_MEANT if covered.value is None else is_below(covered, parameter(at, "good_adherence"))


@fact
def oral_bisphosphonate_intolerance(at: Occasion) -> Known:
    """Were bisphosphonate tablets not tolerated?

    By an intolerance on the allergy list, by the problem list, or by the reason for which a course was stopped.
    """
    grounds = [*intolerances(at, INTOLERANT)]
    adverse = conditions("bisphosphonate_adverse_effect", at, ever=True)
    grounds += [Ground(each.text, each.source, each.began) for each in adverse if "uveitis" not in each.kinds]
    for course in courses_of(at, *ORAL_BISPHOSPHONATES):
        reason = course.stop_reason.lower()
        has_stopped = course.stop is None or course.stop.earliest <= at.on
        if reason and has_stopped and any(word in reason for word in STOPPED_FOR_HARM):
            grounds.append(Ground(f"{course.text}: {course.stop_reason}", ground(course).source, course.stop))
    return Known(True, tuple(grounds)) if grounds else silence(at, "medications")
