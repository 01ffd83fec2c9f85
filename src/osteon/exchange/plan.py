"""A plan as a FHIR R4 bundle that another system can file: everything a draft, nothing signed.

CarePlan with its activities, ServiceRequest for each test, MedicationRequest for each dose, RiskAssessment for each
guideline and score, DetectedIssue for what stands against a dose, and Provenance that names the program.
"""

from __future__ import annotations

from datetime import date

from osteon.chart.types import Chart
from osteon.exchange.elements import (
    OSTEON,
    Element,
    Resource,
    annotation,
    concept,
    full_url,
    own_concept,
    period,
    reference,
    resource,
)
from osteon.knowledge import Knowledge
from osteon.knowledge.types import CodedConcept, Severity
from osteon.pathway.categories import RiskCategory
from osteon.pathway.finding import Finding
from osteon.pathway.order import DoseOrder
from osteon.pathway.plan import Plan
from osteon.pathway.risk.score import Score
from osteon.pathway.steps import PlanStep, StepKind
from osteon.pathway.truth import Truth

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
_DRUG_SYSTEMS = (RXNORM, ATC)


def plan_bundle(plan: Plan, chart: Chart, knowledge: Knowledge, *, recorded: date, version: str) -> Resource:
    """The plan as a collection bundle. `recorded` is the day on which it is written out, `version` the program's."""
    patient = _patient(chart)
    subject = reference(patient)
    issues = [_issue(finding, subject, plan) for finding in _standing_against(plan)]
    risks = [
        *(_category(each, subject, plan) for each in plan.assessment.categories if each.category),
        *(_score(each, subject, plan) for each in plan.assessment.scores if each.figures),
    ]
    requests = [each for step in plan.steps if (each := _request(step, subject, plan, knowledge))]
    care_plan = _care_plan(plan, subject, requests, issues + risks)
    device = resource("Device", version, deviceName=[{"name": f"Osteon {version}", "type": "manufacturer-name"}])
    made = [care_plan, *requests, *risks, *issues]
    provenance = resource(
        "Provenance",
        f"{plan.chart}/{plan.on}",
        target=[reference(each) for each in made],
        recorded=f"{recorded.isoformat()}T00:00:00Z",
        activity=concept("Drafted by decision support; not clinically signed off"),
        agent=[{"type": concept("Assembler"), "who": reference(device)}],
        entity=[{"role": "source", "what": {"display": f"Knowledge {plan.knowledge}, chart {plan.chart}"}}],
    )
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": f"{recorded.isoformat()}T00:00:00Z",
        "entry": [{"fullUrl": full_url(each), "resource": each} for each in [patient, device, *made, provenance]],
    }


def _patient(chart: Chart) -> Resource:
    patient = chart.patient
    return resource(
        "Patient",
        patient.id,
        identifier=[{"system": f"{OSTEON}:source-id", "value": patient.id}],
        name=[{"text": patient.name}] if patient.name else None,
        gender=patient.sex.value if patient.sex else "unknown",
        birthDate=str(patient.birth_date),
    )


# --- what is to be done ---------------------------------------------------------------------------------------------


def _care_plan(plan: Plan, subject: Element, requests: list[Resource], supporting: list[Resource]) -> Resource:
    by_step = {each["identifier"][0]["value"]: each for each in requests}
    option = plan.option(plan.chosen) if plan.chosen else None
    return resource(
        "CarePlan",
        f"{plan.chart}/{plan.on}/{plan.chosen}",
        status="draft",
        intent="plan",
        title=f"Osteoporosis treatment plan{f': {option.name}' if option else ''}",
        description=plan.why,
        subject=subject,
        period=period(plan.steps[0].on, plan.steps[-1].on) if plan.steps else None,
        created=plan.on.isoformat(),
        supportingInfo=[reference(each) for each in supporting],
        activity=[_activity(step, by_step) for step in plan.steps],
        note=[annotation(plan.sign_off.statement)],
    )


def _activity(step: PlanStep, by_step: dict[str, Resource]) -> Element:
    if step.id in by_step:
        return {"reference": reference(by_step[step.id], step.title)}
    detail: Element = {
        "code": own_concept("step", step.kind.value, step.title),
        "status": "not-started",
        "description": step.title,
        "scheduledPeriod": period(step.on, step.by),
    }
    return {"detail": detail, "progress": [annotation(note.text) for note in step.notes if note.text]}


def _request(step: PlanStep, subject: Element, plan: Plan, knowledge: Knowledge) -> Resource | None:
    """The order behind a step, where it is one that another system can act on: a test or a drug."""
    if step.order is not None:
        return _medication(step, step.order, subject, plan, knowledge)
    if step.kind in (StepKind.TEST, StepKind.CHECK):
        return resource(
            "ServiceRequest",
            f"{plan.chart}/{step.id}/{step.on}",
            identifier=[{"system": f"{OSTEON}:step", "value": step.id}],
            status="draft",
            intent="proposal",
            code=concept(step.title),
            subject=subject,
            occurrencePeriod=period(step.on, step.by),
            authoredOn=plan.on.isoformat(),
            note=[annotation(note.text) for note in step.notes if note.text],
        )
    return None


