"""Was a drug that must not simply end left without what has to follow it?"""

from __future__ import annotations

from osteon.chart.types import Course, When
from osteon.pathway.calendar import months_after, months_of
from osteon.pathway.facts.courses import (
    PTH_ANALOGUES,
    courses_of,
    doses,
    doses_of,
    effect_months,
    ground,
    is_antiresorptive,
    is_current,
    is_effective,
    osteoporosis_courses,
)
from osteon.pathway.facts.lookup import ZERO, parameter, silence
from osteon.pathway.facts.tablets import total_months
from osteon.pathway.known import Known, unknown
from osteon.pathway.occasion import Occasion, fact

ANABOLIC = (*PTH_ANALOGUES, "romosozumab")


@fact
def pth_analogue_mo(at: Occasion) -> Known:
    """For how many months of a lifetime were teriparatide or abaloparatide taken, both added up?"""
    courses = courses_of(at, *PTH_ANALOGUES)
    return total_months(courses, at) if courses else silence(at, "medications", ZERO)


@fact
def denosumab_without_exit(at: Occasion) -> Known:
    """Was denosumab stopped or left overdue with no other antiresorptive after it?

    Yes once it is dangerous to be late (seven months after the last injection), or once the next one would have been
    due where it was stopped (six), unless another antiresorptive was begun or given after that injection.
    """
    courses = courses_of(at, "denosumab")
    if not courses:
        return silence(at, "medications")
    grounds = tuple([ground(course) for course in courses])
    given = doses_of(at, "denosumab")
    if not given:
        return unknown("denosumab is recorded without the days of its injections", *grounds)
    last = given[-1].when
    if is_followed(courses, last, at):
        return Known(False, grounds)
    stopped = all(is_current(course, at) is False for course in courses)
    drug = at.knowledge.drugs["denosumab"]
    allowed_mo = months_of(drug.interval) if stopped else effect_months(drug)
    late = at.on > months_after(last.latest, allowed_mo)
    if late is not (at.on > months_after(last.earliest, allowed_mo)):
        return unknown("the day of the last denosumab is not exact enough", *grounds)
    return Known(late, grounds)


@fact
def anabolic_finished_without_follow_on(at: Occasion) -> Known:
    """Did a bone-building course end with no antiresorptive after it?"""
    courses = courses_of(at, *ANABOLIC)
    if not courses:
        return silence(at, "medications")
    grounds = tuple([ground(course) for course in courses])
    current = [is_current(course, at) for course in courses]
    if True in current:
        return Known(False, grounds)
    if None in current:
        return unknown("whether the bone-building drug is still taken is not recorded", *grounds)
    ends = [end for course in courses if (end := _end(course, at)) is not None]
    if not ends:
        return unknown("when the bone-building course ended is not recorded", *grounds)
    last = max(ends)
    lead_mo = parameter(at, "follow_on_within")
    since = months_after(last.earliest, -lead_mo)
    return Known(not is_followed(courses, When(since, since), at), grounds)


def _end(course: Course, at: Occasion) -> When | None:
    given = doses(course, at)
    return course.stop or (given[-1].when if given else None)


def is_followed(left: tuple[Course, ...], since: When, at: Occasion) -> bool:
    """Was another antiresorptive begun or given after that day, or does one still work?"""
    for course in osteoporosis_courses(at):
        if course in left or not is_antiresorptive(course, at):
            continue
        began, given = course.began, doses(course, at)
        if is_effective(course, at) or (began is not None and began.latest > since.latest):
            return True
        if given and given[-1].when.latest > since.latest:
            return True
    return False
