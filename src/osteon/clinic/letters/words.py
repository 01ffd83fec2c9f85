"""What does a letter to the family doctor or the dentist say? Plain and short, from the plan and the chart alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from osteon.chart.types import Chart
from osteon.clinic.letters.models import Document
from osteon.clinic.patients.sentence import stated
from osteon.knowledge import Knowledge
from osteon.knowledge.drug import Drug
from osteon.knowledge.types import Severity
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.plan import Plan
from osteon.pathway.steps import StepKind
from osteon.pathway.truth import Truth
from osteon.report.patient import patient_line
from osteon.report.questions import diagnosis
from osteon.report.words import day, sentence

_AHEAD = timedelta(days=400)
"""How far a letter looks ahead: a year, and what falls just behind it (design)."""

_FEW, _FEW_DAYS = 3, 6
"""A letter is one page: so many of a kind, and so many days (design)."""
_TOLD = (StepKind.TEST, StepKind.DOSE, StepKind.CHECK, StepKind.REVIEW, StepKind.EXIT)


class Part(Struct, frozen=True):
    """A heading with its sentences."""

    heading: str
    lines: tuple[str, ...]


class Letter(Struct, frozen=True, kw_only=True):
    """A letter before it is set: to whom, about whom, and its parts."""

    to: str
    title: str
    patient: str
    on: date
    parts: tuple[Part, ...]


def letter(kind: Document.Kind, plan: Plan, at: Occasion) -> Letter:
    """What does a letter of this kind say on the day of the plan? Raises KeyError for a kind that is no letter."""
    to, title, parts = _LETTERS[kind]
    found = (Part(heading, tuple(map(sentence, lines))) for heading, lines in parts(plan, at) if lines)
    return Letter(to=to, title=title, patient=patient_line(at.chart, plan.on), on=at.on, parts=tuple(found))


Parts = Iterator[tuple[str, list[str]]]


def _to_the_doctor(plan: Plan, at: Occasion) -> Parts:
    option = plan.option(plan.chosen)
    drug = at.knowledge.drugs.get(plan.chosen)
    yield (
        "In short",
        [stated(diagnosis(plan.assessment).text), *_treatment(plan, option), *_given(at.chart, at.knowledge)],
    )
    yield "What comes next", _coming(plan, at)
    yield "What we ask of you", [*_asked(plan, at), *_not_late(drug)]
    yield "What to watch for", _serious(option)


def _to_the_dentist(plan: Plan, at: Occasion) -> Parts:
    option = plan.option(plan.chosen)
    drug = at.knowledge.drugs.get(plan.chosen)
    yield "In short", [*_treatment(plan, option), *_given(at.chart, at.knowledge)]
    yield (
        "The mouth, as far as we know",
        [
            _examined(at),
            *_jaw_findings(plan),
        ],
    )
    yield (
        "What we ask of you",
        [
            "Please tell us before an extraction, an implant or other surgery of the jaw, to time it against the doses",
            "Please tell us of a socket or a sore of the mouth that does not heal, and of exposed bone",
            "Please do not ask the patient to stop the drug without a word to us",
            *_not_late(drug),
        ],
    )
    jaw = [harm.sentence for harm in option.harms if "jaw" in harm.sentence.lower()] if option else []
    yield "How often the jaw is harmed", jaw


_LETTERS: dict[Document.Kind, tuple[str, str, Callable[[Plan, Occasion], Parts]]] = {
    Document.Kind.FAMILY_DOCTOR: ("To the family doctor", "Treatment of osteoporosis", _to_the_doctor),
    Document.Kind.DENTIST: ("To the dentist", "Treatment of osteoporosis, and the teeth", _to_the_dentist),
}


def _treatment(plan: Plan, option: Option | None) -> list[str]:
    if option is None:
        return [plan.why]
    dose = next((step for step in plan.steps if step.order is not None and step.order.drug == plan.chosen), None)
    words = [f"Proposed: {option.name}, {option.route}"]
    if dose is not None and dose.order is not None:
        words = [f"Planned: {dose.order.name} {dose.order.dose}, {option.route}, next on {day(dose.on)}"]
        if dose.is_provisional or plan.is_provisional:
            words.append("This is provisional: results are still open")
    return words


def _given(chart: Chart, knowledge: Knowledge) -> list[str]:
    """Which doses were given, drug by drug, and the last one."""
    said = []
    for course in chart.courses:
        drug = knowledge.drugs.get(course.drug)
        if drug is None:
            continue
        if course.doses:
            last = max(course.doses, key=lambda dose: dose.when)
            number = "one dose" if len(course.doses) == 1 else f"{len(course.doses)} doses"
            said.append(f"Given so far: {drug.name}, {number}, the last on {last.when}")
        elif course.start:
            until = f" to {course.stop}" if course.stop else ", still taken" if course.is_active else ""
            said.append(f"Taken: {drug.name}, from {course.start}{until}")
    return said


def _coming(plan: Plan, at: Occasion) -> list[str]:
    """The dated steps that another doctor should know of; not the questions that a nurse asks on the day."""
    asked = {each.obtain.lower() for each in plan.missing if _is_asked(each.facts, at)}
    steps = [
        step
        for step in plan.steps
        if step.kind in _TOLD and step.on <= at.on + _AHEAD and step.title.lower() not in asked
    ]
    days: dict[date, list[str]] = {}
    for step in steps:
        days.setdefault(step.on, []).append(f"{step.title}{' (provisional)' if step.is_provisional else ''}")
    return [f"{day(on)}: {'; '.join(titles)}" for on, titles in days.items()][:_FEW_DAYS]


def _is_asked(facts: tuple[str, ...], at: Occasion) -> bool:
    """Is it asked of the patient here, and not a result that somebody else may have?"""
    return all(at.knowledge.facts[name].record == "answer" for name in facts if name in at.knowledge.facts)


def _asked(plan: Plan, at: Occasion) -> list[str]:
    wanted = [each.obtain for each in plan.missing if not _is_asked(each.facts, at)][:_FEW]
    supplements = [
        note.text for step in plan.steps if step.id == "preparation.supplements" for note in step.notes if note.text
    ]
    return [
        *([f"Still open, if you can help: {'; '.join(wanted)}"] if wanted else []),
        *supplements[:1],
        "Please tell us of new fractures, new drugs, and a change of the kidneys",
    ]


def _not_late(drug: Drug | None) -> list[str]:
    """That a dose must not be late, where its lateness does harm."""
    return [drug.no_holiday.value] if drug and drug.dangerous_after and drug.no_holiday else []


def _serious(option: Option | None) -> list[str]:
    return [harm.sentence for harm in option.harms if harm.rare_and_serious][:_FEW] if option else []


def _examined(at: Occasion) -> str:
    """When was the mouth last looked at, as far as the chart says?"""
    days = at["dental_exam_age_d"].number
    if days is None:
        return "We do not know when the teeth were last examined"
    return f"The last dental examination that we know of was on {day(at.on - timedelta(days=round(days)))}"


def _jaw_findings(plan: Plan) -> list[str]:
    if plan.gate is None:
        return []
    dental = [each for each in plan.gate.findings if "dental" in each.id and each.severity is not Severity.CRITERION]
    return [
        each.text if each.verdict is Truth.YES else f"Not known to us: {', '.join(m.text for m in each.missing)}"
        for each in dental
        if each.verdict is not Truth.NO
    ]
