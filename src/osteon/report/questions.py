"""The questions that a prescriber asks, each answered in a word, a sentence, and the grounds for it."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.types import Severity, Verified
from osteon.pathway.assess import Assessment
from osteon.pathway.candidacy import Candidacy
from osteon.pathway.categories import RiskCategory
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate
from osteon.pathway.options import Standing
from osteon.pathway.order import Note
from osteon.pathway.plan import Plan
from osteon.pathway.risk.score import Score
from osteon.pathway.truth import Truth
from osteon.report.words import READINESS, STANDING, TRUTH, VERIFIED, Sign, counted, day, listed, sentence


class Line(Struct, frozen=True, kw_only=True):
    """One sentence with its grounds: what of the chart it rests on, which texts, and how those are known."""

    text: str
    because: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    mark: Sign | None = None
    sign: Sign | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """A question, the answer in a word, and the sentences behind it, of which a short report shows the first few."""

    question: str
    sign: Sign
    text: str
    lines: tuple[Line, ...] = ()
    few: int = 3


def line(finding: Finding, sign: Sign | None = None) -> Line:
    """A finding as a sentence with its grounds."""
    missing = tuple(f"not known: {each.text}" for each in finding.missing)
    return Line(
        text=finding.text,
        because=grounds(finding) + missing,
        citations=finding.citations,
        mark=VERIFIED[finding.verified],
        sign=sign,
    )


def grounds(finding: Finding) -> tuple[str, ...]:
    """The facts used, in words, with the day each speaks of."""
    return tuple(each.text + (f" ({each.as_of})" if each.as_of else "") for each in finding.because)


def to_find_out(finding: Finding) -> str:
    """What would settle a finding that cannot be told, in a sentence."""
    return sentence("; ".join(dict.fromkeys(each.obtain for each in finding.missing)))


def score_line(score: Score) -> Line:
    """What a score says, with the warnings and the disclaimer that must stand beside it."""
    missing = [f"not known: {each.text}" for each in score.missing]
    assumed = [f"counted as absent because nobody recorded it: {', '.join(score.assumed)}"] if score.assumed else []
    disclaimer = [score.disclaimer] if score.disclaimer else []
    return Line(
        text=" ".join(filter(None, [score.text, *score.warnings])),
        because=(*missing, *assumed, *disclaimer),
        citations=score.citations,
        mark=VERIFIED[score.verified],
    )


def note_line(note: Note) -> Line:
    """A note of an order or step as a sentence with its grounds."""
    return Line(text=note.text, citations=note.citations, mark=VERIFIED[Verified(note.verified)])


def diagnosis(assessment: Assessment) -> Answer:
    """Is it osteoporosis?"""
    verdict = assessment.osteoporosis
    held = tuple(each for each in assessment.diagnosis if each.verdict is Truth.YES)
    text = {
        Truth.YES: "Yes: osteoporosis.",
        Truth.NO: "No guideline finds osteoporosis on the facts known.",
        Truth.CANNOT_TELL: "Cannot tell yet.",
    }[verdict]
    shown = held or tuple(each for each in assessment.diagnosis if each.verdict is Truth.CANNOT_TELL)
    return Answer(question="Is it osteoporosis?", sign=TRUTH[verdict], text=text, lines=tuple(line(e) for e in shown))


def risk(assessment: Assessment, framework: str) -> Answer:
    """How high is the risk, by each guideline that speaks of this patient?"""
    applying = [each for each in assessment.categories if each.applies is not Truth.NO]
    named = next((each for each in applying if each.framework == framework), None)
    text = _category(named) if named else "The chosen guideline has no risk category for this patient."
    sign = TRUTH[Truth.CANNOT_TELL if named is None or named.verdict is Truth.CANNOT_TELL else Truth.YES]
    return Answer(
        question="How high is the risk of fracture?",
        sign=Sign("▲", named.label.lower(), "warn") if named and named.label else sign,
        text=text,
        lines=tuple(_category_line(each) for each in sorted(applying, key=lambda each: each.framework != framework)),
    )


def _category(category: RiskCategory) -> str:
    if category.verdict is Truth.CANNOT_TELL:
        return f"{category.name}: cannot tell; still open: {listed(category.open_above).lower()}."
    if not category.category:
        return f"{category.name}: none of its categories holds."
    floor = f"at least {category.label.lower()}" if category.is_floor else category.label.lower()
    rest = f" ({listed(category.open_above).lower()} cannot be ruled out)" if category.is_floor else ""
    return f"{category.name}: {floor}{rest}."


def _category_line(category: RiskCategory) -> Line:
    held = next((each for each in category.findings if each.verdict is Truth.YES), None)
    return Line(
        text=_category(category),
        because=grounds(held) if held else (),
        citations=held.citations if held else (),
        mark=VERIFIED[held.verified] if held else None,
    )


def infusion(candidacy: Candidacy) -> Answer:
    """Would an infusion help, and why?"""
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


def proposal(plan: Plan) -> Answer:
    """Which drug, from when, and why?"""
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
    lines += [line(each, Sign("▲", "sequence", "warn")) for each in plan.sequence if each.verdict is Truth.YES]
    lines += [note_line(each) for each in plan.start.reasons]
    lines += [line(each, Sign("▲", "caution", "warn")) for each in option.holding(Severity.HOLD, Severity.ADVISE)]
    return Answer(question=question, sign=STANDING[option.standing], text=text, lines=tuple(lines))


def readiness(gate: Gate) -> Answer:
    """May the dose be given, if it were today?"""
    stops = [*gate.of(Severity.STOP, Truth.YES), *gate.of(Severity.HOLD, Truth.YES)]
    unknown = [*gate.of(Severity.STOP, Truth.CANNOT_TELL), *gate.of(Severity.HOLD, Truth.CANNOT_TELL)]
    text = {
        "ready": f"Ready for {gate.name}, if the dose were today.",
        "not_ready": f"Not ready for {gate.name} today: {counted(len(stops), 'check')} against it.",
        "cannot_tell": f"Cannot tell for {gate.name}: {counted(len(unknown), 'check')} without a fact to go by.",
    }[gate.verdict.value]
    lines = [line(each, Sign("✘", each.severity.value, "bad")) for each in stops]
    lines += [line(each, TRUTH[Truth.CANNOT_TELL]) for each in unknown]
    return Answer(
        question="Ready, if the dose were today?", sign=READINESS[gate.verdict], text=text, lines=tuple(lines)
    )
