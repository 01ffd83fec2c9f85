"""Allergies, procedures, orders, visits, payers, relatives, and lists that are empty."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.chart.types import Allergy, When
from tests.chart.bundles import (
    HIP_FRACTURE,
    LOINC,
    RXNORM,
    SNOMED,
    TODAY,
    Resource,
    chart,
    concept,
    entry,
    words,
)

V3 = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
DENTAL = concept(SNOMED, "34043003", "Dental consultation and report")


def on(text: str) -> When:
    return When.on(date.fromisoformat(text))


# --- allergies -----------------------------------------------------------------------------------------------------


def allergy(code: Resource, **fields: Any) -> Resource:
    return entry("AllergyIntolerance", code=code, **fields)


def only(resource: Resource) -> Allergy:
    (found,) = chart(resource).allergies
    return found


def test_an_intolerance_names_the_drug_and_what_happened() -> None:
    found = only(
        allergy(
            concept(RXNORM, "46041", "alendronate"),
            type="intolerance",
            criticality="low",
            onsetDateTime="2022-05",
            reaction=[{"manifestation": [words("Heartburn"), words("Nausea")]}, {"description": "for two days"}],
        )
    )
    assert "alendronate" in found.kinds
    assert (found.is_intolerance, found.criticality) == (True, "low")
    assert found.reactions == ("Heartburn", "Nausea", "for two days")
    assert str(found.when) == "2022-05"


def test_an_allergy_to_what_is_not_known_is_kept_for_the_nurse() -> None:
    found = only(allergy(concept(SNOMED, "300913006", "Allergy to shellfish")))
    assert (found.kinds, found.text, found.none_known) == (frozenset(), "Allergy to shellfish", False)


def test_a_substance_that_only_the_reaction_names_is_read() -> None:
    found = only(allergy(words(""), reaction=[{"substance": words("denosumab"), "manifestation": [words("rash")]}]))
    assert found.text == "denosumab"
    assert only(allergy(words("denosumab"))).kinds >= {"denosumab"}


@pytest.mark.parametrize(
    "code", [concept(SNOMED, "716186003", "No known allergy"), concept(SNOMED, "409137002"), words("NKDA")]
)
def test_it_is_said_that_there_are_none(code: Resource) -> None:
    found = chart(allergy(code))
    assert [each.none_known for each in found.allergies] == [True]
    assert found.lists == {"allergies"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"verificationStatus": concept("x", "refuted")}, "refuted"),
        ({"verificationStatus": concept("x", "entered-in-error")}, "entered in error"),
        ({"clinicalStatus": concept("x", "resolved")}, "resolved"),
    ],
)
def test_what_is_no_allergy_is_left_out_by_name(fields: Resource, reason: str) -> None:
    found = chart(allergy(words("denosumab"), **fields))
    assert found.allergies == ()
    assert [each.reason for each in found.skipped] == [reason]


# --- done and asked for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"performedDateTime": "2026-04-01"}, on("2026-04-01")),
        ({"performedPeriod": {"start": "2026-04-01", "end": "2026-04-02"}}, When(date(2026, 4, 1), date(2026, 4, 2))),
        ({"performedString": "2026"}, When(date(2026, 1, 1), date(2026, 12, 31))),
        ({"performedString": "as a child"}, None),
    ],
)
def test_a_procedure_has_its_day(fields: Resource, expected: When | None) -> None:
    (found,) = chart(entry("Procedure", status="completed", code=DENTAL, **fields)).procedures
    assert (found.kinds, found.when, found.is_done) == ({"dental_exam"}, expected, True)


@pytest.mark.parametrize(("status", "is_done"), [("completed", True), ("in-progress", True), ("preparation", False)])
def test_what_is_only_prepared_is_not_done(status: str, is_done: bool) -> None:
    (found,) = chart(entry("Procedure", status=status, code=DENTAL)).procedures
    assert found.is_done is is_done


@pytest.mark.parametrize("status", ["not-done", "entered-in-error"])
def test_what_was_not_done_is_left_out_by_name(status: str) -> None:
    found = chart(entry("Procedure", status=status, code=DENTAL))
    assert found.procedures == ()
    assert found.skipped[0].detail == "Dental consultation and report"


def test_an_order_keeps_status_intent_and_prohibition() -> None:
    (found,) = chart(
        entry(
            "ServiceRequest",
            status="active",
            intent="order",
            doNotPerform=True,
            code=concept(LOINC, "2160-0", "Creatinine"),
            authoredOn="2026-11-01",
        )
    ).orders
    assert (found.kinds, found.status, found.intent, found.forbids) == ({"creatinine"}, "active", "order", True)
    assert found.when == on("2026-11-01")


# --- visits, payers, relatives, lists ------------------------------------------------------------------------------


def test_a_visit_has_its_setting_status_and_period() -> None:
    visit = entry(
        "Encounter",
        status="finished",
        class_={"code": "EMER"},
        type=[words("Fall at home")],
        period={"start": "2024-02-03T22:00:00+01:00", "end": "2024-02-04T01:00:00+01:00"},
    )
    (found,) = chart(visit).encounters
    assert (found.text, found.setting, found.status) == ("Fall at home", "EMER", "finished")
    assert (found.start, found.end) == (on("2024-02-03"), on("2024-02-04"))


def test_a_visit_that_never_was_is_left_out_by_name() -> None:
    assert chart(entry("Encounter", status="cancelled")).encounters == ()


@pytest.mark.parametrize(
    ("payor", "expected"),
    [
        ([{"display": "Invented Health"}], "Invented Health"),
        ([{"reference": "Organization/o1"}], "Invented Mutual"),
        ([], "Medicare Advantage"),
    ],
)
def test_who_pays_is_named(payor: list[Resource], expected: str) -> None:
    insurer = {"resourceType": "Organization", "id": "o1", "name": "Invented Mutual"}
    cover = entry(
        "Coverage", status="active", type=words("Medicare Advantage"), payor=payor, period={"start": "2026-01-01"}
    )
    (found,) = chart(cover, insurer).coverages
    assert (found.payer, found.kind, found.start) == (expected, "Medicare Advantage", on("2026-01-01"))


@pytest.mark.parametrize(
    ("relationship", "expected"),
    [
        (concept(V3, "MTH"), "mother"),
        (concept(V3, "NFTH"), "father"),
        (words("Sister"), "sibling"),
        (words("parent"), "parent"),
        (concept(V3, "MGRMTH", "maternal grandmother"), "other"),
    ],
)
def test_a_relative_is_named_with_what_happened(relationship: Resource, expected: str) -> None:
    conditions = [{"code": HIP_FRACTURE}, {"code": words("hip fracture")}, {"code": words("migraine")}]
    history = entry("FamilyMemberHistory", status="completed", relationship=relationship, condition=conditions)
    found = chart(history)
    assert {each.relation for each in found.relatives} == {expected}
    assert all("fracture.hip" in each.kinds for each in found.relatives)
    assert len(found.relatives) == 2
    assert [each.detail for each in found.skipped] == ["migraine"]
    assert (found.fractures, found.conditions) == ((), ())


def test_a_list_that_is_said_to_be_empty_is_a_list() -> None:
    nothing = {"status": "current", "mode": "snapshot", "emptyReason": concept("x", "nilknown")}
    medications = entry("List", 1, code=concept(LOINC, "10160-0"), **nothing)
    allergies = entry("List", 2, code=concept(LOINC, "48765-2"), **{**nothing, "emptyReason": concept("x", "notasked")})
    assert chart(medications, allergies).lists == {"medications"}
    assert chart().lists == frozenset()


def test_a_visit_or_cover_that_begins_later_is_still_there() -> None:
    planned = entry("Encounter", status="planned", period={"start": "2027-01-05"})
    assert len(chart(planned, on=TODAY).encounters) == 1
