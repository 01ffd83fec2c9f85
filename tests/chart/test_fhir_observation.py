"""What was measured or asked, and what came out?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.chart.types import Answer, Measurement, Skipped, When
from tests.chart.bundles import (
    FACT,
    LOINC,
    SNOMED,
    TODAY,
    chart,
    concept,
    creatinine,
    entry,
    observation,
    quantity,
    words,
)


def only(**fields: Any) -> Measurement:
    (found,) = chart(creatinine(1.2, **fields)).measurements
    return found


def left_out(resource: dict[str, Any], on: date | None = None) -> Skipped:
    found = chart(resource, on=on)
    assert not found.measurements
    assert not found.answers
    (skipped,) = found.skipped
    return skipped


# --- values --------------------------------------------------------------------------------------------------------

VALUES = {
    "a quantity": ({"valueQuantity": quantity(27, "ng/mL")}, (27.0, "")),
    "a quantity in another unit": ({"valueQuantity": quantity(50, "nmol/L")}, (20.032, "")),
    "a unit in words only": ({"valueQuantity": {"value": 27, "unit": "ng/mL"}}, (27.0, "")),
    "a limit": ({"valueQuantity": {**quantity(10, "ng/mL"), "comparator": "<"}}, (10.0, "<")),
    "a limit with or-equal": ({"valueQuantity": {**quantity(100, "ng/mL"), "comparator": ">="}}, (100.0, ">")),
    "words with a number": ({"valueString": "27 ng/mL"}, (27.0, "")),
    "words with a decimal comma": ({"valueString": "27,5 ng/mL"}, (27.5, "")),
    "words with a limit": ({"valueString": "< 10 ng/mL"}, (10.0, "<")),
    "words with a label and a remark": ({"valueString": "25-OH: 27 ng/mL"}, None),
    "a labelled number": ({"valueString": "Result: 27 ng/mL (low)"}, (27.0, "")),
    "a coded number": ({"valueCodeableConcept": words("27 ng/mL")}, (27.0, "")),
    "an open range": ({"valueRange": {"high": quantity(10, "ng/mL")}}, (10.0, "<")),
    "a range open above": ({"valueRange": {"low": quantity(100, "ng/mL")}}, (100.0, ">")),
    "a closed range": ({"valueRange": {"low": quantity(20, "ng/mL"), "high": quantity(30, "ng/mL")}}, None),
    "a thousand or a decimal": ({"valueString": "1,234 ng/mL"}, None),
    "words": ({"valueString": "haemolysed"}, None),
    "no unit where there are two scales": ({"valueQuantity": {"value": 27}}, None),
    "a unit that is none": ({"valueQuantity": quantity(27, "furlong")}, None),
    "a value nobody has": ({"valueQuantity": quantity(9999, "ng/mL")}, None),
    "an absent value": ({"dataAbsentReason": words("specimen lost")}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("fields", "expected"), VALUES.values(), ids=VALUES)
def test_a_value_is_read_in_whichever_form_it_was_sent(
    fields: dict[str, Any], expected: tuple[float, str] | None
) -> None:
    found = chart(observation(concept(LOINC, "62292-8", "25-OH vitamin D"), **fields)).measurements
    assert [(round(each.value, 6), each.comparator) for each in found] == ([expected] if expected else [])


def test_what_is_set_aside_says_why() -> None:
    assert left_out(creatinine(250)).reason == "the value is not plausible"
    assert "250 mg/dL" in left_out(creatinine(250)).detail
    assert left_out(creatinine(1, unit="furlong")).reason == "the unit is missing or unknown"
    lost = observation(concept(LOINC, "2160-0", "Creatinine"), dataAbsentReason=words("specimen lost"))
    assert left_out(lost).detail == "Creatinine: specimen lost"


def test_an_integer_counts() -> None:
    (found,) = chart(observation(concept(LOINC, "52552-7", "Falls in the past year"), valueInteger=2)).measurements
    assert (found.kind, found.value) == ("falls_count", 2.0)


def test_components_are_read_one_by_one() -> None:
    pressure = observation(
        concept(LOINC, "85354-9", "Blood pressure"),
        component=[
            {"code": concept(LOINC, "8480-6"), "valueQuantity": quantity(131, "mmHg", "mm[Hg]")},
            {"code": concept(LOINC, "8462-4"), "valueQuantity": quantity(78, "mmHg", "mm[Hg]")},
        ],
    )
    found = chart(pressure)
    assert {each.kind: each.value for each in found.measurements} == {"systolic_bp": 131.0, "diastolic_bp": 78.0}
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"low": quantity(0.5, "mg/dL"), "high": quantity(1.1, "mg/dL")}], (0.5, 1.1)),
        ([{"low": {"value": 0.5}, "high": {"value": 1.1}}], (0.5, 1.1)),
        ([{"low": quantity(44.2, "umol/L"), "high": quantity(97.2, "umol/L")}], (0.5, 1.1)),
        ([{"high": quantity(1.1, "mg/dL")}], (None, 1.1)),
        ([{"low": quantity(0, "mg/dL"), "high": quantity(1.1, "mg/dL")}], (0.0, 1.1)),
        ([{"text": "0.5 to 1.1"}], (None, None)),
        (
            [{"type": concept("x", "therapeutic"), "high": quantity(9, "mg/dL")}, {"high": quantity(1.1, "mg/dL")}],
            (None, 1.1),
        ),
        ([], (None, None)),
    ],
)
def test_the_laboratorys_own_range_is_kept_in_the_same_unit(
    ranges: list[Any], expected: tuple[float | None, float | None]
) -> None:
    found = only(referenceRange=ranges)
    assert (found.low and round(found.low, 2), found.high and round(found.high, 2)) == expected


# --- what a code is ------------------------------------------------------------------------------------------------


def test_a_local_code_with_a_known_name_is_read() -> None:
    for code in (words("creatinine"), words("Creatinine")):
        (found,) = chart(observation(code, valueQuantity=quantity(1.2, "mg/dL"))).measurements
        assert found.kind == "creatinine"


def test_what_is_read_by_its_name_says_so() -> None:
    local = concept("urn:clinic:laboratory", "0815", "CREATININE")
    found = chart(observation(local, valueQuantity=quantity(1.2, "mg/dL")))
    assert [each.kind for each in found.measurements] == ["creatinine"]
    assert [(each.what, each.detail) for each in found.skipped] == [("warning: Observation", "CREATININE")]
    smoking = observation(words("Smoking status"), valueString="Former smoker")
    assert [(each.kind, each.value) for each in chart(smoking).answers] == [("current_smoker", False)]


def test_an_unknown_code_is_not_read_by_its_name() -> None:
    """Creatinine of urine is not that of serum, whatever the words have in common."""
    urine = concept(LOINC, "2161-8", "Creatinine [Mass/volume] in Urine")
    found = left_out(observation(urine, valueQuantity=quantity(120, "mg/dL")))
    assert (found.reason, found.detail) == ("the code is in no value set", "Creatinine [Mass/volume] in Urine")


def test_what_is_left_out_is_counted_once_by_name() -> None:
    glucose = concept(LOINC, "2339-0", "Glucose")
    found = chart(*(observation(glucose, n, valueQuantity=quantity(90 + n, "mg/dL")) for n in range(12)))
    assert [(each.detail, each.count) for each in found.skipped] == [("Glucose", 12)]


# --- status and time -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("entered-in-error", "entered in error"),
        ("cancelled", "cancelled, or never carried out"),
        ("registered", "no result yet"),
    ],
)
def test_what_is_not_a_result_is_left_out_by_name(status: str, reason: str) -> None:
    assert left_out(creatinine(1, status=status)).reason == reason


def test_a_preliminary_result_is_kept_and_says_so() -> None:
    assert only(status="preliminary").note == "preliminary"
    assert only(status="amended").note == ""


def test_the_flag_and_notes_of_the_laboratory_are_kept() -> None:
    found = only(interpretation=[concept("v3", "H", "High")], note=[{"text": "haemolysed"}])
    assert found.note == "flagged High; haemolysed"
    assert only(interpretation=[concept("v3", "N", "Normal")]).note == ""


WHEN = {
    "a day": ({"effectiveDateTime": "2026-05-04"}, When.on(date(2026, 5, 4))),
    "a time late in the day, as the sender counts days": (
        {"effectiveDateTime": "2026-05-04T23:30:00-08:00"},
        When.on(date(2026, 5, 4)),
    ),
    "a month": ({"effectiveDateTime": "2026-05"}, When(date(2026, 5, 1), date(2026, 5, 31))),
    "a year": ({"effectiveDateTime": "2026"}, When(date(2026, 1, 1), date(2026, 12, 31))),
    "a period": (
        {"effectiveDateTime": None, "effectivePeriod": {"start": "2026-05-04", "end": "2026-05-05"}},
        When(date(2026, 5, 4), date(2026, 5, 5)),
    ),
    "an instant": ({"effectiveDateTime": None, "effectiveInstant": "2026-05-04T10:00:00Z"}, When.on(date(2026, 5, 4))),
    "the day of issue": ({"effectiveDateTime": None, "issued": "2026-05-06T10:00:00Z"}, When.on(date(2026, 5, 6))),
}


@pytest.mark.parametrize(("fields", "expected"), WHEN.values(), ids=WHEN)
def test_a_date_keeps_its_precision(fields: dict[str, Any], expected: When) -> None:
    assert only(**fields).when == expected


@pytest.mark.parametrize("text", ["2026-02-30", "20260504", "May 2026", "2026-W19-1", "12026-01-01", "0000"])
def test_what_is_not_a_date_leaves_the_result_out(text: str) -> None:
    assert left_out(creatinine(1, when=text)).reason == "without a date"


def test_what_lies_after_the_day_in_question_is_left_out_by_name() -> None:
    found = left_out(creatinine(1, when="2027-01-05"), on=TODAY)
    assert (found.reason, found.detail) == ("dated after the day in question", "Observation/observation-1")
    assert chart(creatinine(1, when="2026-11"), on=TODAY).measurements


def test_a_report_dates_a_result_that_has_no_date_of_its_own() -> None:
    report = entry(
        "DiagnosticReport",
        status="final",
        code=concept(LOINC, "51990-0", "Basic metabolic panel"),
        effectiveDateTime="2026-05-04",
        result=[{"reference": "Observation/observation-1/_history/1"}],
    )
    (found,) = chart(creatinine(1.2, effectiveDateTime=None), report).measurements
    assert found.when == When.on(date(2026, 5, 4))


# --- answers -------------------------------------------------------------------------------------------------------

YES, NO = concept(SNOMED, "373066001", "Yes"), concept(LOINC, "LA32-8", "No")
ANSWERS = {
    "a tick": (concept(FACT, "prefers_infusion"), {"valueBoolean": True}, ("prefers_infusion", True)),
    "a cross": (concept(FACT, "thigh_or_groin_pain"), {"valueBoolean": False}, ("thigh_or_groin_pain", False)),
    "a coded yes": (concept(FACT, "prefers_infusion"), {"valueCodeableConcept": YES}, ("prefers_infusion", True)),
    "a coded no": (concept(FACT, "prefers_infusion"), {"valueCodeableConcept": NO}, ("prefers_infusion", False)),
    "a written no": (concept(FACT, "prefers_infusion"), {"valueString": "No"}, ("prefers_infusion", False)),
    "words": (concept(FACT, "falls_last_year"), {"valueString": "two or three"}, ("falls_last_year", "two or three")),
    "never smoked": (
        concept(LOINC, "72166-2"),
        {"valueCodeableConcept": concept(SNOMED, "266919005", "Never smoked")},
        ("current_smoker", False),
    ),
    "smokes": (
        concept(LOINC, "72166-2"),
        {"valueCodeableConcept": concept(SNOMED, "449868002", "Smokes daily")},
        ("current_smoker", True),
    ),
    "not pregnant": (
        concept(LOINC, "82810-3"),
        {"valueCodeableConcept": concept(SNOMED, "60001007", "Not pregnant")},
        ("pregnant", False),
    ),
}


@pytest.mark.parametrize(("code", "value", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_becomes_the_named_fact(code: Any, value: dict[str, Any], expected: tuple[str, bool | str]) -> None:
    (found,) = chart(observation(code, **value)).answers
    assert found == Answer(
        kind=expected[0], value=expected[1], when=When.on(date(2026, 5, 4)), source="Observation/observation-1"
    )


def test_a_negative_test_of_something_else_says_nothing_of_pregnancy() -> None:
    hiv = observation(
        concept(LOINC, "55277-8", "HIV status"), valueCodeableConcept=concept(SNOMED, "260385009", "Negative")
    )
    assert left_out(hiv).reason == "the code is in no value set"


def test_an_unanswered_question_is_no_answer() -> None:
    assert left_out(observation(concept(FACT, "prefers_infusion"))).reason == "the answer is missing or in no value set"


def test_a_fact_that_does_not_exist_is_not_invented() -> None:
    assert left_out(observation(concept(FACT, "likes_tea"), valueBoolean=True)).reason == "the code is in no value set"
