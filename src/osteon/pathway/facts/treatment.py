"""Which drugs for osteoporosis does the patient take, which did she ever take, and which still work?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from osteon.chart.types import Course
from osteon.pathway.facts.courses import (
    ORAL_BISPHOSPHONATES,
    courses_of,
    ground,
    is_antiresorptive,
    is_current,
    is_effective,
    osteoporosis_courses,
)
from osteon.pathway.facts.lookup import NOTHING, silence
from osteon.pathway.facts.recorded import conditions
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

UNNAMED = "long-term bisphosphonate on the problem list, but which one is not recorded"


@fact
def treatments_now(at: Occasion) -> Known:
    """Which drugs for osteoporosis does the patient take now? Late with an interval drug is still on it."""
    return _set_of(osteoporosis_courses(at), is_current, "taken", at)


@fact
def treatments_ever(at: Occasion) -> Known:
    """Which drugs for osteoporosis did the patient ever take, those of now included?"""
    courses = osteoporosis_courses(at)
    if not courses:
        return _unnamed(at) or silence(at, "medications", NOTHING)
    return Known(frozenset([each.drug for each in courses]), tuple([ground(each) for each in courses]))


def _unnamed(at: Occasion) -> Known | None:
    """What follows from the problem list's `long-term use of bisphosphonates` where no drug is named?"""
    listed = conditions("bisphosphonate_long_term_use", at)
    if not listed:
        return None
    return unknown(UNNAMED, *[Ground(each.text, each.source, each.began) for each in listed])


@fact
def antiresorptives_active(at: Occasion) -> Known:
    """Which antiresorptive drugs still work?

    Tablets while they are taken; a dose of an interval drug for its interval, or until it is dangerous to be late.
    """
    courses = [each for each in osteoporosis_courses(at) if is_antiresorptive(each, at)]
    return _set_of(courses, is_effective, "working", at)


def _set_of(
    courses: Iterable[Course], holds: Callable[[Course, Occasion], bool | None], what: str, at: Occasion
) -> Known:
    """The drugs of those courses for which it holds; one that cannot be told leaves the set unknown."""
    found: dict[str, Ground] = {}
    in_doubt: dict[str, Ground] = {}
    for course in courses:
        answer = holds(course, at)
        if answer is not False:
            (found if answer else in_doubt)[course.drug] = ground(course)
    doubtful = [name for name in in_doubt if name not in found]
    if doubtful:
        names = ", ".join(name.replace("_", " ") for name in doubtful)
        return unknown(f"whether it is still {what} is not recorded: {names}", *in_doubt.values())
    if not found:
        return _unnamed(at) or silence(at, "medications", NOTHING)
    return Known(frozenset(found), tuple(found.values()))


@fact
def never_treated(at: Occasion) -> Known:
    """Was the patient never treated for osteoporosis?"""
    ever = at["treatments_ever"]
    if ever.why_not == UNNAMED:
        return Known(False, ever.grounds)
    return ever if ever.value is None else Known(not ever.value, ever.grounds)


@fact
def oral_bisphosphonate_now(at: Occasion) -> Known:
    """Does the patient take a bisphosphonate by mouth?"""
    found: list[Ground] = []
    in_doubt: list[Ground] = []
    for course in courses_of(at, *ORAL_BISPHOSPHONATES):
        answer = is_current(course, at)
        if answer is not False:
            (found if answer else in_doubt).append(ground(course))
    if found:
        return Known(True, tuple(found))
    if in_doubt:
        return unknown("whether the tablets are still taken is not recorded", *in_doubt)
    return _unnamed(at) or silence(at, "medications")
