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

from osteon.knowledge import Knowledge
from osteon.knowledge.drug import POTENT_ANTIRESORPTIVES, Drug, DrugClass, PreTest, Route
from osteon.knowledge.types import Comparison, Rule, Severity, Use
from osteon.pathway.finding import Finding, Reason
from osteon.pathway.known import Known
from osteon.pathway.logic import compare
from osteon.pathway.occasion import Occasion
from osteon.pathway.on_request import OnRequest
from osteon.pathway.rules import judge, missing, reason
from osteon.pathway.truth import Truth
from osteon.pathway.wording import said


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


_rules: dict[tuple[int, str, Use], tuple[Knowledge, tuple[Rule, ...]]] = {}
"""What `rules_for` found, for each body of knowledge that is loaded (kept, so that its identity stays its own)."""


def rules_for(drug: Drug, use: Use, at: Occasion) -> tuple[Rule, ...]:
    """The drug's own rules and the shared ones of its kind, as far as they are asked at this point of the pathway."""
    key = (id(at.knowledge), drug.id, use)
    if key not in _rules:
        scopes = tuple(f"gate.{scope}_" for scope in _scopes(drug))
        shared = (rule for rule in at.knowledge.books["gate"].rules if rule.id.startswith(scopes))
        _rules[key] = (at.knowledge, tuple(rule for rule in (*drug.rules, *shared) if use in rule.used))
    return _rules[key][1]


def _scopes(drug: Drug) -> Iterator[str]:
    """Which families of shared checks apply to this drug?"""
    yield "every"
    if drug.route.value.is_intravenous:
        yield "intravenous"
    if drug.route.value is Route.SUBCUTANEOUS and not drug.is_taken_at_home:
        yield "injection"
    if drug.drug_class is DrugClass.BISPHOSPHONATE:
        yield "bisphosphonate"
    if drug.drug_class in POTENT_ANTIRESORPTIVES:
        yield "antiresorptive"


def _checks(drug: Drug, at: Occasion) -> Iterator[Finding]:
    for rule in rules_for(drug, Use.GATE, at):
        yield judge(rule, at)
    for test in drug.tests:
        yield _freshness(drug, test, at)


def _freshness(drug: Drug, test: PreTest, at: Occasion) -> Finding:
    """Is the test that must precede a dose there, and fresh enough?"""
    label = at.knowledge.facts[test.fact].label
    obtain = f"Obtain: {at.knowledge.facts[test.fact].obtain}."
    window = test.freshness
    verdict, text, lacking = Truth.NO, f"Known: {label}.", ""
    if not at[test.fact].is_known:
        verdict, text, lacking = Truth.CANNOT_TELL, f"Not known: {label}.", test.fact
    elif window is not None and test.age:
        verdict = compare(at[test.age], Comparison.ABOVE, window.value)
        lacking = test.age if verdict is Truth.CANNOT_TELL else ""
        text = _age(label, at[test.age], said(window.value, window.unit), verdict)
    return Finding(
        id=f"{drug.id}.test.{test.fact}",
        verdict=verdict,
        severity=Severity.HOLD,
        text=text,
        because=OnRequest(_tested, test, at),
        missing=(missing(lacking, at),) if lacking else (),
        citations=(*test.why.cite, *(window.cite if window else ())),
        verified=window.verified if window else test.why.verified,
        remedy="" if verdict is Truth.NO else obtain,
        only_a_result_clears=verdict is not Truth.NO and not test.overridable,
        note=test.why.value,
    )


def _tested(test: PreTest, at: Occasion) -> tuple[Reason, ...]:
    return tuple(reason(name, at) for name in (test.fact, test.age) if name and at[name].is_known)


def _age(label: str, age: Known, window: str, is_stale: Truth) -> str:
    if is_stale is Truth.CANNOT_TELL:
        return f"The age of the {label} cannot be told."
    old = f"{label} is {said(age.value, 'd')} old"
    return f"Stale: {old}, the window is {window}." if is_stale is Truth.YES else f"Fresh: {old}, within {window}."


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
