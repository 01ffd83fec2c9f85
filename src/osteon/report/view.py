"""What a plan says, in the order in which a prescriber asks, before it becomes a terminal, a page or a document.

One view serves all three, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from osteon.chart.types import Chart, When
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Severity, Verified
from osteon.pathway.candidacy import Candidacy
from osteon.pathway.categories import RiskCategory
from osteon.pathway.finding import Finding
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option, Standing
from osteon.pathway.order import DoseOrder, Note
from osteon.pathway.plan import Plan
from osteon.pathway.steps import PlanStep
from osteon.pathway.truth import Truth
from osteon.pathway.wording import said
from osteon.report.words import READINESS, STANDING, TRUTH, VERIFIED, Sign, check, day, listed, sentence


class Line(Struct, frozen=True, kw_only=True):
    """One sentence with its grounds: what of the chart it rests on, which texts, and how those are known."""

    text: str
    because: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    mark: Sign | None = None
    sign: Sign | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """A question, the answer in a word, and the sentences behind it."""

    question: str
    sign: Sign
    text: str
    lines: tuple[Line, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """One option as a row: standing first, then what it is and what it asks."""

    sign: Sign
    name: str
    route: str
    text: str
    burden: str
    firsts: str
    option: Option
    lines: tuple[Line, ...]


class View(Struct, frozen=True, kw_only=True):
    """Everything that a report of a plan shows, in order."""

    heading: str
    patient: str
    strip: tuple[tuple[str, str], ...]
    made: str
    banner: str
    answers: tuple[Answer, ...]
    rows: tuple[Row, ...]
    steps: tuple[PlanStep, ...]
    missing: tuple[str, ...]
    unverified: tuple[str, ...]
    citations: tuple[tuple[str, str, str], ...]
    plan: Plan
    risks: tuple[Line, ...]
    order: DoseOrder | None


def view(plan: Plan, chart: Chart, knowledge: Knowledge) -> View:
    """What does this plan say, in words, to a prescriber?"""
    return View(
        heading="Osteoporosis treatment plan",
        patient=patient_line(chart, plan.on),
        strip=patient_strip(chart, plan, knowledge),
        made=f"Worked out for {day(plan.on)} under {plan.jurisdiction} labels, first choice by "
        f"{knowledge.frameworks[plan.framework].name if plan.framework in knowledge.frameworks else plan.framework}.",
        banner=plan.sign_off.statement,
        answers=(
            _diagnosis(plan),
            _risk(plan),
            _infusion(plan.candidacy),
            _proposal(plan),
            *((_readiness(plan),) if plan.gate else ()),
        ),
        rows=tuple(_row(option, knowledge) for option in plan.options),
        steps=plan.steps,
        missing=tuple(f"{each.obtain} (settles {len(each.settles)} open questions)" for each in plan.missing),
        unverified=plan.unverified,
        citations=_citations(plan, knowledge),
        plan=plan,
        risks=tuple(_score(each) for each in plan.assessment.scores),
        order=next((step.order for step in plan.steps if step.order is not None), None),
    )


def patient_line(chart: Chart, on: date) -> str:
    """Who is this? Name, sex, age, birth date and the clinic's number, as far as the chart says."""
    patient = chart.patient
    born = patient.birth_date
    age = _age(born, on)
    about = "about " if not born.is_exact else ""
    words = [
        patient.name or "No name given",
        patient.sex.value if patient.sex else "sex not given",
        f"{about}{age} years",
    ]
    words.append(f"born {born}")
    if patient.record_number:
        words.append(f"record {patient.record_number}")
    return ", ".join(words)


