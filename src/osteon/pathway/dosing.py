"""The doses of a course, each with its tests before and its calls and checks after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from osteon.knowledge.drug import POTENT_ANTIRESORPTIVES, Drug, Route
from osteon.pathway.calendar import after, months_after
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.order import Note, dose_order, note
from osteon.pathway.regimens import Segment
from osteon.pathway.start import Start
from osteon.pathway.steps import PlanStep, StepKind, check_step, timing_note


def doses(option: Option, start: Start, at: Occasion, *, is_provisional: bool) -> Iterator[PlanStep]:
    """Every dose that the clinic gives, and one step for each course that the patient takes at home."""
    for segment in option.sequence.segments:
        drug = at.knowledge.drugs[segment.drug]
        if drug.is_taken_at_home:
            yield _course(segment, option, start, at, is_provisional=is_provisional)
            continue
        for number, month in enumerate(segment.dose_months, 1):
            day = months_after(start.on, month)
            yield from _one_dose(segment, option, number, day, start, at, is_provisional=is_provisional)


def _course(segment: Segment, option: Option, start: Start, at: Occasion, *, is_provisional: bool) -> PlanStep:
    drug = at.knowledge.drugs[segment.drug]
    day, end = months_after(start.on, segment.start_mo), months_after(start.on, segment.stop_mo)
    what = "Tablets" if drug.route.value is Route.ORAL else "Injections at home"
    return PlanStep(
        id=f"dose.{drug.id}.course", kind=StepKind.EXIT if segment.is_exit else StepKind.DOSE, on=day, by=end,
        title=f"{what}: {drug.name} {drug.dose}, until {end}", order=dose_order(drug, _drops(at)),
        notes=start.reasons if not segment.is_exit else _exit_notes(segment, option, at), is_provisional=is_provisional,
    )  # fmt: skip


def _one_dose(
    segment: Segment, option: Option, number: int, day: date, start: Start, at: Occasion, *, is_provisional: bool
) -> Iterator[PlanStep]:
    drug = at.knowledge.drugs[segment.drug]
    first = number == 1 and not segment.is_exit
    kind = StepKind.EXIT if segment.is_exit else StepKind.DOSE
    if not first:
        yield _tests_before(drug, number, day, segment, at)
    what = {Route.INFUSION: "Infusion", Route.PUSH: "Injection into a vein"}.get(
        drug.route.value, "Injection under the skin"
    )
    yield PlanStep(
        id=f"{kind.value}.{drug.id}.{number}", kind=kind, on=day, by=_latest(drug, day),
        title=f"{what} {number}: {drug.name} {drug.dose}", order=dose_order(drug, _drops(at)),
        notes=start.reasons if first else _exit_notes(segment, option, at) if segment.is_exit else (),
        is_provisional=is_provisional, is_urgent=first and start.is_dangerously_late,
    )  # fmt: skip
    yield from _after_dose(drug, number, day, at, is_exit=segment.is_exit)


def _latest(drug: Drug, day: date) -> date | None:
    """The last day before a late dose becomes dangerous, where the drug has one."""
    if drug.dangerous_after is None:
        return None
    slack = drug.dangerous_after.value - drug.interval.value
    return months_after(day, slack) if drug.dangerous_after.unit == drug.interval.unit == "mo" else None


def _tests_before(drug: Drug, number: int, day: date, segment: Segment, at: Occasion) -> PlanStep:
    lead = at.knowledge.parameter("plan.test_lead")
    facts = at.knowledge.facts
    wanted = dict.fromkeys(facts[test.fact].obtain for test in drug.tests if test.before == "each dose")
    kind = "exit" if segment.is_exit else "dose"
    return PlanStep(
        id=f"test.{kind}.{drug.id}.{number}", kind=StepKind.TEST, on=after(day, lead, -1), by=day,
        title="Before the dose: " + "; ".join(wanted),
        notes=(timing_note(lead, ""), *(note(test.why) for test in drug.tests if test.before == "each dose")),
    )  # fmt: skip


def _after_dose(drug: Drug, number: int, day: date, at: Occasion, *, is_exit: bool) -> Iterator[PlanStep]:
    parameter = at.knowledge.parameter
    tag = f"{'exit' if is_exit else 'dose'}.{drug.id}.{number}"
    if drug.route.value.is_intravenous:
        span = parameter("plan.call_after_infusion")
        yield PlanStep(
            id=f"call.{tag}", kind=StepKind.CALL, on=after(day, span), title="Call the patient after the infusion",
            notes=(timing_note(span, ""), *(note(each) for each in drug.after_care)),
        )  # fmt: skip
    prone = at["calcium_trouble_likely"].value
    if prone is True and drug.drug_class in POTENT_ANTIRESORPTIVES:
        span = parameter("plan.calcium_after_dose")
        yield check_step(f"check.calcium.{tag}", after(day, span), "Serum calcium after the dose", span)
    strained = [at[name].value for name in ("loop_diuretic_now", "nsaid_now", "nephrotoxic_now")]
    if drug.route.value.is_intravenous and True in strained:
        span = parameter("plan.creatinine_after_dose")
        yield check_step(f"check.creatinine.{tag}", after(day, span), "Serum creatinine after the dose", span)


def _exit_notes(segment: Segment, option: Option, at: Occasion) -> tuple[Note, ...]:
    """Why this drug follows the one that is left."""
    ways = at.knowledge.drugs[option.drug].exits
    return tuple(note(way.why) for way in ways if segment.drug in way.to)[:1]


def _drops(at: Occasion) -> float:
    return at.knowledge.parameter("plan.drop_factor").value
