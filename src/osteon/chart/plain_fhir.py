"""Which FHIR resource says the same as a row of a plain chart?

A plain chart is a short way to write FHIR: each of its rows becomes the resource that a clinic's system would have
sent, and is read like it. So a fact means the same whichever way it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from osteon.chart import reasons
from osteon.chart.codes import FACT, LOINC, SNOMED, CodeBook, Topic, words
from osteon.chart.fhir.dates import when
from osteon.chart.fhir.density import DENSITIES
from osteon.chart.fhir.dosing import strength_mg
from osteon.chart.fhir.surroundings import LISTS
from osteon.chart.fhir.values import Number, number_in
from osteon.chart.units import Refusal, convert
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Analyte

Resource = dict[str, Any]


class Row(Struct, frozen=True, kw_only=True):
    """One row: what it speaks of, what it says, since when or from when to when, and where in the body."""

    number: int
    what: str
    value: str = ""
    unit: str = ""
    date: str = ""
    site: str = ""
    note: str = ""
    low: str = ""
    high: str = ""
    machine: str = ""

    @property
    def name(self) -> str:
        """What the row speaks of, in plain lower-case words."""
        return " ".join(words(self.what))


class NotUnderstoodError(Exception):
    """Why a row says nothing: one of the sentences of `osteon.chart.reasons`, and a detail."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Span(Struct, frozen=True):
    """From when to when? `is_open` where it goes on to this day; one day alone has no end and is not open."""

    start: str = ""
    end: str = ""
    is_open: bool = False


PERSON = {
    "sex": "gender", "gender": "gender",
    "birth date": "birthDate", "date of birth": "birthDate", "dob": "birthDate", "born": "birthDate",
    "name": "name", "record number": "identifier", "mrn": "identifier",
    "deceased": "deceased", "died": "deceased", "state": "address",
}  # fmt: skip
"""Rows that say who the patient is."""

_SEXES = {"f": "female", "female": "female", "woman": "female", "m": "male", "male": "male", "man": "male"}
_SMOKING_STATUS = "72166-2"
_PATHOLOGICAL_FRACTURE = "268029009"
_SUBJECT = {"reference": "Patient/plain"}


def patient(rows: list[Row]) -> Resource:
    """The Patient that these rows describe."""
    resource: Resource = {"resourceType": "Patient", "id": "plain"}
    for row in rows:
        element, value = PERSON[row.name], row.value or row.date
        if element == "gender":
            if value.strip().casefold() not in _SEXES:
                raise NotUnderstoodError(reasons.NO_ANSWER, "write female or male")
            resource["gender"] = _SEXES[value.strip().casefold()]
        elif element == "birthDate":
            resource["birthDate"] = value
        elif element == "name":
            resource["name"] = [{"text": value}]
        elif element == "identifier":
            kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
            resource["identifier"] = [{"type": kind, "value": value}]
        elif element == "address":
            resource["address"] = [{"state": value}]
        else:
            resource["deceasedDateTime"] = _one_day(value)
    return resource


def resource_of(row: Row, knowledge: Knowledge, codes: CodeBook, written: str) -> Resource:
    """The resource that says what this row says. Raises `NotUnderstoodError`.

    `written` is the day of the chart: of measurements and answers without a date of their own.
    """
    builder = _BUILDERS.get(row.name)
    if builder:
        return builder(row)
    if row.name in _EMPTY:
        return _empty_list(row)
    if row.name in _RELATIVES:
        return _relative(row)
    fact = row.name.removeprefix("answer ").replace(" ", "_")
    measures = codes.called(row.what, Topic.MEASURE) or codes.named(row.what, Topic.MEASURE) & DENSITIES
    if row.name == "blood pressure":
        return _blood_pressure(row, written)
    if measures and not row.name.startswith("answer "):
        return _measurement(row, [knowledge.analytes[kind] for kind in sorted(measures)], written)
    if "question.smoking_status" in codes.called(row.what, Topic.STATE):
        return _answer(row, {"system": LOINC, "code": _SMOKING_STATUS}, written)
    if fact in knowledge.facts:
        return _answer(row, {"system": FACT, "code": fact}, written)
    raise NotUnderstoodError(reasons.UNKNOWN_ROW, row.what)


# --- dates ---------------------------------------------------------------------------------------------------------


def _span(row: Row) -> Span:
    """What the date of the row says: `2021-02..2026-08`, `2021-02..` (to this day) or one day."""
    start, dots, end = (each.strip() for each in re.sub(r"\s+to\s+|…", "..", row.date).partition(".."))
    for day in (start, end):
        if day:
            _one_day(day)
    return Span(start, end, is_open=bool(dots) and not end)


