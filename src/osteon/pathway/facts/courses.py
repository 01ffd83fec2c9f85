"""The courses of osteoporosis drugs: which were there, which run, how long did each run, and did it cover a day?"""

from __future__ import annotations

from datetime import date

from osteon.chart.types import Course, Dose, When
from osteon.knowledge.drug import POTENT_ANTIRESORPTIVES, Drug, DrugClass
from osteon.knowledge.spans import DAYS_PER_MONTH
from osteon.pathway.calendar import months_after, months_between, months_of
from osteon.pathway.facts.lookup import is_running, parameter
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion

ORAL_BISPHOSPHONATES = ("alendronate", "risedronate", "ibandronate_oral")
PTH_ANALOGUES = ("teriparatide", "abaloparatide")
ANTIRESORPTIVE = (*POTENT_ANTIRESORPTIVES, DrugClass.SERM)
OUTSIDE_THE_FORMULARY = frozenset({"bisphosphonate", "bazedoxifene", "calcitonin", "strontium"})
"""Other drugs for osteoporosis, and a bisphosphonate that is not named: all are taken at home and slow resorption."""


def osteoporosis_courses(at: Occasion) -> tuple[Course, ...]:
    """The courses of drugs for osteoporosis that began on or before the day, without the cancer doses."""
    return at.once(_osteoporosis_courses)


def _osteoporosis_courses(at: Occasion) -> tuple[Course, ...]:
    known = at.knowledge.drugs.keys() | OUTSIDE_THE_FORMULARY
    return tuple(
        [each for each in at.chart.courses if each.drug in known and not each.is_oncology and has_begun(each, at)]
    )


def is_antiresorptive(course: Course, at: Occasion) -> bool:
    """Does this drug slow resorption without building bone?"""
    drug = at.knowledge.drugs.get(course.drug)
    return drug is None or drug.drug_class in ANTIRESORPTIVE


def given_by_others(course: Course, at: Occasion) -> Drug | None:
    """The drug, where a clinic gives it dose by dose; None where the patient takes it at home."""
    drug = at.knowledge.drugs.get(course.drug)
    return None if drug is None or drug.is_taken_at_home else drug


def courses_of(at: Occasion, *drugs: str) -> tuple[Course, ...]:
    """The courses of these drugs that began on or before the day."""
    by_drug = at.once(_by_drug)
    if len(drugs) == 1:
        return by_drug.get(drugs[0], ())
    return tuple([course for drug in drugs for course in by_drug.get(drug, ())])


def _by_drug(at: Occasion) -> dict[str, tuple[Course, ...]]:
    found: dict[str, tuple[Course, ...]] = {}
    for course in osteoporosis_courses(at):
        found[course.drug] = (*found.get(course.drug, ()), course)
    return found


def has_begun(course: Course, at: Occasion) -> bool:
    """Did this course begin on or before the day? One without any date did."""
    began = course.began
    return began is None or began.earliest <= at.on


def doses(course: Course, at: Occasion) -> tuple[Dose, ...]:
    """The doses of a course that were given on or before the day, the earliest first."""
    if not course.doses:
        return ()
    return tuple(sorted((each for each in course.doses if each.when.earliest <= at.on), key=lambda each: each.when))


def doses_of(at: Occasion, drug: str) -> tuple[Dose, ...]:
    """All doses of one drug that were given on or before the day, the earliest first."""
    courses = courses_of(at, drug)
    if len(courses) == 1:
        return doses(courses[0], at)
    given = [dose for course in courses for dose in doses(course, at)]
    return tuple(sorted(given, key=lambda each: each.when))


def ground(course: Course, when: When | None = None) -> Ground:
    """A course as a ground."""
    return Ground(course.text, course.sources[0] if course.sources else "", when or course.start)


# --- does it run? -----------------------------------------------------------------------------------------------------


def is_current(course: Course, at: Occasion) -> bool | None:
    """Is this treatment going on?

    A drug given at intervals goes on until it is stopped or two intervals have passed since its last dose (a
    parameter): late is not stopped. None where the chart does not tell.
    """
    running = is_running(course, at)
    drug = given_by_others(course, at)
    given = doses(course, at)
    if running is False or not given or drug is None:
        return running
    allowed_mo = months_of(drug.interval) * parameter(at, "counted_as_running")
    return at.on <= months_after(given[-1].when.latest, allowed_mo)


