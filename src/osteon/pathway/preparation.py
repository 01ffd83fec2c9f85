"""What is to be found out and put right before the first dose?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from osteon.knowledge.drug import Drug
from osteon.knowledge.types import Severity
from osteon.pathway.calendar import after
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.order import note
from osteon.pathway.start import Start
from osteon.pathway.steps import PlanStep, StepKind, finding_note, timing_note
from osteon.pathway.truth import Truth

DAYS_PER_WEEK = 7


def preparation(option: Option, start: Start, gate: Gate, at: Occasion) -> Iterator[PlanStep]:
    """Tests that will be stale by then, what is to be put right, supplements, the day itself, and what to tell."""
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