def _one_day(text: str) -> str:
    if when(text) is None:
        raise NotUnderstoodError(reasons.NOT_A_DATE, f"{text}: write 2026-10-01, 2026-10 or 2026")
    return text


def _day(row: Row, written: str) -> dict[str, str]:
    day = _span(row).start or written
    if not day:
        raise NotUnderstoodError(reasons.NO_DATE, row.what)
    return {"effectiveDateTime": day}


# --- what was measured and asked -----------------------------------------------------------------------------------


def _measurement(row: Row, analytes: list[Analyte], written: str) -> Resource:
    number = number_in(row.value)
    for analyte in analytes:
        if isinstance(number, Number):
            converted = convert(number.value, row.unit or number.spoken_unit, analyte)
            if isinstance(converted, Refusal):
                raise NotUnderstoodError(converted.reason, f"{row.what} {converted.detail}")
    resource = _observation(row, {"text": row.what.replace("_", " ")}, written) | _result(row.value, row.unit)
    ends = {end: _quantity(text, row.unit) for end, text in (("low", row.low), ("high", row.high)) if text}
    if ends:
        resource["referenceRange"] = [ends]
    if row.site:
        resource["bodySite"] = {"text": row.site}
    if row.machine:
        resource["device"] = {"display": row.machine}
    return resource


def _blood_pressure(row: Row, written: str) -> Resource:
    systolic, bar, diastolic = row.value.partition("/")
    if not bar:
        raise NotUnderstoodError(reasons.NOT_A_NUMBER, f"{row.value}: write 130/80")
    unit = row.unit or "mm[Hg]"
    parts = (("systolic blood pressure", systolic), ("diastolic blood pressure", diastolic))
    resource = _observation(row, {"text": "blood pressure"}, written)
    return {**resource, "component": [{"code": {"text": name}, **_result(said, unit)} for name, said in parts]}


def _answer(row: Row, question: dict[str, str], written: str) -> Resource:
    code = {"coding": [question], "text": row.what}
    if not row.value:
        raise NotUnderstoodError(reasons.NO_ANSWER, row.what)
    return _observation(row, code, written) | {"valueString": f"{row.value} {row.unit}".strip()}


def _observation(row: Row, code: dict[str, Any], written: str) -> Resource:
    return _about("Observation", row, status="final", code=code, **_day(row, written))


def _result(value: str, unit: str) -> dict[str, Any]:
    if isinstance(number_in(value), Number):
        return {"valueQuantity": _quantity(value, unit)}
    return {"valueString": value} if value.strip() else {}


def _quantity(value: str, unit: str) -> dict[str, Any]:
    number = number_in(value)
    if not isinstance(number, Number):
        raise NotUnderstoodError(reasons.NOT_A_NUMBER, value)
    quantity: dict[str, Any] = {"value": number.value, "unit": unit or number.spoken_unit}
    if number.comparator:
        quantity["comparator"] = number.comparator
    return {name: part for name, part in quantity.items() if part != ""}


# --- what is the matter --------------------------------------------------------------------------------------------


def _condition(row: Row) -> Resource:
    span = _span(row)
    status = "resolved" if span.end else "active"
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    times = {"onsetDateTime": span.start, "abatementDateTime": span.end}
    return _about(
        "Condition",
        row,
        code={"text": _said(row)},
        clinicalStatus={"coding": [{"system": system, "code": status}]},
        **{name: day for name, day in times.items() if day},
    )


def _fracture(row: Row) -> Resource:
    """A broken bone: the cause in `value`, the bone in `site`, in words; an old one without a date says so."""
    day = _span(row).start
    bone = f" of the {row.site}" if row.site else ""
    code: dict[str, Any] = {"text": f"{'' if day else 'old '}fracture{bone}: {row.value or 'cause not stated'}"}
    if "pathological" in words(row.value):
        code["coding"] = [{"system": SNOMED, "code": _PATHOLOGICAL_FRACTURE}]
    resource = _about("Condition", row, code=code)
    return {**resource, "onsetDateTime": day} if day else resource


def _procedure(row: Row) -> Resource:
    day = _span(row).start
    resource = _about("Procedure", row, status="completed", code={"text": _said(row)})
    return {**resource, "performedDateTime": day} if day else resource