def _medication(step: PlanStep, order: DoseOrder, subject: Element, plan: Plan, knowledge: Knowledge) -> Resource:
    drug = knowledge.drugs[order.drug]
    dosage: Element = {
        "text": f"{order.name} {order.dose}, {order.route}. {order.how.text}",
        "route": concept(order.route),
        "timing": {"event": [step.on.isoformat()]} if step.by is None else {"repeat": _bounds(step)},
        "doseAndRate": [{"doseQuantity": {"value": drug.dose.value, "unit": drug.dose.unit, **_ucum(drug.dose.unit)}}],
    }
    if order.maximum_rate_ml_h is not None:
        dosage["doseAndRate"][0]["rateQuantity"] = {
            "value": order.maximum_rate_ml_h, "comparator": "<=", "unit": "mL/h", **_ucum("mL/h"),
        }  # fmt: skip
    notes = [*step.notes, *(note for _, note in order.lines), *order.before, *order.after, *order.warnings]
    return resource(
        "MedicationRequest",
        f"{plan.chart}/{step.id}/{step.on}",
        identifier=[{"system": f"{OSTEON}:step", "value": step.id}],
        status="draft",
        intent="proposal",
        medicationCodeableConcept=concept(order.name, *_codings(order.drug, knowledge)),
        subject=subject,
        authoredOn=plan.on.isoformat(),
        dosageInstruction=[dosage],
        note=[annotation(note.text) for note in notes if note.text],
    )


def _bounds(step: PlanStep) -> Element:
    return {"boundsPeriod": period(step.on, step.by)}


def _ucum(unit: str) -> Element:
    return {"system": "http://unitsofmeasure.org", "code": unit}


def _codings(drug: str, knowledge: Knowledge) -> list[tuple[str, str, str]]:
    """The first code of the drug in each system that other systems read."""
    found: dict[str, CodedConcept] = {}
    for each in knowledge.codes:
        if each.value_set == drug and each.system in _DRUG_SYSTEMS and not each.code.endswith("*"):
            found.setdefault(each.system, each)
    return [(each.system, each.code, each.display) for each in found.values()]


# --- what was judged ------------------------------------------------------------------------------------------------


def _category(category: RiskCategory, subject: Element, plan: Plan) -> Resource:
    label = f"at least {category.label.lower()}" if category.is_floor else category.label.lower()
    return resource(
        "RiskAssessment",
        f"{plan.chart}/{plan.on}/{category.framework}",
        status="final",
        method=own_concept("framework", category.framework, category.name),
        subject=subject,
        occurrenceDateTime=plan.on.isoformat(),
        prediction=[
            {
                "outcome": concept("Fragility fracture"),
                "qualitativeRisk": own_concept("risk-category", category.category, label),
            }
        ],
        note=[annotation(text) for text in category.advice],
    )


def _score(score: Score, subject: Element, plan: Plan) -> Resource:
    predictions = [
        {"outcome": concept(figure.label), "probabilityDecimal": round(figure.value, 2)}
        if figure.unit == "%"
        else {"outcome": concept(figure.label), "rationale": f"{figure.value:g} {figure.unit} {figure.band}".strip()}
        for figure in score.figures
    ]
    notes = [score.text, *score.warnings, score.disclaimer]
    return resource(
        "RiskAssessment",
        f"{plan.chart}/{plan.on}/{score.tool}",
        status="final",
        method=own_concept("tool", score.tool, score.name),
        subject=subject,
        occurrenceDateTime=plan.on.isoformat(),
        prediction=predictions,
        note=[annotation(text) for text in notes if text],
    )


_SEVERITY = {Severity.STOP: "high", Severity.HOLD: "moderate", Severity.ADVISE: "low"}


def _standing_against(plan: Plan) -> list[Finding]:
    """What stands against the chosen drug today, or cannot be ruled out."""
    if plan.gate is None:
        return []
    blocking = (Severity.STOP, Severity.HOLD)
    return [
        each
        for each in plan.gate.findings
        if each.verdict is Truth.YES or (each.verdict is Truth.CANNOT_TELL and each.severity in blocking)
    ]


def _issue(finding: Finding, subject: Element, plan: Plan) -> Resource:
    is_open = finding.verdict is Truth.CANNOT_TELL
    grounds = [each.text for each in finding.because] + [f"not known: {each.text}" for each in finding.missing]
    said = f"Cannot be ruled out: {finding.text}" if is_open else finding.text
    return resource(
        "DetectedIssue",
        f"{plan.chart}/{plan.on}/{finding.id}",
        identifier=[{"system": f"{OSTEON}:finding", "value": finding.id}],
        status="preliminary",
        code=own_concept("verdict", finding.verdict.value, said),
        severity=_SEVERITY.get(finding.severity, "low"),
        patient=subject,
        identifiedDateTime=plan.on.isoformat(),
        evidence=[{"detail": [{"display": source}]} for each in finding.because for source in each.sources],
        detail=". ".join([said.rstrip("."), *grounds]),
        mitigation=[{"action": concept(finding.remedy)}] if finding.remedy else None,
    )
