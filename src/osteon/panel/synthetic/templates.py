"""How does each type of FHIR R4 resource look, with gaps for what differs from one to the next?

A template is a text with gaps in the order of its fields; filling one costs a fraction of encoding a tree. `GAP` is
a text, `NUMBER` a number without quotes. Values put into gaps must need no escaping in JSON: they are dates, ids and
numbers of ours.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from osteon.panel.synthetic.figures import Lab, Product

GAP = "\x01"
NUMBER = "\x02"
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10CM, RXNORM = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_SUBJECT = {"reference": f"Patient/{GAP}"}
_ENCOUNTER = {"reference": f"Encounter/{GAP}"}


def template(tree: dict[str, Any]) -> str:
    """The text of a resource, ready for `%`."""
    text = msgspec.json.encode(tree).decode().replace("%", "%%")
    return text.replace('"\\u0002"', "%s").replace("\\u0001", "%s") + "\n"


def _concept(display: str, *codings: tuple[str, str]) -> dict[str, Any]:
    return {
        "coding": [{"system": system, "code": code, "display": display} for system, code in codings],
        "text": display,
    }


def _category(system: str, code: str, display: str) -> list[dict[str, Any]]:
    return [{"coding": [{"system": _TERMS + system, "code": code, "display": display}]}]


def _start(kind: str, profile: str = "") -> dict[str, Any]:
    meta = {"versionId": "1", "lastUpdated": f"{GAP}T12:00:00Z"}
    if profile:
        meta["profile"] = [_CORE + profile]  # type: ignore[assignment]
    return {"resourceType": kind, "id": GAP, "meta": meta}


def _seen(
    kind: str, profile: str, category: list[dict[str, Any]], code: dict[str, Any], *, issued: str = "09:35"
) -> dict[str, Any]:
    """What a finding at a visit begins with. Gaps: id, written, patient, encounter, day, day."""
    return {
        **_start(kind, profile),
        "status": "final",
        "category": category,
        "code": code,
        "subject": _SUBJECT,
        "encounter": _ENCOUNTER,
        "effectiveDateTime": f"{GAP}T09:30:00Z",
        "issued": f"{GAP}T{issued}:00.000Z",
    }


@cache
def patient(*, is_dead: bool) -> str:
    """Gaps: id, written, id, family, given, family, given, gender, birth date, [death], state."""
    died = {"deceasedDateTime": GAP} if is_dead else {}
    return template({
        **_start("Patient", "patient"),
        "identifier": [{
            "use": "usual",
            "type": {"coding": [{"system": f"{_TERMS}v2-0203", "code": "MR", "display": "Medical Record Number"}]},
            "system": "urn:osteon:synthetic",
            "value": GAP,
        }],
        "active": True,
        "name": [{"use": "official", "text": f"{GAP}, {GAP}", "family": GAP, "given": [GAP]}],
        "gender": GAP,
        "birthDate": GAP,
        **died,
        "address": [{"use": "home", "state": GAP, "country": "US"}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}],
    })  # fmt: skip


@cache
def observation(
    category: str, loinc: str, display: str, unit: str, ucum: str, low: float | None = None, high: float | None = None,
    body_site: tuple[str, str] | None = None,
) -> str:  # fmt: skip
    """Gaps: id, written, patient, encounter, day, day, value."""
    words = {"vital-signs": "Vital Signs", "laboratory": "Laboratory", "imaging": "Imaging"}[category]
    profile = "vital-signs" if category == "vital-signs" else "observation-clinical-result"
    which, code = _category("observation-category", category, words), _concept(display, (LOINC, loinc))
    tree = {
        **_seen("Observation", profile, which, code, issued="15:00"),
        "valueQuantity": {"value": NUMBER, "unit": unit, "system": UCUM, "code": ucum},
    }
    if body_site:
        tree["bodySite"] = _concept(body_site[1], (SNOMED, body_site[0]))
    if low is not None and high is not None:
        ends = {"low": low, "high": high}
        tree["referenceRange"] = [
            {name: {"value": end, "unit": unit, "system": UCUM, "code": ucum} for name, end in ends.items()}
        ]
    return template(tree)


@cache
def lab(found: Lab) -> str:
    """As `observation`."""
    return observation("laboratory", found.loinc, found.display, found.unit, found.ucum, found.low, found.high)


@cache
def blood_pressure() -> str:
    """Gaps: id, written, patient, encounter, day, day, systolic, diastolic."""
    parts = (("8480-6", "Systolic blood pressure"), ("8462-4", "Diastolic blood pressure"))
    pressure = {"value": NUMBER, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}
    category = _category("observation-category", "vital-signs", "Vital Signs")
    code = _concept("Blood pressure panel with all children optional", (LOINC, "85354-9"))
    return template({
        **_seen("Observation", "blood-pressure", category, code),
        "component": [{"code": _concept(words, (LOINC, code)), "valueQuantity": pressure} for code, words in parts],
    })  # fmt: skip


@cache
def smoking(*, is_current: bool) -> str:
    """Gaps: id, written, patient, encounter, day, day."""
    code, words = ("77176002", "Smoker") if is_current else ("266919005", "Never smoked tobacco")
    category = _category("observation-category", "social-history", "Social History")
    return template({
        **_seen("Observation", "smokingstatus", category, _concept("Tobacco smoking status", (LOINC, "72166-2"))),
        "valueCodeableConcept": _concept(words, (SNOMED, code)),
    })  # fmt: skip


@cache
def falls() -> str:
    """Gaps: id, written, patient, encounter, day, day, number."""
    category = _category("observation-category", "survey", "Survey")
    return template({
        **_seen("Observation", "", category, _concept("Falls in the past year", (LOINC, "52552-7"))),
        "valueInteger": NUMBER,
    })  # fmt: skip


@cache
def condition(display: str, *codings: tuple[str, str], is_encounter: bool = False, is_over: bool = False) -> str:
    """Gaps: id, written, patient, encounter, onset, recorded."""
    category = ("encounter-diagnosis", "Encounter Diagnosis") if is_encounter else ("problem-list-item", "Problem List")
    profile = "encounter-diagnosis" if is_encounter else "problems-health-concerns"
    return template({
        **_start("Condition", f"condition-{profile}"),
        "clinicalStatus": {
            "coding": [{"system": f"{_TERMS}condition-clinical", "code": "resolved" if is_over else "active"}]
        },
        "verificationStatus": {"coding": [{"system": f"{_TERMS}condition-ver-status", "code": "confirmed"}]},
        "category": _category("condition-category", *category),
        "code": _concept(display, *codings),
        "subject": _SUBJECT,
        "encounter": _ENCOUNTER,
        "onsetDateTime": GAP,
        "recordedDate": GAP,
    })  # fmt: skip


@cache
def encounter(setting: str, snomed: str, display: str, reason: tuple[str, str] | None = None) -> str:
    """Gaps: id, written, patient, day, day."""
    tree = {
        **_start("Encounter", "encounter"),
        "status": "finished",
        "class": {"system": f"{_TERMS}v3-ActCode", "code": setting},
        "type": [_concept(display, (SNOMED, snomed))],
        "subject": _SUBJECT,
        "participant": [{"individual": {"reference": "Practitioner/synthetic-1", "display": "Dr. Example"}}],
        "period": {"start": f"{GAP}T09:00:00Z", "end": f"{GAP}T09:40:00Z"},
        "serviceProvider": {"reference": "Organization/synthetic-1", "display": "Example Health"},
    }
    if reason:
        tree["reasonCode"] = [_concept(reason[1], (ICD10CM, reason[0]))]
    return template(tree)


@cache
def request(product: Product, *, is_over: bool) -> str:
    """Gaps: id, written, patient, encounter, day, start, [end], dose."""
    bounds = {"start": GAP, "end": GAP} if is_over else {"start": GAP}
    every = {"frequency": product.frequency, "period": product.period, "periodUnit": product.period_unit}
    amount = {"value": NUMBER, "unit": product.unit, "system": UCUM, "code": product.unit}
    return template({
        **_start("MedicationRequest", "medicationrequest"),
        "status": "stopped" if is_over else "active",
        "intent": "order",
        "category": _category("medicationrequest-category", "community", "Community"),
        "medicationCodeableConcept": _concept(product.display, (RXNORM, product.rxnorm)),
        "subject": _SUBJECT,
        "encounter": _ENCOUNTER,
        "authoredOn": GAP,
        "requester": {"reference": "Practitioner/synthetic-1", "display": "Dr. Example"},
        "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": bounds, **every}},
                               "doseAndRate": [{"doseQuantity": amount}]}],
        "dispenseRequest": {"numberOfRepeatsAllowed": 3},
    })  # fmt: skip


@cache
def administration(product: Product) -> str:
    """Gaps: id, written, patient, encounter, day, dose."""
    route = {"infusion": ("47625008", "Intravenous route"), "injection": ("34206005", "Subcutaneous route")}
    return template({
        **_start("MedicationAdministration"),
        "status": "completed",
        "medicationCodeableConcept": _concept(product.display, (RXNORM, product.rxnorm)),
        "subject": _SUBJECT,
        "context": _ENCOUNTER,
        "effectiveDateTime": f"{GAP}T10:00:00Z",
        "performer": [{"actor": {"reference": "Practitioner/synthetic-2", "display": "Nurse Example"}}],
        "dosage": {"route": _concept(route[product.way][1], (SNOMED, route[product.way][0])),
                   "dose": {"value": NUMBER, "unit": "mg", "system": UCUM, "code": "mg"}},
    })  # fmt: skip


@cache
def report(display: str, code: str, category: tuple[str, str], results: int) -> str:
    """Gaps: id, written, patient, encounter, day, day, then the id of each result."""
    profile = "diagnosticreport-lab" if category[0] == "LAB" else "diagnosticreport-note"
    which = _category("v2-0074", *category)
    return template({
        **_seen("DiagnosticReport", profile, which, _concept(display, (LOINC, code)), issued="15:00"),
        "result": [{"reference": f"Observation/{GAP}"} for _ in range(results)],
    })  # fmt: skip


@cache
def procedure(display: str, system: str, code: str) -> str:
    """Gaps: id, written, patient, encounter, day."""
    return template({
        **_start("Procedure", "procedure"),
        "status": "completed",
        "code": _concept(display, (system, code)),
        "subject": _SUBJECT,
        "encounter": _ENCOUNTER,
        "performedDateTime": f"{GAP}T09:30:00Z",
    })  # fmt: skip


@cache
def immunization() -> str:
    """Gaps: id, written, patient, encounter, day."""
    return template({
        **_start("Immunization", "immunization"),
        "status": "completed",
        "vaccineCode": _concept("influenza, high-dose, quadrivalent", ("http://hl7.org/fhir/sid/cvx", "197")),
        "patient": _SUBJECT,
        "encounter": _ENCOUNTER,
        "occurrenceDateTime": GAP,
        "primarySource": True,
    })  # fmt: skip


@cache
def no_allergy() -> str:
    """Gaps: id, written, patient, recorded."""
    return template({
        **_start("AllergyIntolerance", "allergyintolerance"),
        "clinicalStatus": {"coding": [{"system": f"{_TERMS}allergyintolerance-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{_TERMS}allergyintolerance-verification", "code": "confirmed"}]},
        "code": _concept("No known allergy", (SNOMED, "716186003")),
        "patient": _SUBJECT,
        "recordedDate": GAP,
    })  # fmt: skip


@cache
def coverage(payer: str) -> str:
    """Gaps: id, written, patient, start."""
    return template({
        **_start("Coverage", "coverage"),
        "status": "active",
        "type": {"text": payer},
        "beneficiary": _SUBJECT,
        "period": {"start": GAP},
        "payor": [{"display": payer}],
    })  # fmt: skip
