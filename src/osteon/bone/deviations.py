"""What becomes of a regimen when a dose is late, missed, or tablets are paused?

Each is a change of the regimen itself: the answer is a regimen like any other, to be written, simulated and compared.
"""

from collections.abc import Iterator

import msgspec

from osteon.bone.regimen import Course, Regimen, RegimenError
from osteon.knowledge.spans import DAYS_PER_MONTH

_NEAR_MONTHS = 0.5
"""A dose within half a month of the month asked for is the dose that is meant."""


def late(regimen: Regimen, drug: str, month: float, by_months: float) -> Regimen:
    """What is given if the dose of `drug` due at `month` comes `by_months` later, and everything after it too?

    Later doses of the course and every course that begins after the late dose move by the same time. Raises
    `RegimenError` where no such dose is due.
    """
    if by_months < 0.0:
        msg = f"a dose can be late by 0 months or more, not by {by_months:g}"
        raise RegimenError(msg)
    which, due = _due(regimen, drug, month)
    out: list[Course] = []
    for course in regimen.courses:
        if course is which:
            out.extend(_before(course, due))
            out.extend(_shifted(part, by_months) for part in _from(course, due))
        else:
            out.append(_shifted(course, by_months) if course.start_month > due + 1e-6 else course)
    return Regimen(tuple(out))


def missed(regimen: Regimen, drug: str, month: float) -> Regimen:
    """What is given if the dose of `drug` due at `month` is left out, and all others are given when due?"""
    which, due = _due(regimen, drug, month)
    out: list[Course] = []
    for course in regimen.courses:
        if course is which:
            out.extend(_before(course, due))
            if course.interval_days is not None:
                out.extend(_from(course, due + course.interval_days / DAYS_PER_MONTH))
        else:
            out.append(course)
    return Regimen(tuple(out))


def paused(regimen: Regimen, drug: str, from_month: float, to_month: float) -> Regimen:
    """What is given if `drug` is not taken from one month to another? Doses due in between are left out."""
    if not to_month > from_month:
        msg = f"the pause must end after it begins, not at {to_month:g} months when it begins at {from_month:g}"
        raise RegimenError(msg)
    if drug not in regimen.drugs:
        msg = f"{drug} is not part of {regimen}"
        raise RegimenError(msg)
    out: list[Course] = []
    for course in regimen.courses:
        if course.drug != drug:
            out.append(course)
            continue
        out.extend(_before(course, from_month))
        resumes = to_month
        if course.interval is not None and course.start_month < to_month:
            due = [dose.day / DAYS_PER_MONTH for dose in course.doses()]
            resumes = next((at for at in due if at >= to_month - 1e-6), to_month)
        out.extend(_from(course, resumes))
    return Regimen(tuple(out))


def _due(regimen: Regimen, drug: str, month: float) -> tuple[Course, float]:
    found = [
        (abs(dose.day / DAYS_PER_MONTH - month), course, dose.day / DAYS_PER_MONTH)
        for course in regimen.courses
        if course.drug == drug and not course.is_daily
        for dose in course.doses()
    ]
    near = min(found, key=lambda each: each[0], default=None)
    if near is None or near[0] > _NEAR_MONTHS:
        months = ", ".join(f"{each[2]:g}" for each in sorted(found, key=lambda each: each[2]))
        msg = f"no dose of {drug} is due at month {month:g} in {regimen}; doses are due at {months or 'no month'}"
        raise RegimenError(msg)
    return near[1], near[2]


def _before(course: Course, month: float) -> Iterator[Course]:
    """The part of a course whose doses fall before a month."""
    if course.start_month >= month - 1e-6:
        return
    stop = course.stop_month
    yield course if stop is None or stop <= month else msgspec.structs.replace(course, stop_month=month)


def _from(course: Course, month: float) -> Iterator[Course]:
    """The part of a course whose doses fall on a month or after it."""
    if course.start_month >= month - 1e-6:
        yield course
    elif course.stop_month is not None and course.stop_month > month + 1e-6:
        yield msgspec.structs.replace(course, start_month=month)


def _shifted(course: Course, months: float) -> Course:
    stop = None if course.stop_month is None else course.stop_month + months
    return msgspec.structs.replace(course, start_month=course.start_month + months, stop_month=stop)
