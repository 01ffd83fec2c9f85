"""Which dose can be late, and what is given then?"""

import msgspec

from osteon.bone.deviations import late
from osteon.bone.regimen import Course, Regimen
from osteon.knowledge.spans import DAYS_PER_MONTH

LATE_BY_MONTHS = 3.0
"""How late the dose is taken to be, if nobody says: a missed appointment, found at the next call (design)."""

_SHORTEST_INTERVAL_D = 28.0
"""Doses closer than four weeks are taken at home; a late one among many is no event (design)."""

_ENOUGH = 2
"""Of a course the first two doses decide which one is next."""


class LateDose(msgspec.Struct, frozen=True):
    """Which regimen is it then, and which dose is late? `month` is when it was due."""

    regimen: Regimen
    drug: str
    month: float
    by_months: float


def next_dose_late(regimen: Regimen, history: Regimen, by_months: float = LATE_BY_MONTHS) -> LateDose | None:
    """Which regimen is it, if the next dose comes late?

    The next dose is the first one planned, from today on, that follows an earlier dose: the first dose of all is never
    late. Only doses at intervals of four weeks or more, or single ones, count, be it as earlier dose in the history or
    as the late one. None where no such dose is planned.
    """
    is_followed = any(_at_clinic(course) for course in history.courses)
    planned = [
        (dose.day, dose.drug, _at_clinic(course)) for course in regimen.courses for dose in course.doses()[:_ENOUGH]
    ]
    for day, drug, counts in sorted(planned):
        if is_followed and counts and day > -1e-6:
            month = day / DAYS_PER_MONTH
            return LateDose(late(regimen, drug, month, by_months), drug, month, by_months)
        is_followed = True
    return None


def _at_clinic(course: Course) -> bool:
    return course.interval_days is None or course.interval_days >= _SHORTEST_INTERVAL_D