def patient_strip(chart: Chart, plan: Plan, knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """What stands on every page about a patient: who, allergies, kidney function, last dose, next due."""
    patient = chart.patient
    at = Occasion(chart, plan.on, knowledge)
    clearance = at["crcl_ml_min"]
    doses = [dose for course in chart.courses for dose in course.doses if dose.when.latest <= plan.on]
    latest = max((dose for dose in doses if dose.drug in knowledge.drugs), key=lambda dose: dose.when, default=None)
    due = next((step.on for step in plan.steps if step.order is not None), None)
    allergies = [each.text for each in chart.allergies if not each.none_known]
    none_known = any(each.none_known for each in chart.allergies)
    return (
        ("Name", patient.name or "not given"),
        ("Born", f"{patient.birth_date} ({_age(patient.birth_date, plan.on)} years)"),
        ("Sex", patient.sex.value if patient.sex else "not given"),
        ("Record number", patient.record_number or "not given"),
        ("Allergies", ", ".join(allergies) or ("none known" if none_known else "not asked")),
        (
            "Creatinine clearance",
            f"{said(clearance.value, 'mL/min')} ({clearance.as_of})" if clearance.is_known else "cannot tell",
        ),
        ("Last dose", f"{knowledge.drugs[latest.drug].name}, {latest.when}" if latest else "none recorded"),
        ("Next due", day(due) or "nothing planned"),
    )


def _age(born: When, on: date) -> int:
    first = born.earliest
    return on.year - first.year - ((on.month, on.day) < (first.month, first.day))


def line(finding: Finding, sign: Sign | None = None) -> Line:
    """A finding as a sentence with its grounds."""
    missing = tuple(f"not known: {each.text}" for each in finding.missing)
    return Line(
        text=finding.text,
        because=tuple(each.text + (f" ({each.as_of})" if each.as_of else "") for each in finding.because) + missing,
        citations=finding.citations,
        mark=VERIFIED[finding.verified],
        sign=sign,
    )


# --- the questions --------------------------------------------------------------------------------------------------


def _diagnosis(plan: Plan) -> Answer:
    verdict = plan.assessment.osteoporosis
    held = tuple(each for each in plan.assessment.diagnosis if each.verdict is Truth.YES)
    text = {
        Truth.YES: "Yes: osteoporosis.",
        Truth.NO: "No guideline finds osteoporosis on the facts known.",
        Truth.CANNOT_TELL: "Cannot tell yet.",
    }[verdict]
    shown = held or tuple(each for each in plan.assessment.diagnosis if each.verdict is Truth.CANNOT_TELL)
    return Answer(question="Is it osteoporosis?", sign=TRUTH[verdict], text=text, lines=tuple(line(e) for e in shown))


def _risk(plan: Plan) -> Answer:
    applying = [each for each in plan.assessment.categories if each.applies is not Truth.NO]
    named = next((each for each in applying if each.framework == plan.framework), None)
    text = _category(named) if named else "The chosen guideline has no risk category for this patient."
    sign = TRUTH[Truth.CANNOT_TELL if named is None or named.verdict is Truth.CANNOT_TELL else Truth.YES]
    return Answer(
        question="How high is the risk of fracture?",
        sign=Sign("▲", named.label.lower(), "warn") if named and named.label else sign,
        text=text,
        lines=tuple(_category_line(each) for each in applying),
    )


def _category(category: RiskCategory) -> str:
    if category.verdict is Truth.CANNOT_TELL:
        return f"{category.name}: cannot tell; still open: {listed(category.open_above).lower()}."
    if not category.category:
        return f"{category.name}: none of its categories holds."
    floor = f"at least {category.label.lower()}" if category.is_floor else category.label.lower()
    rest = f" ({listed(category.open_above).lower()} cannot be ruled out)" if category.is_floor else ""
    return f"{category.name}: {floor} risk{rest}."


def _category_line(category: RiskCategory) -> Line:
    held = next((each for each in category.findings if each.verdict is Truth.YES), None)
    return Line(
        text=_category(category),
        because=tuple(each.text for each in held.because) if held else (),
        citations=held.citations if held else (),
        mark=VERIFIED[held.verified] if held else None,
    )


def _infusion(candidacy: Candidacy) -> Answer:
    text = {
        Truth.YES: "Yes: there is a reason to go by the vein rather than by mouth.",
        Truth.NO: "No reason is known to go by the vein rather than by mouth.",
        Truth.CANNOT_TELL: "Cannot tell yet.",
    }[candidacy.verdict]
    reasons = [line(each, TRUTH[Truth.YES]) for each in candidacy.reasons_for]
    against = [line(each, Sign("▲", "against", "warn")) for each in candidacy.reasons_against]
    return Answer(
        question="Would an infusion help?", sign=TRUTH[candidacy.verdict], text=text, lines=tuple(reasons + against)
    )


def _proposal(plan: Plan) -> Answer:
    option = plan.option(plan.chosen) if plan.chosen else None
    question = "What is proposed?"
    if option is None or plan.start is None:
        return Answer(question=question, sign=STANDING[Standing.CANNOT_TELL], text=plan.why)
    when = f"First dose of this plan on {day(plan.start.on)}."
    if plan.start.is_continuing:
        when = f"Next dose on {day(plan.start.on)}."
    if plan.start.is_dangerously_late:
        when = f"The dose is {plan.start.overdue_days} days late and the delay is dangerous: give it now."
    text = f"{option.name.capitalize()}, {option.route}. {option.burden.sentence} {when}"
    lines = [Line(text=plan.why), Line(text=f"Course: {option.regimen} (months from the first dose).")]
    if plan.is_provisional:
        names = listed(list(dict.fromkeys(each.text for finding in plan.conditions for each in finding.missing)))
        lines.append(Line(text=f"Provisional until it is known: {names}.", sign=TRUTH[Truth.CANNOT_TELL]))
    lines += [note_line(each) for each in plan.start.reasons]
    lines += [line(each, Sign("▲", "caution", "warn")) for each in option.holding(Severity.HOLD, Severity.ADVISE)]
    return Answer(question=question, sign=STANDING[option.standing], text=text, lines=tuple(lines))


def _readiness(plan: Plan) -> Answer:
    gate = plan.gate
    assert gate is not None  # noqa: S101 - the caller asked
    stops = [*gate.of(Severity.STOP, Truth.YES), *gate.of(Severity.HOLD, Truth.YES)]
    unknown = [*gate.of(Severity.STOP, Truth.CANNOT_TELL), *gate.of(Severity.HOLD, Truth.CANNOT_TELL)]
    text = {
        "ready": f"Ready for {gate.name}, if the dose were today.",
        "not_ready": f"Not ready for {gate.name} today: {len(stops)} checks stand against it.",
        "cannot_tell": f"Cannot tell for {gate.name}: {len(unknown)} checks lack a fact.",
    }[gate.verdict.value]
    lines = [line(each, Sign("✘", each.severity.value, "bad")) for each in stops]
    lines += [line(each, TRUTH[Truth.CANNOT_TELL]) for each in unknown]
    return Answer(
        question="Ready, if the dose were today?", sign=READINESS[gate.verdict], text=text, lines=tuple(lines)
    )


_VERDICTS = (Truth.YES, Truth.CANNOT_TELL, Truth.NO)

# --- parts ----------------------------------------------------------------------------------------------------------


def _row(option: Option, knowledge: Knowledge) -> Row:
    ordered = sorted(option.findings, key=lambda each: (_VERDICTS.index(each.verdict), each.severity.value))
    return Row(
        sign=STANDING[option.standing],
        name=option.name,
        route=option.route,
        text=option.because,
        burden=option.burden.sentence,
        firsts=listed([knowledge.frameworks[name].name for name in option.first_choice_in]),
        option=option,
        lines=tuple(line(each, check(each.severity, each.verdict)) for each in ordered),
    )


def _score(score: object) -> Line:
    return Line(text=sentence(str(score)))


def note_line(note: Note) -> Line:
    """A note of an order or step as a sentence with its grounds."""
    return Line(text=note.text, citations=note.citations, mark=VERIFIED[Verified(note.verified)])


def _citations(plan: Plan, knowledge: Knowledge) -> tuple[tuple[str, str, str], ...]:
    """Every text that the shown sentences rest on: key, title, address; in the order of first use."""
    keys: dict[str, None] = {}
    for finding in _shown(plan):
        keys.update(dict.fromkeys(finding.citations))
    for step in plan.steps:
        for note in step.notes:
            keys.update(dict.fromkeys(note.citations))
    known = knowledge.citations
    return tuple((key, known[key].title, known[key].url) for key in keys if key in known)


def _shown(plan: Plan) -> Iterable[Finding]:
    yield from plan.assessment.diagnosis
    for category in plan.assessment.categories:
        yield from category.findings
    yield from (*plan.candidacy.reasons_for, *plan.candidacy.reasons_against)
    for option in plan.options:
        yield from option.findings
    if plan.gate:
        yield from plan.gate.findings
