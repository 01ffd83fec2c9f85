"""On which days did a chart see a scan, a prescription, the beginning of a course? None is a day that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart.types import Chart, Course, When
from osteon.knowledge import Knowledge
from osteon.pathway.facts.courses import OUTSIDE_THE_FORMULARY, osteoporosis_courses
from osteon.pathway.facts.density import SCANS
from osteon.pathway.occasion import Occasion

NOT_ORDERED = frozenset({"draft", "cancelled", "entered-in-error"})


def scans(chart: Chart) -> Iterator[When | None]:
    """Every density that was measured, and every scan that was done."""
    for kind in SCANS:
        yield from (each.when for each in chart.by_measure.get(kind, ()))
    yield from (each.when for each in chart.by_procedure.get("dxa", ()) if each.is_done)


def prescriptions(chart: Chart, knowledge: Knowledge) -> Iterator[When | None]:
    """Every order of a drug for osteoporosis that was not withdrawn."""
    drugs = knowledge.drugs.keys() | OUTSIDE_THE_FORMULARY
    for order in chart.orders:
        if not order.forbids and order.status not in NOT_ORDERED and not order.kinds.isdisjoint(drugs):
            yield order.when


def treatments(at: Occasion) -> Iterator[When | None]:
    """The beginning and every dose of the courses of drugs for osteoporosis."""
    for course in osteoporosis_courses(at):
        yield from course_days(course)


def course_days(course: Course) -> Iterator[When | None]:
    """The beginning and every dose of one course."""
    yield course.began
    yield from (dose.when for dose in course.doses)
