"""What a plan says, in the order in which a prescriber asks, before it becomes a terminal, a page or a document.

One view serves all three, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.finding import Finding
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.order import DoseOrder
from osteon.pathway.plan import Plan
from osteon.pathway.steps import PlanStep
from osteon.pathway.truth import Truth
from osteon.report.outlook import OutlookView, outlook_view
from osteon.report.patient import patient_line, patient_strip
from osteon.report.questions import Answer, Line, diagnosis, infusion, line, proposal, readiness, risk, score_line
from osteon.report.words import STANDING, Sign, check, counted, day, listed


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
    outlook: OutlookView | None = None


def view(plan: Plan, at: Occasion) -> View:
    """What does this plan say, in words, to a prescriber? `at` is the occasion for which it was made."""
    knowledge = at.knowledge
    outlook = outlook_view(plan, at)
    return View(
        heading="Osteoporosis treatment plan",
        patient=patient_line(at.chart, plan.on),
        strip=patient_strip(at, plan),
        made=f"Worked out for {day(plan.on)} under {plan.jurisdiction} labels, {_first_choice(plan, knowledge)}.",
        banner=plan.sign_off.statement,
        answers=(
            diagnosis(plan.assessment),
            risk(plan.assessment, plan.framework),
            infusion(plan.candidacy),
            proposal(plan),
            *((outlook.answer,) if outlook else ()),
            *((readiness(plan.gate),) if plan.gate else ()),
        ),
        rows=tuple(_row(option, knowledge) for option in plan.options),
        steps=plan.steps,
        missing=tuple(
            f"{each.obtain} (settles {counted(len(each.settles), 'open question')})" for each in plan.missing
        ),
        unverified=plan.unverified,
        citations=_citations(plan, knowledge),
        plan=plan,
        risks=tuple(score_line(each) for each in plan.assessment.scores),
        order=next((step.order for step in plan.steps if step.order is not None), None),
        outlook=outlook,
    )


def _first_choice(plan: Plan, knowledge: Knowledge) -> str:
    framework = knowledge.frameworks.get(plan.framework)
    return f"first choice by {framework.name}" if framework else "with no guideline in force to name a first choice"


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


def _citations(plan: Plan, knowledge: Knowledge) -> tuple[tuple[str, str, str], ...]:
    """Every text that the shown sentences rest on: key, title, address; in the order of first use."""
    keys = dict.fromkeys(key for cited in _cited(plan) for key in cited)
    known = knowledge.citations
    return tuple((key, known[key].title, known[key].url) for key in keys if key in known)


def _cited(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The citations of everything that a report shows, one group for each sentence."""
    for finding in _findings(plan):
        yield finding.citations
    for score in plan.assessment.scores:
        yield score.citations
    for step in plan.steps:
        yield from (note.citations for note in step.notes)
        if step.order:
            yield from (note.citations for note in step.order.notes)
    for option in plan.options:
        yield from (harm.citations for harm in option.harms)
        yield from (note.citations for note in option.evidence)


def _findings(plan: Plan) -> Iterator[Finding]:
    yield from plan.assessment.diagnosis
    for category in plan.assessment.categories:
        yield from category.findings
    yield from (*plan.candidacy.reasons_for, *plan.candidacy.reasons_against, *plan.sequence)
    for option in plan.options:
        yield from option.findings
    if plan.gate:
        yield from plan.gate.findings
