"""Small invented charts, written as other systems would send them."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from osteon.chart.read import read
from osteon.chart.types import Chart
from osteon.knowledge import Knowledge
from osteon.knowledge.in_force import load

Resource = dict[str, Any]
TODAY = date(2026, 11, 23)
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
FACT = "urn:osteon:fact"


@cache
def knowledge() -> Knowledge:
    return load(TODAY)


def chart(*resources: Resource, on: date | None = None) -> Chart:
    """The chart of Ada and these resources."""
    return read(bundle(ada(), *resources), knowledge(), on=on)


def bundle(*resources: Resource, kind: str = "collection") -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": kind, "entry": [{"resource": each} for each in resources]}
    ).encode()


def ada(**more: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "ada",
        "gender": "female",
        "birthDate": "1955-06-01",
        "name": [{"family": "Invented", "given": ["Ada"]}],
        **more,
    }


def concept(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": text} if text else {})}


def words(text: str) -> Resource:
    return {"text": text}


def entry(resource_type: str, number: object = 1, **fields: Any) -> Resource:
    """A resource about Ada. A field name that ends in an underscore loses it (`class_`)."""
    subject = {"AllergyIntolerance": "patient", "FamilyMemberHistory": "patient", "Coverage": "beneficiary"}
    named = {key.rstrip("_"): value for key, value in fields.items()}
    return {
        "resourceType": resource_type,
        "id": f"{resource_type.lower()}-{number}",
        subject.get(resource_type, "subject"): {"reference": "Patient/ada"},
        **named,
    }


def observation(code: Resource, number: object = 1, *, when: str = "2026-05-04", **fields: Any) -> Resource:
    return entry("Observation", number, **{"status": "final", "code": code, "effectiveDateTime": when, **fields})


def quantity(value: float, unit: str, code: str | None = None) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit if code is None else code}


def t_score(value: float, code: str = "38267-1", number: object = 1, **fields: Any) -> Resource:
    named = fields.pop("display", "")
    score = {"valueQuantity": quantity(value, "{T-score}"), **fields}
    return observation(concept(LOINC, code, named), number, **score)


def creatinine(value: float, number: object = 1, unit: str = "mg/dL", **fields: Any) -> Resource:
    result = {"valueQuantity": quantity(value, unit), **fields}
    return observation(concept(LOINC, "2160-0", "Creatinine"), number, **result)


def condition(code: Resource, number: object = 1, **fields: Any) -> Resource:
    status = {
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
    }
    return entry("Condition", number, **{**status, "code": code, **fields})


def request(
    medication: Resource, number: object = 1, *, status: str = "active", on: str = "2024-01-10", **fields: Any
) -> Resource:
    ordered = {"status": status, "intent": "order", "authoredOn": on, "medicationCodeableConcept": medication}
    return entry("MedicationRequest", number, **{**ordered, **fields})


def statement(medication: Resource, number: object = 1, *, status: str = "active", **fields: Any) -> Resource:
    return entry("MedicationStatement", number, status=status, medicationCodeableConcept=medication, **fields)


def administration(
    medication: Resource, when: str, number: object = 1, *, mg: float | None = None, **fields: Any
) -> Resource:
    dose = {"dosage": {"dose": quantity(mg, "mg")}} if mg is not None else {}
    given = {"status": "completed", "effectiveDateTime": when, "medicationCodeableConcept": medication}
    return entry("MedicationAdministration", number, **{**given, **dose, **fields})


ALENDRONATE = concept(RXNORM, "904431", "alendronic acid 70 MG Oral Tablet")
ZOLEDRONATE = words("zoledronic acid 5 mg/100 mL")
PREDNISONE = concept(RXNORM, "312617", "prednisone 10 MG Oral Tablet")
OSTEOPOROSIS = concept(SNOMED, "64859006", "Osteoporosis (disorder)")
HIP_FRACTURE = concept(SNOMED, "359817006", "Closed fracture of hip")


def whole_chart() -> list[Resource]:
    """One of nearly everything that is read."""
    return [
        ada(
            identifier=[{"type": {"coding": [{"code": "MR"}]}, "value": "A-17"}],
            extension=[{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}],
        ),
        condition(OSTEOPOROSIS, 1, onsetDateTime="2020-03"),
        condition(HIP_FRACTURE, 2, onsetDateTime="2024-02-03", encounter={"reference": "Encounter/encounter-1"}),
        condition(concept(ICD10CM, "M80.051D", "subsequent encounter"), 3, recordedDate="2024-05-01"),
        creatinine(0.9, 1, referenceRange=[{"low": {"value": 0.5}, "high": {"value": 1.1, "unit": "mg/dL"}}]),
        t_score(-2.7, number=2, device={"reference": "Device/device-1"}),
        observation(
            concept(LOINC, "85354-9", "Blood pressure"),
            3,
            component=[
                {"code": concept(LOINC, "8480-6"), "valueQuantity": quantity(131, "mmHg", "mm[Hg]")},
                {"code": concept(LOINC, "8462-4"), "valueQuantity": quantity(78, "mmHg", "mm[Hg]")},
            ],
        ),
        observation(concept(FACT, "prefers_infusion"), 4, valueBoolean=True),
        observation(
            concept(LOINC, "72166-2"), 5, valueCodeableConcept=concept(SNOMED, "266919005", "Never smoked tobacco")
        ),
        observation(concept(LOINC, "62292-8"), 6, valueString="<10 ng/mL"),
        entry("Device", 1, manufacturer="Hologic", modelNumber="Horizon A"),
        entry(
            "DiagnosticReport",
            1,
            status="final",
            code=concept(LOINC, "83311-1", "Bone density by DXA panel"),
            effectiveDateTime="2026-05-04",
            result=[{"reference": "Observation/observation-2"}],
        ),
        request(ALENDRONATE, 1, status="stopped", dispenseRequest={"expectedSupplyDuration": quantity(84, "d")}),
        statement(PREDNISONE, 1, effectivePeriod={"start": "2026-01-05"}, dosage=[{"text": "10 mg once a day"}]),
        administration(ZOLEDRONATE, "2025-09-10T10:00:00+02:00", 1, mg=5),
        entry(
            "MedicationDispense",
            1,
            status="completed",
            medicationReference={"reference": "#m"},
            contained=[{"resourceType": "Medication", "id": "m", "code": ALENDRONATE}],
            whenHandedOver="2024-01-12",
            daysSupply=quantity(28, "d"),
        ),
        entry(
            "Procedure",
            1,
            status="completed",
            code=concept(SNOMED, "34043003", "Dental examination"),
            performedDateTime="2026-04-01",
        ),
        entry(
            "ServiceRequest", 1, status="active", intent="order", code=concept(LOINC, "2160-0"), authoredOn="2026-11-01"
        ),
        entry(
            "AllergyIntolerance",
            1,
            type="intolerance",
            code=words("alendronate"),
            reaction=[{"manifestation": [words("heartburn")]}],
        ),
        entry(
            "Encounter",
            1,
            status="finished",
            class_={"code": "EMER"},
            reasonCode=[words("fell from standing height")],
            period={"start": "2024-02-03"},
        ),
        entry("Coverage", 1, status="active", payor=[{"display": "Invented Health"}], period={"start": "2026-01-01"}),
        entry(
            "FamilyMemberHistory",
            1,
            status="completed",
            relationship=concept("v3", "MTH", "mother"),
            condition=[{"code": HIP_FRACTURE}],
        ),
        entry("Immunization", 1, status="completed", vaccineCode=words("influenza")),
    ]
