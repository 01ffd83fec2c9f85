"""May this drug be given to this patient on this day? Ready, not ready, or cannot tell, check by check.

Three classes of checks. A *stop* (label contraindication, wrong product, duplicate antiresorptive) has no override in
the program: only a new fact or another drug clears it. A *hold* (missing, stale, local policy) a prescriber may
override with a reason; where it is a missing calcium or creatinine only the result clears it. *Advice* is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct

from osteon.knowledge.types import Drug, DrugClass, PreTest, Route, Rule, Severity, Use
from osteon.pathway.finding import Finding, Missing, Reason, Step
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import judge, reason, said
from osteon.pathway.truth import Truth


class Readiness(StrEnum):
    """May the dose be given?"""

    READY = "ready"
    NOT_READY = "not_ready"
    CANNOT_TELL = "cannot_tell"


class Gate(Struct, frozen=True, kw_only=True):
    """The answer for one drug on one day, with every check that led to it, stops first."""

    drug: str
    name: str
    route: str
    on: date
    verdict: Readiness
    findings: tuple[Finding, ...]

    def of(self, severity: Severity, *verdicts: Truth) -> tuple[Finding, ...]:
        """The checks of one class with one of these verdicts."""
        return tuple(each for each in self.findings if each.severity is severity and each.verdict in verdicts)


def gate(drug: Drug, at: Occasion) -> Gate:
    """Is this patient ready for this drug on this day?"""
    findings = sorted(_checks(drug, at), key=_order)
    return Gate(
        drug=drug.id,
        name=drug.name,
        route=drug.route.value,
        on=at.on,
        verdict=_readiness(findings),
        findings=tuple(findings),
    )


def gate_rules(drug: Drug, at: Occasion) -> tuple[Rule, ...]:
    """The drug's own rules for the day of a dose, and the shared ones that apply to its kind."""
    shared = at.knowledge.books["gate"].rules
    scopes = tuple(f"gate.{scope}_" for scope in _scopes(drug))
    return (
        *(rule for rule in drug.rules if Use.GATE in rule.used),
        *(rule for rule in shared if rule.id.startswith(scopes)),
    )


def _scopes(drug: Drug) -> Iterator[str]:
    """Which families of shared checks apply to this drug?"""
    yield "every"
    if drug.route.value.is_intravenous:
        yield "intravenous"
    if drug.route.value is Route.SUBCUTANEOUS and not drug.self_administered:
        yield "injection"
    if drug.drug_class is DrugClass.BISPHOSPHONATE:
        yield "bisphosphonate"
    if drug.drug_class in (DrugClass.BISPHOSPHONATE, DrugClass.RANKL_INHIBITOR):
        yield "antiresorptive"


def _checks(drug: Drug, at: Occasion) -> Iterator[Finding]:
    for rule in gate_rules(drug, at):
        yield judge(rule, at)
    for test in drug.tests:
        yield _freshness(drug, test, at)


def _freshness(drug: Drug, test: PreTest, at: Occasion) -> Finding:
    """Is the test that must precede a dose there, and fresh enough?"""
    entry = at.knowledge.facts[test.fact]
    known = at[test.fact]
    age = at[test.age] if test.age else None
    window = test.freshness
    citations = (*test.why.cite, *(window.cite if window else ()))
    verified = window.verified if window else test.why.verified
    name = f"{drug.id}.test.{test.fact}"
    if not known.is_known:
        step = Step(f"{entry.label} known", Truth.CANNOT_TELL, test.fact)
        missing = (Missing(test.fact, entry.label, entry.obtain, known.why_not),)
        return Finding(
            id=name, verdict=Truth.CANNOT_TELL, severity=Severity.HOLD, text=f"No {entry.label} to go by.",
            missing=missing, citations=citations, verified=verified, remedy=f"Obtain: {entry.obtain}.",
            only_a_result_clears=True, note=test.why.value, walk=step,
        )  # fmt: skip
    because: tuple[Reason, ...] = (reason(test.fact, known, entry),)
    if window is None or age is None:
        step = Step(f"{entry.label} known", Truth.NO, test.fact)
        return Finding(
            id=name, verdict=Truth.NO, severity=Severity.HOLD, text=f"{entry.label} is known.".capitalize(),
            because=because, citations=citations, verified=verified, walk=step,
        )  # fmt: skip
    stale = Truth.of(None if age.value is None else float(age.value) > window.value)  # type: ignore[arg-type]
    within = said(window.value, window.unit)
    words = {
        Truth.YES: f"The {entry.label} is {said(age.value, 'd')} old; the window is {within}.",
        Truth.NO: f"The {entry.label} is {said(age.value, 'd')} old, within the window of {within}.",
        Truth.CANNOT_TELL: f"The {entry.label} has no date, so its age cannot be told.",
    }
    return Finding(
        id=name, verdict=stale, severity=Severity.HOLD, text=words[stale], because=because, citations=citations,
        missing=() if stale is not Truth.CANNOT_TELL else (Missing(test.age, entry.label, entry.obtain, age.why_not),),
        verified=verified, remedy="" if stale is Truth.NO else f"Obtain: {entry.obtain}.", note=test.why.value,
        walk=Step(f"{entry.label} older than {within}", stale, test.age),
    )  # fmt: skip


_BLOCKING = (Severity.STOP, Severity.HOLD)
_SEVERITIES = (Severity.STOP, Severity.HOLD, Severity.ADVISE, Severity.CRITERION)
_VERDICTS = (Truth.YES, Truth.CANNOT_TELL, Truth.NO)


def _order(finding: Finding) -> tuple[int, int]:
    return _VERDICTS.index(finding.verdict), _SEVERITIES.index(finding.severity)


def _readiness(findings: list[Finding]) -> Readiness:
    """One stop or hold that holds means not ready; one that cannot be told means cannot tell: never ready."""
    blocking = [finding.verdict for finding in findings if finding.severity in _BLOCKING]
    if Truth.YES in blocking:
        return Readiness.NOT_READY
    return Readiness.CANNOT_TELL if Truth.CANNOT_TELL in blocking else Readiness.READY