def _allergy(row: Row) -> Resource:
    said = _said(row)
    kind = "intolerance" if row.name == "intolerance" else "allergy"
    none = words(said) in (("none",), ("no",), ("none", "known"))
    resource = _about("AllergyIntolerance", row, code={"text": "no known allergies" if none else said})
    resource["patient"] = resource.pop("subject")
    if row.note:
        resource["reaction"] = [{"manifestation": [{"text": row.note}]}]
    return resource if none else {**resource, "type": kind}


def _relative(row: Row) -> Resource:
    relation = _RELATIVES[row.name]
    resource = _about("FamilyMemberHistory", row, status="partial", relationship={"text": relation})
    resource["patient"] = resource.pop("subject")
    return {**resource, "condition": [{"code": {"text": _said(row)}}]}


# --- what is taken and given ---------------------------------------------------------------------------------------


def _drug(row: Row) -> Resource:
    """A medicine that is or was taken: still, where no date says otherwise; its `note` says why it was stopped."""
    span = _span(row)
    goes_on = span.is_open or not row.date
    status = "active" if goes_on else "stopped" if span.end and row.note else "completed" if span.end else "unknown"
    resource = _about(
        "MedicationStatement",
        row,
        status=status,
        medicationCodeableConcept={"text": _said(row)},
        dosage=[{"text": f"{row.value} {row.unit}".strip()}],
    )
    if span.end or span.is_open:
        times = {"start": span.start, "end": span.end}
        resource["effectivePeriod"] = {name: day for name, day in times.items() if day}
    elif span.start:
        resource["effectiveDateTime"] = span.start
    if row.note and span.end:
        resource["statusReason"] = [{"text": row.note}]
    return resource


def _dose(row: Row) -> Resource:
    """One dose that was given."""
    day = _span(row).start
    if not day:
        raise NotUnderstoodError(reasons.NO_DATE, row.what)
    said = f"{_said(row)} {row.unit}".strip()
    medication = {"medicationCodeableConcept": {"text": said}, "effectiveDateTime": day}
    resource = _about("MedicationAdministration", row, status="completed", **medication)
    mg = strength_mg(said)
    return resource if mg is None else {**resource, "dosage": {"dose": {"value": mg, "unit": "mg"}}}


# --- who pays, and what is not there -------------------------------------------------------------------------------


def _coverage(row: Row) -> Resource:
    span = _span(row)
    times = {name: day for name, day in (("start", span.start), ("end", span.end)) if day}
    resource = _about("Coverage", row, status="active", payor=[{"display": _said(row)}])
    resource["beneficiary"] = resource.pop("subject")
    return {**resource, "period": times} if times else resource


def _empty_list(row: Row) -> Resource:
    """A list that was drawn up and is empty: `no medicines`."""
    code = next(code for code, name in LISTS.items() if name == _EMPTY[row.name])
    empty = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "nilknown"}]}
    return _about(
        "List", row, status="current", mode="snapshot", code={"coding": [{"system": LOINC, "code": code}]}
    ) | {"emptyReason": empty}


def _about(kind: str, row: Row, **elements: Any) -> Resource:
    resource = {"resourceType": kind, "id": f"row-{row.number}", "subject": dict(_SUBJECT), **elements}
    noted = row.note and kind not in ("List", "AllergyIntolerance", "Coverage")
    return {**resource, "note": [{"text": row.note}]} if noted else resource


def _said(row: Row) -> str:
    if not row.value.strip():
        raise NotUnderstoodError(reasons.NO_VALUE, row.what)
    return row.value.strip()


_BUILDERS: dict[str, Callable[[Row], Resource]] = {
    **dict.fromkeys(("fracture", "broken bone"), _fracture),
    **dict.fromkeys(("drug", "medicine", "medication"), _drug),
    **dict.fromkeys(("dose", "infusion", "injection"), _dose),
    **dict.fromkeys(("condition", "diagnosis", "problem", "history"), _condition),
    **dict.fromkeys(("procedure", "operation", "examination"), _procedure),
    **dict.fromkeys(("allergy", "intolerance"), _allergy),
    **dict.fromkeys(("insurance", "payer", "coverage"), _coverage),
}
_EMPTY = {
    **dict.fromkeys(("no medicines", "no drugs", "no medications"), "medications"),
    **dict.fromkeys(("no conditions", "no diagnoses", "no problems"), "conditions"),
    **dict.fromkeys(("no allergies", "no known allergies"), "allergies"),
    **dict.fromkeys(("no procedures", "no operations"), "procedures"),
}
_RELATIVES = {each: each for each in ("mother", "father", "parent", "brother", "sister", "sibling")}
