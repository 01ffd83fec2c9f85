"""What is looked at again while a course runs, when it is reviewed, and after it is left."""

from __future__ import annotations

from collections.abc import Iterator

from osteon.knowledge.drug import Drug, Route
from osteon.pathway.calendar import after, months_after
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.order import Note, note
from osteon.pathway.start import Start
from osteon.pathway.steps import PlanStep, StepKind, check_step, timing_note


def follow_up(option: Option, start: Start, at: Occasion) -> Iterator[PlanStep]:
    """Markers, scans, yearly reviews, the review of the course, and the markers after denosumab is left."""
    parameter = at.knowledge.parameter
    drug = at.knowledge.drugs[option.drug]
    review = months_after(start.on, option.sequence.review_mo)
    if drug.route.value is Route.ORAL:
        span = parameter("plan.tablet_review")
        yield check_step("review.tablets", after(start.on, span), "Are the tablets taken and tolerated?", span)
    span = parameter("plan.marker_after_start")
    yield check_step(
        "check.marker", after(start.on, span), "Turnover markers (CTX or P1NP), fasting in the morning", span
    )
    span = parameter("plan.yearly_review")
    for year in range(1, round(option.sequence.review_mo / 12)):
        day = after(start.on, span, year)
        title = "Yearly review: new fractures, falls, teeth, calcium and vitamin D, height"
        yield check_step(f"review.year.{year}", day, title, span, StepKind.REVIEW)
    span = parameter("plan.dxa_after_start")
    scan = min(after(start.on, span), review)
    yield check_step("check.dxa", scan, "DXA of spine and hip, on the same machine", span)
    yield PlanStep(
        id="review.course", kind=StepKind.REVIEW, on=review, title=_review_title(drug),
        notes=tuple(note(each) for each in ((drug.no_holiday,) if drug.no_holiday else ())) + _review_notes(drug),
    )  # fmt: skip
    yield from _after_exit(option, start, at)


def _after_exit(option: Option, start: Start, at: Occasion) -> Iterator[PlanStep]:
    """After the infusion that follows denosumab, markers at 3 and 6 months: a clinician reads them, not a threshold."""
    leaving = next((segment for segment in option.sequence.segments if segment.is_exit), None)
    if leaving is None or option.drug != "denosumab":
        return
    day = months_after(start.on, leaving.start_mo)
    for name in ("first_marker_after_exit", "second_marker_after_exit"):
        span = at.knowledge.parameter(f"plan.{name}")
        yield check_step(
            f"check.{name}", after(day, span), "CTX after denosumab: the clinician decides on a repeat", span
        )


def _review_title(drug: Drug) -> str:
    if drug.no_holiday is not None:
        return f"Review {drug.name}: go on, or leave by the planned way out; never just stop"
    return f"Review {drug.name}: holiday, go on, or switch"


def _review_notes(drug: Drug) -> tuple[Note, ...]:
    return (timing_note(drug.review_after, ""),) if drug.review_after else ()