def is_effective(course: Course, at: Occasion) -> bool | None:
    """Does the effect of this course still run on the day: while it is taken, or for a while after its last dose?"""
    return _covers(course, When.on(at.on), at)


def covering(course: Course, event: When, at: Occasion) -> bool | None:
    """Had this course run for a year (`failure_after`) when it happened, and was it still running then?"""
    began = course.began
    if began is None:
        return None
    year_mo = parameter(at, "failure_after")
    if months_between(began.earliest, event.latest) < year_mo:
        return False
    still = _covers(course, event, at)
    if still is not False and months_between(began.latest, event.earliest) < year_mo:
        return None
    return still


def _covers(course: Course, event: When, at: Occasion) -> bool | None:
    """Was the effect of this course there on a day (or at some time within a partial date)?"""
    drug = given_by_others(course, at)
    given = doses(course, at)
    if given and drug is not None:
        effect_mo = effect_months(drug)
        return _some([_runs(dose.when, effect_mo, event) for dose in given])
    if event.is_exact and any(first < event.earliest < last for first, last in course.gaps):
        return False
    if course.stop is None:
        return True if course.is_active else False if _is_over(course, drug, event, at) else None
    end = course.stop
    if drug is not None:
        effect_mo = effect_months(drug)
        end = When(months_after(end.earliest, effect_mo), months_after(end.latest, effect_mo))
    return True if end.earliest > event.latest else False if end.latest <= event.earliest else None


def _is_over(course: Course, drug: Drug | None, event: When, at: Occasion) -> bool:
    """Is the effect of a course that ended on an unknown day surely over by then?

    At home it ends with the last tablet; of what a clinic gives at most twice the time of effect is allowed from the
    beginning.
    """
    if course.is_active is not False:
        return False
    if drug is None:
        return event.earliest >= at.on
    began = course.began
    return began is not None and months_between(began.latest, event.earliest) > 2 * effect_months(drug)


def effect_months(drug: Drug) -> float:
    """For how many months is one dose taken to work? Its interval, or until it is dangerous to be late."""
    return months_of(drug.dangerous_after or drug.interval)


def _runs(given: When, effect_mo: float, event: When) -> bool | None:
    if given.earliest > event.latest:
        return False
    if given.latest <= event.earliest and event.latest <= months_after(given.earliest, effect_mo):
        return True
    return False if event.earliest > months_after(given.latest, effect_mo) else None


def _some(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


# --- for how long? ----------------------------------------------------------------------------------------------------


def months_taken(course: Course, at: Occasion) -> Known:
    """For how many months was this drug taken up to the day, without its gaps? Bounds where a date is partial."""
    began = course.began
    end = _end(course, at)
    if began is None or end is None:
        if course.covered_days is not None:
            return Known(course.covered_days / DAYS_PER_MONTH, (ground(course),))
        return unknown(f"when {course.drug.replace('_', ' ')} began or ended is not recorded", ground(course))
    pauses_mo = sum((min(last, at.on) - first).days for first, last in course.gaps if first < at.on) / DAYS_PER_MONTH
    low = max(months_between(min(began.latest, at.on), end.earliest) - pauses_mo, 0.0)
    high = max(months_between(began.earliest, end.latest) - pauses_mo, low)
    if low == high:
        return Known(low, (ground(course),))
    return Known((low + high) / 2, (ground(course),), "", low, high)


def _end(course: Course, at: Occasion) -> When | None:
    """Until when was it taken, as seen from the day?

    None where it is over and nobody wrote when; bounds where nobody wrote whether it goes on.
    """
    if course.stop is not None:
        return When(min(course.stop.earliest, at.on), min(course.stop.latest, at.on))
    if course.is_active:
        return When.on(at.on)
    given = doses(course, at)
    if course.is_active is False:
        return given[-1].when if given else None
    began = course.began
    last = given[-1].when if given else began
    return When(min(last.earliest, at.on), at.on) if last else None


def years_covered(given: tuple[Dose, ...], interval_mo: float, at: Occasion) -> float:
    """How many years did these doses cover up to the day? Each covers its interval, or the time to the next."""
    days: list[date] = [dose.when.latest for dose in given]
    ends = [*days[1:], at.on]
    return sum(max(min(months_between(day, end), interval_mo), 0.0) for day, end in zip(days, ends, strict=True)) / 12
