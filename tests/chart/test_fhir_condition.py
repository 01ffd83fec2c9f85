"""What does the problem list say, and which bones broke?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.chart.codes import CPT
from osteon.chart.types import Cause, Condition, Fracture, When
from tests.chart.bundles import (
    HIP_FRACTURE,
    ICD10CM,
    LOINC,
    OSTEOPOROSIS,
    SNOMED,
    TODAY,
    Resource,
    chart,
    concept,
    condition,
    entry,
    quantity,
    words,
)


def only(**fields: Any) -> Condition:
    (found,) = chart(condition(OSTEOPOROSIS, **fields)).conditions
    return found


def broken(code: Resource, **fields: Any) -> Fracture:
    (found,) = chart(condition(code, **{"onsetDateTime": "2024-02-03", **fields})).fractures
    return found


# --- conditions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", True),
        ("recurrence", True),
        ("relapse", True),
        ("resolved", False),
        ("inactive", False),
        ("remission", False),
    ],
)
def test_the_status_is_kept(status: str, expected: bool) -> None:
    assert only(clinicalStatus={"coding": [{"code": status}]}).is_active is expected
    assert only(clinicalStatus=words(status.title())).is_active is expected


def test_a_status_that_was_not_given_is_not_made_up() -> None:
    assert only(clinicalStatus=None).is_active is None


@pytest.mark.parametrize(("status", "reason"), [("entered-in-error", "entered in error"), ("refuted", "refuted")])
def test_what_is_not_so_is_left_out_by_name(status: str, reason: str) -> None:
    found = chart(condition(OSTEOPOROSIS, verificationStatus={"coding": [{"code": status}]}))
    assert found.conditions == ()
    assert [(each.reason, each.detail) for each in found.skipped] == [(reason, "Osteoporosis (disorder)")]


def test_what_is_not_certain_says_so() -> None:
    assert (
        only(verificationStatus={"coding": [{"code": "provisional"}]}).text == "Osteoporosis (disorder) (provisional)"
    )


ONSETS = {
    "a day": ({"onsetDateTime": "2020-03-14T10:00:00Z"}, When.on(date(2020, 3, 14))),
    "a year": ({"onsetDateTime": "2020"}, When(date(2020, 1, 1), date(2020, 12, 31))),
    "a period": ({"onsetPeriod": {"start": "2020-03"}}, When(date(2020, 3, 1), date(2020, 3, 31))),
    "words that are a date": ({"onsetString": "2020"}, When(date(2020, 1, 1), date(2020, 12, 31))),
    "other words": ({"onsetString": "in her fifties"}, None),
    "an age": ({"onsetAge": quantity(60, "a")}, When(date(2015, 6, 1), date(2016, 5, 31))),
    "an age nobody has": ({"onsetAge": quantity(600, "a")}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("fields", "expected"), ONSETS.values(), ids=ONSETS)
def test_an_onset_keeps_its_precision(fields: dict[str, Any], expected: When | None) -> None:
    assert only(**fields).onset == expected


def test_an_end_is_kept() -> None:
    assert only(abatementDateTime="2021-01").ended == When(date(2021, 1, 1), date(2021, 1, 31))


def test_a_code_that_is_not_known_is_left_out_by_name() -> None:
    found = chart(condition(concept(SNOMED, "444814009", "Viral sinusitis (disorder)")))
    assert [(each.reason, each.detail) for each in found.skipped] == [
        ("the code is in no value set", "Viral sinusitis (disorder)")
    ]
    assert found.lists == {"conditions"}


BY_WORDS = {
    "words alone": (words("Osteoporosis"), {"osteoporosis"}),
    "words beside a local code": (concept("urn:clinic", "BONE1", "Severe osteoporosis"), {"osteoporosis"}),
    "the exact name beside an unknown public code": (concept(SNOMED, "999999", "osteoporosis"), {"osteoporosis"}),
    "more than the name beside an unknown public code": (concept(SNOMED, "999999", "fear of osteoporosis"), None),
    "a screening": (words("Screening for osteoporosis"), None),
    "a risk": (words("At risk of osteoporosis"), None),
    "a family": (words("Family history of osteoporosis"), None),
    "a suspicion": (words("Osteoporosis?"), None),
    "a joint that is not broken": (words("Osteoarthritis of hip"), None),
}


@pytest.mark.parametrize(("code", "kinds"), BY_WORDS.values(), ids=BY_WORDS)
def test_words_are_read_where_they_say_that_something_is_so(code: Resource, kinds: set[str] | None) -> None:
    found = chart(condition(code))
    assert [each.kinds for each in found.conditions] == ([kinds] if kinds else [])
    assert found.fractures == ()
    assert found.skipped[0].what == ("warning: Condition" if kinds else "Condition")


# --- fractures -----------------------------------------------------------------------------------------------------

CAUSES: dict[str, tuple[Resource, str, Cause]] = {
    "an S-code says nothing of the cause": (
        concept(ICD10CM, "S72.001A", "Fracture of neck of femur"),
        "hip",
        Cause.UNSTATED,
    ),
    "a fall from standing height": (
        concept(ICD10CM, "S52.501A", text="Colles fracture, fell from standing height"),
        "forearm",
        Cause.FRAGILITY,
    ),
    "a stumble": (
        concept(ICD10CM, "S42.201A", text="Proximal humerus, tripped over the rug"),
        "humerus",
        Cause.FRAGILITY,
    ),
    "a motor vehicle": (
        concept(ICD10CM, "S72.001A", text="Hip fracture, motor vehicle collision"),
        "hip",
        Cause.TRAUMA,
    ),
    "a fall from a ladder": (
        concept(ICD10CM, "S32.010A", text="L1 fracture, fell off a ladder"),
        "vertebra",
        Cause.TRAUMA,
    ),
    "sport": (concept(ICD10CM, "S82.201A", text="Tibia fracture while skiing"), "tibia", Cause.TRAUMA),
    "osteoporosis by ICD-10-CM": (concept(ICD10CM, "M80.08XA", "vertebra(e)"), "vertebra", Cause.FRAGILITY),
    "pathological in cancer": (concept(ICD10CM, "M84.552A", "left femur"), "hip", Cause.PATHOLOGICAL),
    "metastatic by words": (
        concept(ICD10CM, "S72.001A", text="Hip fracture through a metastasis"),
        "hip",
        Cause.PATHOLOGICAL,
    ),
    "atypical": (concept(ICD10CM, "M84.751A", "Atypical femoral fracture, right"), "femur_shaft", Cause.ATYPICAL),
    "osteoporotic by SNOMED CT": (
        concept(SNOMED, "704336007", "Osteoporotic fracture of radius"),
        "forearm",
        Cause.FRAGILITY,
    ),
    "without a bone": (
        concept(SNOMED, "443165006", "Pathological fracture due to osteoporosis (disorder)"),
        "other",
        Cause.FRAGILITY,
    ),
    "in words alone": (words("Compression fracture of T12 after lifting a box"), "vertebra", Cause.FRAGILITY),
}


@pytest.mark.parametrize(("code", "site", "cause"), CAUSES.values(), ids=CAUSES)
def test_a_fragility_fracture_is_told_from_the_others(code: Resource, site: str, cause: Cause) -> None:
    found = broken(code)
    assert (found.site, found.cause) == (site, cause)


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"note": [{"text": "Low-energy fall in the kitchen"}]}, Cause.FRAGILITY),
        ({"note": [{"text": "Pedestrian hit by a car"}]}, Cause.TRAUMA),
        ({}, Cause.UNSTATED),
    ],
)
def test_notes_tell_the_cause_where_the_code_does_not(fields: dict[str, Any], cause: Cause) -> None:
    assert broken(HIP_FRACTURE, **fields).cause is cause


VISITS: dict[str, tuple[list[Resource], Cause]] = {
    "the reason of the visit": (
        [entry("Encounter", status="finished", reasonCode=[words("Ground-level fall")])],
        Cause.FRAGILITY,
    ),
    "an external cause coded at the visit": (
        [condition(concept(ICD10CM, "W01.0XXA", "Slipped"), 9, encounter={"reference": "Encounter/encounter-1"})],
        Cause.FRAGILITY,
    ),
    "a transport accident coded at the visit": (
        [condition(concept(ICD10CM, "V43.52XA", "Car driver"), 9, encounter={"reference": "Encounter/encounter-1"})],
        Cause.TRAUMA,
    ),
    "another visit": (
        [condition(concept(ICD10CM, "W01.0XXA", "Slipped"), 9, encounter={"reference": "Encounter/other"})],
        Cause.UNSTATED,
    ),
}


@pytest.mark.parametrize(("others", "cause"), VISITS.values(), ids=VISITS)
def test_the_visit_tells_the_cause(others: list[Resource], cause: Cause) -> None:
    hip = condition(HIP_FRACTURE, onsetDateTime="2024-02-03", encounter={"reference": "Encounter/encounter-1"})
    assert [each.cause for each in chart(hip, *others).fractures] == [cause]


def test_site_side_level_and_number_are_read_from_the_words() -> None:
    assert broken(concept(ICD10CM, "M80.032A", "Osteoporosis with fracture, left forearm")).side == "left"
    assert broken(HIP_FRACTURE, bodySite=[words("Right hip")]).side == "right"
    assert broken(concept(ICD10CM, "M80.08XA", text="Fractures of T11-L1")).count == 3
    assert broken(concept(ICD10CM, "M80.08XA", text="Two vertebral fractures")).count == 2
    assert broken(words("Broken left wrist")).site == "forearm"


def test_a_recorded_day_dates_a_new_fracture_but_not_an_old_one() -> None:
    recorded = {"onsetDateTime": None, "recordedDate": "2024-02-03"}
    assert broken(HIP_FRACTURE, **recorded).when == When.on(date(2024, 2, 3))
    for code in (
        concept(ICD10CM, "S72.001D", "subsequent encounter"),
        concept(ICD10CM, "S72.001S", "sequela"),
        concept(ICD10CM, "Z87.310", "Personal history of healed osteoporosis fracture"),
        words("Old hip fracture"),
    ):
        assert broken(code, **recorded).when is None


def test_history_is_marked() -> None:
    found = broken(
        concept(ICD10CM, "Z87.310", "Personal history of (healed) osteoporosis fracture"), onsetDateTime=None
    )
    assert (found.is_history, found.cause, found.site) == (True, Cause.FRAGILITY, "other")
    assert not broken(HIP_FRACTURE).is_history


def test_one_fracture_recorded_five_times_is_one() -> None:
    visit = {"encounter": {"reference": "Encounter/e"}}
    found = chart(
        condition(HIP_FRACTURE, 1, onsetDateTime="2024-02-03", **visit),
        condition(
            concept(SNOMED, "443165006", "Pathological fracture due to osteoporosis"),
            2,
            onsetDateTime="2024-02-03",
            **visit,
        ),
        condition(concept(ICD10CM, "S72.001A", "Fracture of neck of right femur"), 3, recordedDate="2024-02-20"),
        condition(concept(ICD10CM, "S72.001D", "subsequent encounter"), 4, recordedDate="2024-07-01"),
        entry("Procedure", 5, status="completed", code=words("hip hemiarthroplasty"), performedDateTime="2024-02-04"),
    )
    (hip,) = found.fractures
    assert (hip.site, hip.cause, hip.side, str(hip.when)) == ("hip", Cause.FRAGILITY, "right", "2024-02-03")


def test_the_repair_of_a_hip_is_a_fracture_that_nobody_listed() -> None:
    repair = concept(CPT, "27236", "Open treatment of femoral fracture, proximal end")
    (hip,) = chart(entry("Procedure", status="completed", code=repair, performedDateTime="2024-02-04")).fractures
    assert (hip.site, hip.cause, str(hip.when)) == ("hip", Cause.UNSTATED, "2024-02-04")


def test_an_image_shows_a_fracture() -> None:
    report = entry(
        "DiagnosticReport",
        status="final",
        code=concept(LOINC, "24701-5", "DXA"),
        effectiveDateTime="2026-05-04",
        conclusionCode=[concept(SNOMED, "203450003", "Osteoporotic fracture of lumbar vertebra")],
        result=[{"reference": "Observation/x"}],
    )
    (found,) = chart(report).fractures
    assert (found.site, found.cause, found.source) == (
        "vertebra",
        Cause.FRAGILITY,
        "DiagnosticReport/diagnosticreport-1",
    )


def test_a_fracture_after_the_day_in_question_is_left_out_by_name() -> None:
    found = chart(condition(HIP_FRACTURE, onsetDateTime="2027-02-03"), on=TODAY)
    assert found.fractures == ()
    assert {each.reason for each in found.skipped} == {"dated after the day in question"}
