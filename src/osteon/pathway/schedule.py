"""Lay a chosen course out in time: tests, preparation, doses, calls, checks, reviews and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from osteon.knowledge.drug import Drug, Route
from osteon.knowledge.types import Quantity, Severity
from osteon.pathway.calendar import after, months_after
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.order import Note, dose_order, note
from osteon.pathway.regimens import Segment
from osteon.pathway.start import Start
from osteon.pathway.steps import PlanStep, StepKind, finding_note, timing_note
from osteon.pathway.truth import Truth

DAYS_PER_WEEK = 7


def schedule(option: Option, start: Start, gate: Gate, at: Occasion, *, is_provisional: bool) -> tuple[PlanStep, ...]:
    """Every dated step of this option, in the order of time."""
    steps = [
        *_preparation(option, start, gate, at),
        *_doses(option, start, at, is_provisional=is_provisional),
        *_follow_up(option, start, at),
    ]
    return in_order(steps)


def in_order(steps: list[PlanStep]) -> tuple[PlanStep, ...]:
    """Steps by day; on one day in the order in which they are done."""
    kinds = list(StepKind)
    return tuple(sorted(steps, key=lambda step: (step.on, kinds.index(step.kind), step.id)))


# --- before the first dose ------------------------------------------------------------------------------------------


def _preparation(option: Option, start: Start, gate: Gate, at: Occasion) -> Iterator[PlanStep]:
    drug = at.knowledge.drugs[option.drug]
    yield from _retests(drug, start, at)
    if drug.supplements:
        yield PlanStep(
            id="preparation.supplements", kind=StepKind.PREPARATION, on=at.on, by=start.on,
            title="Calcium and vitamin D, from now on", notes=tuple(note(each) for each in drug.supplements),
        )  # fmt: skip
    yield from _to_put_right(start, gate, at)
    if drug.preparation:
        yield PlanStep(
            id="preparation.day", kind=StepKind.PREPARATION, on=start.on, title="On the day of the dose",
            notes=tuple(note(each) for each in drug.preparation),
        )  # fmt: skip
    if drug.counselling:
        yield PlanStep(
            id="preparation.counselling", kind=StepKind.PREPARATION, on=at.on, by=start.on,
            title="What the patient should know", notes=tuple(note(each) for each in drug.counselling),
        )  # fmt: skip


def _to_put_right(start: Start, gate: Gate, at: Occasion) -> Iterator[PlanStep]:
    """What stands against the dose today and is not a test: put right from now on, or minded on the day."""
    for finding in gate.findings:
        if finding.verdict is not Truth.YES or finding.missing or is_test(finding):
            continue
        yield PlanStep(
            id=f"preparation.{finding.id}", kind=StepKind.PREPARATION, on=_when(finding, start, at), by=start.on,
            title=finding.remedy or finding.text, notes=(finding_note(finding),), findings=(finding.id,),
        )  # fmt: skip


def _when(finding: Finding, start: Start, at: Occasion) -> date:
    """Advice is minded on the day of the dose; a result is renewed shortly before it; the rest begins now."""
    if finding.severity is Severity.ADVISE:
        return start.on
    if finding.only_a_result_clears:
        return max(at.on, after(start.on, at.knowledge.parameter("plan.test_lead"), -1))
    return at.on


def _retests(drug: Drug, start: Start, at: Occasion) -> Iterator[PlanStep]:
    """Which tests are fresh today and will be stale on the day of the first dose?"""
    waiting_d = (start.on - at.on).days
    stale = [
        at.knowledge.facts[test.fact].obtain
        for test in drug.tests
        if test.age
        and test.freshness
        and isinstance(age := at[test.age].value, float | int)
        and age <= test.freshness.value < age + waiting_d
    ]
    if stale:
        lead = at.knowledge.parameter("plan.test_lead")
        yield PlanStep(
            id="test.first", kind=StepKind.TEST, on=max(at.on, after(start.on, lead, -1)), by=start.on,
            title="Again before the first dose: " + "; ".join(dict.fromkeys(stale)),
            notes=(timing_note(lead, "Fresh today, stale by then."),),
        )  # fmt: skip


# --- doses ----------------------------------------------------------------------------------------------------------


def _doses(option: Option, start: Start, at: Occasion, *, is_provisional: bool) -> Iterator[PlanStep]:
    for segment in option.sequence.segments:
        drug = at.knowledge.drugs[segment.drug]
        if drug.self_administered or drug.route.value is Route.ORAL:
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
    if prone is True and drug.drug_class.value in ("bisphosphonate", "RANKL inhibitor"):
        span = parameter("plan.calcium_after_dose")
        yield _check(f"check.calcium.{tag}", after(day, span), "Serum calcium after the dose", span)
    strained = [at[name].value for name in ("loop_diuretic_now", "nsaid_now", "nephrotoxic_now")]
    if drug.route.value.is_intravenous and True in strained:
        span = parameter("plan.creatinine_after_dose")
        yield _check(f"check.creatinine.{tag}", after(day, span), "Serum creatinine after the dose", span)


def _exit_notes(segment: Segment, option: Option, at: Occasion) -> tuple[Note, ...]:
    """Why this drug follows the one that is left."""
    ways = at.knowledge.drugs[option.drug].exits
    return tuple(note(way.why) for way in ways if segment.drug in way.to)[:1]


def _drops(at: Occasion) -> float:
    return at.knowledge.parameter("plan.drop_factor").value


# --- follow-up ------------------------------------------------------------------------------------------------------


def _follow_up(option: Option, start: Start, at: Occasion) -> Iterator[PlanStep]:
    parameter = at.knowledge.parameter
    drug = at.knowledge.drugs[option.drug]
    review = months_after(start.on, option.sequence.review_mo)
    if drug.route.value is Route.ORAL:
        span = parameter("plan.tablet_review")
        yield _check("review.tablets", after(start.on, span), "Are the tablets taken and tolerated?", span)
    span = parameter("plan.marker_after_start")
    yield _check("check.marker", after(start.on, span), "Turnover markers (CTX or P1NP), fasting in the morning", span)
    span = parameter("plan.yearly_review")
    for year in range(1, round(option.sequence.review_mo / 12)):
        day = after(start.on, span, year)
        title = "Yearly review: new fractures, falls, teeth, calcium and vitamin D, height"
        yield _check(f"review.year.{year}", day, title, span, StepKind.REVIEW)
    span = parameter("plan.dxa_after_start")
    scan = min(after(start.on, span), review)
    yield _check("check.dxa", scan, "DXA of spine and hip, on the same machine", span)
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
        yield _check(f"check.{name}", after(day, span), "CTX after denosumab: the clinician decides on a repeat", span)


def _review_title(drug: Drug) -> str:
    if drug.no_holiday is not None:
        return f"Review {drug.name}: go on, or leave by the planned way out; never just stop"
    return f"Review {drug.name}: holiday, go on, or switch"


def _review_notes(drug: Drug) -> tuple[Note, ...]:
    return (timing_note(drug.review_after, ""),) if drug.review_after else ()


def _check(name: str, day: date, title: str, span: Quantity, kind: StepKind = StepKind.CHECK) -> PlanStep:
    return PlanStep(id=name, kind=kind, on=day, title=title, notes=(timing_note(span, ""),))


def is_test(finding: Finding) -> bool:
    """Is it about a test that must precede a dose, and not about the patient?"""
    return finding.id.split(".")[1:2] == ["test"]


def open_tests(findings: tuple[Finding, ...], at: Occasion, first_dose: date | None) -> Iterator[PlanStep]:
    """What is to be found out: one step for each thing to do, with the questions it settles.

    What only the day itself can answer (a temperature, a red eye) waits for the day of the first dose.
    """
    asking: dict[str, list[Finding]] = {}
    of_the_day: set[str] = set()
    for finding in findings:
        for missing in finding.missing:
            asking.setdefault(missing.obtain, []).append(finding)
            if is_of_the_day(missing.fact, at):
                of_the_day.add(missing.obtain)
        if is_test(finding) and finding.verdict is Truth.YES:
            asking.setdefault(finding.remedy.removeprefix("Obtain: ").removesuffix("."), []).append(finding)
    for number, (obtain, settled) in enumerate(asking.items(), 1):
        on = first_dose if first_dose and obtain in of_the_day else at.on
        yield PlanStep(
            id=f"test.open.{number}", kind=StepKind.TEST, on=on, by=first_dose, title=obtain[:1].upper() + obtain[1:],
            notes=tuple(dict.fromkeys(finding_note(each) for each in settled)),
            findings=tuple(each.id for each in settled),
        )  # fmt: skip


def is_of_the_day(fact: str, at: Occasion) -> bool:
    """Can only the day itself answer it? Its answer is too old a week later."""
    window = at.knowledge.facts[fact].answer_window
    return bool(window) and at.knowledge.parameter(window).value < DAYS_PER_WEEK
