"""The plan: what should happen to this patient, from today to the way out of the drug, with every reason."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.knowledge.types import Severity, Verified
from osteon.pathway.assess import Assessment, assess
from osteon.pathway.candidacy import Candidacy, candidacy
from osteon.pathway.finding import Finding
from osteon.pathway.gate import Gate, gate
from osteon.pathway.logic import truth_of
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option, Standing, options
from osteon.pathway.outlook import Outlook
from osteon.pathway.preparation import open_tests
from osteon.pathway.rules import judge
from osteon.pathway.schedule import in_order, schedule
from osteon.pathway.start import Start, start
from osteon.pathway.steps import PlanStep
from osteon.pathway.truth import Truth
from osteon.pathway.wanted import Wanted, wanted


class SignOff(Struct, frozen=True, kw_only=True):
    """Who signed this plan? Empty until a clinician signs: the program never fills it in."""

    prescriber: str = ""
    signed_on: date | None = None
    statement: str = "Not clinically signed off. A draft for a prescriber to check, change and sign."


class Plan(Struct, frozen=True, kw_only=True):
    """The whole answer for one chart on one day.

    `sequence` are the questions about the order of drugs (what must follow, a holiday) that hold or cannot be told.
    `chosen` is the id of the drug that the dated steps are laid out for, "" where none can be chosen, and `why` says
    so in words. `conditions` are the open contraindications: while there is one, doses are provisional. `unverified`
    lists the findings and steps that rest on recalled knowledge or program defaults alone. `outlook` is what stands
    behind the forecasts of the options; None where nobody asked for forecasts (`forecasts.with_forecasts` adds them).
    """

    on: date
    jurisdiction: str
    framework: str
    knowledge: str
    chart: str
    assessment: Assessment
    candidacy: Candidacy
    sequence: tuple[Finding, ...]
    options: tuple[Option, ...]
    chosen: str
    why: str
    conditions: tuple[Finding, ...]
    start: Start | None
    gate: Gate | None
    steps: tuple[PlanStep, ...]
    missing: tuple[Wanted, ...]
    unverified: tuple[str, ...]
    outlook: Outlook | None = None
    sign_off: SignOff = SignOff()

    @property
    def is_provisional(self) -> bool:
        """Does the plan depend on a contraindication that is still open?"""
        return bool(self.conditions)

    def option(self, drug: str) -> Option | None:
        """The option of one drug."""
        return next((each for each in self.options if each.drug == drug), None)


class UnknownDrugError(ValueError):
    """The drug that was asked for is not in the formulary."""


def default_framework(at: Occasion) -> str:
    """Which guideline names the first choice where nobody has asked for one? The first that speaks of this patient."""
    in_force = {each.id for each in at.knowledge.frameworks.values() if each.categories}
    names: list[str] = at.knowledge.lists["defaults"]["framework"].value["ids"]
    chosen = [name for name in names if name in in_force] or sorted(in_force)
    return next((name for name in chosen if _applies(name, at)), chosen[0] if chosen else "")


def _applies(framework: str, at: Occasion) -> bool:
    rule = at.knowledge.frameworks[framework].applies
    return not rule or truth_of(rule, at) is not Truth.NO


def plan(at: Occasion, *, drug: str = "", framework: str = "") -> Plan:
    """What should happen to this patient?

    `drug` asks for a plan with one drug of the formulary; without it the best option is taken. Raises
    `UnknownDrugError`.
    """
    if drug and drug not in at.knowledge.drugs:
        message = f"no drug {drug!r}; there are {', '.join(at.knowledge.drugs)}"
        raise UnknownDrugError(message)
    framework = framework or default_framework(at)
    assessment = assess(at)
    suited = candidacy(at, assessment.osteoporosis)
    choices = options(at, assessment, suited, framework)
    option, why = _choose(choices, assessment, drug)
    checks = gate(at.knowledge.drugs[option.drug], at) if option else None
    begin = start(at.knowledge.drugs[option.drug], at, checks) if option and checks else None
    conditions = option.open_stops if option else ()
    steps = _steps(at, assessment, option, begin, checks)
    return Plan(
        on=at.on,
        jurisdiction=at.knowledge.jurisdiction.value,
        framework=framework,
        knowledge=at.knowledge.version,
        chart=at.chart.fingerprint,
        assessment=assessment,
        candidacy=suited,
        sequence=_sequence(at),
        options=choices,
        chosen=option.drug if option else "",
        why=why,
        conditions=conditions,
        start=begin,
        gate=checks,
        steps=steps,
        missing=_missing(assessment, suited, option, checks),
        unverified=_unverified(option, checks),
    )


def _sequence(at: Occasion) -> tuple[Finding, ...]:
    """What the order of drugs asks for: what must follow one that has ended, a change, a holiday."""
    books = (at.knowledge.books["sequence"], at.knowledge.books["holiday"])
    findings = (judge(rule, at) for book in books for rule in book.rules if rule.severity is not Severity.CRITERION)
    return tuple(each for each in findings if each.verdict is not Truth.NO)


def _choose(choices: tuple[Option, ...], assessment: Assessment, drug: str) -> tuple[Option | None, str]:
    """The option to lay out, and why that one."""
    if drug:
        option = next(each for each in choices if each.drug == drug)
        if option.standing is Standing.BLOCKED:
            return None, f"{option.name.capitalize()} was asked for, but: {option.because}"
        return option, f"{option.name.capitalize()} was asked for. {option.because}"
    if assessment.osteoporosis is Truth.CANNOT_TELL:
        return (
            None,
            "Whether there is osteoporosis cannot be told yet, so no drug is chosen: find out what is missing first.",
        )
    if assessment.osteoporosis is Truth.NO:
        return None, "No guideline finds osteoporosis on the facts known, so no drug is chosen."
    order = list(Standing)
    open_ones = [each for each in choices if each.standing_if_cleared in order[:3]]
    if not open_ones:
        return None, "Every drug of the formulary is blocked or cannot be told."
    best = min(open_ones, key=lambda each: order.index(each.standing_if_cleared))
    return best, best.because


def _steps(
    at: Occasion, assessment: Assessment, option: Option | None, begin: Start | None, checks: Gate | None
) -> tuple[PlanStep, ...]:
    by = begin.on if begin else None
    blocking = (
        tuple(each for each in checks.findings if each.severity in (Severity.STOP, Severity.HOLD)) if checks else ()
    )
    asking = blocking or assessment.diagnosis
    to_do = [
        *(each for each in asking if each.verdict is not Truth.NO),
        *(each for each in (*assessment.work_up, *assessment.imaging) if each.verdict is Truth.YES),
    ]
    steps = list(open_tests(tuple(to_do), at, by))
    if option and begin and checks:
        steps += schedule(option, begin, checks, at, is_provisional=bool(option.open_stops))
    return in_order(steps)


def _missing(
    assessment: Assessment, suited: Candidacy, option: Option | None, checks: Gate | None
) -> tuple[Wanted, ...]:
    findings = [*assessment.diagnosis, *suited.still_open]
    findings += [finding for category in assessment.categories for finding in category.findings]
    findings += option.findings if option else ()
    findings += checks.findings if checks else ()
    unique = {finding.id: finding for finding in findings}
    return wanted(unique.values())


def _unverified(option: Option | None, checks: Gate | None) -> tuple[str, ...]:
    """The stops and holds that hold on recalled knowledge or a program default alone."""
    findings = {each.id: each for each in (*(option.findings if option else ()), *(checks.findings if checks else ()))}
    return tuple(
        each.id
        for each in findings.values()
        if each.verified is not Verified.SOURCE and each.verdict is Truth.YES and each.severity is not Severity.ADVISE
    )
