"""Invented patients for the measures, in a few words, and invented value sets: one code for each published name."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from osteon.chart.fhir.bundle import Piece
from osteon.knowledge.types import Jurisdiction
from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.value_sets import ValueSets, read_value_sets
from tests.examples import knowledge

Resource = dict[str, Any]
SHARED = Path(__file__).parents[3] / "shared" / "measures"
NOT_HERE = "no published cases in ../shared/measures beside the repository"

YEAR = "2025-01-01/2025-12-31"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CPT = "http://www.ama-assn.org/go/cpt"
INVENTED = "urn:example:codes"
NAMES = sorted(MEASURES["cms249"].needs | MEASURES["cms645"].needs)


def table(*names: str) -> str:
    """Value sets as a CSV file, one invented code in each."""
    return "value_set,oid,system,code\n" + "".join(f'"{name}",1.2.3,{INVENTED},"{name}"\n' for name in names or NAMES)


@cache
def value_sets() -> ValueSets:
    return read_value_sets(table(), name="invented.csv", knowledge=knowledge(Jurisdiction.US))


def judge(name: str, *resources: Resource, period: str = YEAR, known_until: str = "") -> dict[str, int | None]:
    """The counts of one patient in a measure."""
    until = date.fromisoformat(known_until) if known_until else None
    return MEASURES[name].judge(taken(*resources), Period.parse(period, until), value_sets()).counts


def taken(*resources: Resource) -> Resources:
    return Resources(Piece(each["resourceType"], "", json.dumps(each).encode()) for each in resources)


def case(name: str, *resources: Resource, start: str = "2025-01-01", end: str = "2025-12-31") -> str:
    """A line of a case file."""
    return json.dumps({"id": name, "start": start, "end": end, "resources": resources})


def bundle(*resources: Resource) -> str:
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


# --- resources ------------------------------------------------------------------------------------------------------


def coded(code: str, system: str = "") -> Resource:
    """A concept: of a value set by its published name, or a code of a real system."""
    return {"coding": [{"system": system or INVENTED, "code": code if system else code.casefold()}]}


def of(kind: str, subject: str = "one", **fields: Any) -> Resource:
    """A resource about a patient. Its id is made from what it says."""
    content = {"resourceType": kind, "subject": {"reference": f"Patient/{subject}"}, **fields}
    return {**content, "id": f"r{crc32(json.dumps(content, sort_keys=True).encode())}"}


def person(gender: str = "female", born: str = "1970-05-05", name: str = "one") -> Resource:
    return {"resourceType": "Patient", "id": name, "gender": gender, "birthDate": born}


def visit(start: str = "2025-03-03T09:00:00Z", end: str = "2025-03-03T09:20:00Z", **fields: Any) -> Resource:
    told = {"status": "finished", "type": [coded("office visit")], "period": {"start": start, "end": end}}
    return of("Encounter", **{**told, "class": {"code": "AMB"}, **fields})


def condition(name: str, onset: str, system: str = "", status: str = "active", **fields: Any) -> Resource:
    confirmed = {"coding": [{"code": "confirmed"}]}
    told = {"clinicalStatus": {"coding": [{"code": status}]}, "verificationStatus": confirmed}
    return of("Condition", code=coded(name, system), **{**told, "onsetDateTime": onset, **fields})


def procedure(name: str, day: str, system: str = "", status: str = "completed", **fields: Any) -> Resource:
    return of("Procedure", status=status, code=coded(name, system), performedDateTime=day, **fields)


def order(name: str, day: str, system: str = "", **fields: Any) -> Resource:
    told = {"status": "active", "intent": "order", "code": coded(name, system), "authoredOn": day}
    return of("ServiceRequest", **{**told, **fields})


def prescription(name: str, written: str = "", system: str = "", **fields: Any) -> Resource:
    told = {"status": "active", "intent": "order", "medicationCodeableConcept": coded(name, system)}
    return of("MedicationRequest", **{**told, **({"authoredOn": written} if written else {}), **fields})


def bounded(*spans: tuple[str, str]) -> list[Resource]:
    """Dosages, each from one day to another; an end may be empty."""
    periods = [{"start": start, **({"end": end} if end else {})} for start, end in spans]
    return [{"timing": {"repeat": {"boundsPeriod": period}}} for period in periods]


def observation(name: str, day: str, system: str = "", status: str = "final", **value: Any) -> Resource:
    return of("Observation", status=status, code=coded(name, system), effectiveDateTime=day, **value)


def quantity(value: float, unit: str = "") -> Resource:
    return {"valueQuantity": {"value": value, **({"unit": unit, "code": unit} if unit else {})}}
