"""CMS249 on invented patients: who counts, what takes her out, which scan was too early, which was not."""

from __future__ import annotations

import pytest

from osteon.pathway.measures import cms249
from tests.panel.cases import (
    CPT,
    LOINC,
    SNOMED,
    Resource,
    bounded,
    coded,
    condition,
    judge,
    observation,
    of,
    order,
    person,
    prescription,
    procedure,
    quantity,
    visit,
)

SCAN = "dxa (dual energy xray absorptiometry) scan"
NONE = {
    "initial-population": 0,
    "denominator": 0,
    "denominator-exclusion": 0,
    "numerator": 0,
    "numerator-exclusion": 0,
}
IN = {**NONE, "initial-population": 1, "denominator": 1}


def counts(*resources: Resource, who: Resource | None = None) -> dict[str, int | None]:
    return judge("cms249", who or person(), *resources)


def excluded(*resources: Resource) -> bool:
    found = counts(visit(), *resources)
    assert found["denominator"] == 1
    return found["denominator-exclusion"] == 1


def test_a_woman_of_the_age_who_was_seen_is_in_the_denominator() -> None:
    assert counts(visit()) == IN


@pytest.mark.parametrize(
    ("gender", "born", "is_in"),
    [
        ("male", "1970-05-05", 0),
        ("female", "1975-01-01", 1),
        ("female", "1975-01-02", 0),
        ("female", "1961-01-02", 1),
        ("female", "1961-01-01", 0),
        ("female", "1961", 0),
        ("female", "1962", 1),
    ],
)
def test_age_counts_on_the_first_day_and_a_birth_date_that_leaves_it_open_does_not(
    gender: str, born: str, is_in: int
) -> None:
    assert counts(visit(), who=person(gender, born))["initial-population"] == is_in


@pytest.mark.parametrize(
    ("seen", "is_in"),
    [
        (visit(status="planned"), 0),
        (visit("2024-12-31T23:50:00Z", "2025-01-01T00:10:00Z"), 0),
        (visit("2025-12-31T23:00:00Z", "2025-12-31T23:59:00Z"), 1),
        (visit(type=[coded("somewhere else")]), 0),
        (visit(type=[coded("99429", CPT)]), 1),
        (visit(period={"start": "2025-03-03"}), 0),
    ],
)
def test_only_a_finished_visit_of_a_kind_that_counts_wholly_inside_the_period_counts(
    seen: Resource, is_in: int
) -> None:
    assert counts(seen)["initial-population"] == is_in


@pytest.mark.parametrize("name", sorted(cms249.EVER))
def test_a_disease_that_weakens_bone_takes_out_until_the_last_day(name: str) -> None:
    assert excluded(condition(name, "2025-12-31T23:59:00Z"))
    assert not excluded(condition(name, "2026-01-01T00:00:00Z"))


@pytest.mark.parametrize("name", sorted(cms249.BONE_BEFORE))
def test_weak_bone_takes_out_only_where_it_was_known_before_the_period(name: str) -> None:
    assert excluded(condition(name, "2024-12-31"))
    assert not excluded(condition(name, "2025-01-01T01:00:00Z"))


def test_a_condition_without_onset_begins_when_it_was_recorded() -> None:
    recorded = {"onsetDateTime": "", "recordedDate": "2025-06-01"}
    assert excluded(condition("lupus", "", **recorded))
    assert not excluded(condition("osteopenia", "", **recorded))


def test_an_onset_at_an_age_is_a_year_of_life() -> None:
    at_54 = {"onsetDateTime": "", "onsetAge": {"value": 54, "code": "a", "system": "http://unitsofmeasure.org"}}
    assert not excluded(condition("osteopenia", "", **at_54))
    at_50 = {"onsetDateTime": "", "onsetAge": {"value": 50, "code": "a", "system": "http://unitsofmeasure.org"}}
    assert excluded(condition("osteopenia", "", **at_50))


def test_a_condition_that_was_refuted_takes_nobody_out() -> None:
    assert not excluded(condition("lupus", "2020-01-01", verificationStatus={"coding": [{"code": "refuted"}]}))


@pytest.mark.parametrize("name", sorted(cms249.DONE_EVER))
def test_a_procedure_takes_out_where_it_ended_by_the_last_day(name: str) -> None:
    assert excluded(procedure(name, "2025-12-31"))
    assert not excluded(procedure(name, "2026-01-01"))
    assert not excluded(procedure(name, "2025-06-01", status="in-progress"))


def test_a_gastric_bypass_takes_out_only_before_the_period() -> None:
    assert excluded(procedure("gastric bypass surgery", "2024-12-31"))
    assert not excluded(procedure("gastric bypass surgery", "2025-01-01"))


RIGHT, LEFT = coded("24028007", SNOMED), coded("7771000", SNOMED)
ONE = "unilateral oophorectomy, unspecified laterality"


@pytest.mark.parametrize(
    ("done", "is_out"),
    [
        ([procedure("unilateral oophorectomy right", "2020-01-01")], False),
        ([procedure("unilateral oophorectomy right", "2020-01-01"), procedure(ONE, "2021-01-01")], False),
        (
            [
                procedure("unilateral oophorectomy right", "2020-01-01"),
                procedure("unilateral oophorectomy left", "2025-01-01"),
            ],
            True,
        ),
        ([procedure(ONE, "2020-01-01", bodySite=[RIGHT]), procedure(ONE, "2021-01-01", bodySite=[LEFT])], True),
        ([procedure(ONE, "2020-01-01", bodySite=[RIGHT, LEFT])], True),
    ],
)
def test_ovaries_count_where_both_are_gone(done: list[Resource], is_out: bool) -> None:
    assert excluded(*done) is is_out


BMI = "39156-5"


@pytest.mark.parametrize(
    ("measured", "is_out"),
    [
        ([("2025-02-01", quantity(20.0, "kg/m2"))], True),
        ([("2025-02-01", quantity(20.1, "kg/m2"))], False),
        ([("2025-02-01", quantity(24, "kg/m2")), ("2025-03-01", quantity(19, "kg/m2"))], False),
        ([("2024-12-31", quantity(19, "kg/m2"))], False),
        ([("2025-02-01", {}), ("2025-03-01", quantity(19, "kg/m2"))], True),
        ([("2025-02-01", quantity(19))], False),
    ],
)
def test_the_first_body_mass_index_of_the_period_that_has_a_value_decides(
    measured: list[tuple[str, Resource]], is_out: bool
) -> None:
    assert excluded(*(observation(BMI, day, LOINC, **value) for day, value in measured)) is is_out


@pytest.mark.parametrize(
    ("day", "value", "status", "is_out"),
    [
        ("2025-02-01", quantity(3, "{drinks}/d"), "final", True),
        ("2025-02-01", quantity(3, "{drinks}/d"), "preliminary", False),
        ("2025-02-01", quantity(2, "{drinks}/d"), "final", False),
        ("2025-02-01", {"valueInteger": 3}, "corrected", True),
        ("2025-02-01", quantity(3, "{drinks}/wk"), "final", False),
        ("2024-02-01", quantity(3, "{drinks}/d"), "final", False),
    ],
)
def test_more_than_two_drinks_a_day_take_out(day: str, value: Resource, status: str, is_out: bool) -> None:
    assert excluded(observation("74013-4", day, LOINC, status, **value)) is is_out


def test_a_parents_broken_hip_takes_out_where_it_was_noted_before_the_period() -> None:
    assert excluded(observation("history of hip fracture in parent", "2024-12-31"))
    assert not excluded(observation("history of hip fracture in parent", "2025-01-01"))


# --- drugs ------------------------------------------------------------------------------------------------------------

AROMATASE, STEROID = "aromatase inhibitors", "glucocorticoids (oral only)"


@pytest.mark.parametrize(
    ("prescribed", "is_out"),
    [
        (prescription(AROMATASE, "2024-12-31"), True),
        (prescription(AROMATASE, "2025-01-01"), False),
        (prescription(AROMATASE, "2024-12-31", status="completed"), True),
        (prescription(AROMATASE, "2024-12-31", intent="plan"), False),
        (prescription(AROMATASE, dosageInstruction=bounded(("2024-12-31", "2025-02-01"))), True),
        (prescription(AROMATASE, dosageInstruction=bounded(("2024-12-31", "2025-02-01")), status="completed"), False),
    ],
)
def test_an_aromatase_inhibitor_takes_out_where_it_was_ordered_or_taken_before(
    prescribed: Resource, is_out: bool
) -> None:
    assert excluded(prescribed) is is_out


def supplied(days: float, fills: int = 0) -> Resource:
    return {
        "dispenseRequest": {
            "numberOfRepeatsAllowed": fills,
            "expectedSupplyDuration": {"value": days, "code": "d", "system": "http://unitsofmeasure.org"},
        }
    }


@pytest.mark.parametrize(
    ("prescribed", "is_out"),
    [
        ([bounded(("2025-01-01", "2025-03-31"))], True),
        ([bounded(("2025-01-01", "2025-03-30"))], False),
        ([bounded(("2025-01-01", "2025-02-14")), bounded(("2025-02-01", "2025-03-31"))], True),
        ([bounded(("2025-01-01", "2025-02-20")), bounded(("2025-01-01", "2025-02-20"))], False),
        ([bounded(("2020-01-01", "2020-02-14")), bounded(("2025-01-01", "2025-02-14"))], True),
        ([bounded(("2025-12-01", "2026-12-01"))], False),
        ([bounded(("2026-01-01", "2026-12-01"))], False),
        ([bounded(("2025-01-01", ""))], False),
    ],
)
def test_ninety_days_on_a_glucocorticoid_take_out_each_day_counted_once(
    prescribed: list[list[Resource]], is_out: bool
) -> None:
    assert excluded(*(prescription(STEROID, dosageInstruction=dosage) for dosage in prescribed)) is is_out


def test_supply_and_fills_tell_the_days_where_no_dosage_is_bounded() -> None:
    assert excluded(prescription(STEROID, "2025-01-01", **supplied(30, fills=2)))
    assert not excluded(prescription(STEROID, "2025-01-01", **supplied(30, fills=1)))


def test_a_glucocorticoid_order_that_is_over_does_not_count() -> None:
    over = prescription(STEROID, dosageInstruction=bounded(("2025-01-01", "2025-12-31")), status="completed")
    assert not excluded(over)


def test_a_medication_may_stand_in_a_resource_of_its_own() -> None:
    pointing = prescription(STEROID, dosageInstruction=bounded(("2025-01-01", "2025-12-31")))
    del pointing["medicationCodeableConcept"]
    outside = {"resourceType": "Medication", "id": "tablet", "code": coded(STEROID)}
    assert excluded({**pointing, "medicationReference": {"reference": "Medication/tablet"}}, outside)
    inside = {"medicationReference": {"reference": "#tablet"}, "contained": [outside]}
    assert excluded({**pointing, **inside})
    assert not excluded({**pointing, "medicationReference": {"reference": "Medication/lost"}}, outside)


# --- the scan ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_in"),
    [
        ({}, 1),
        ({"status": "completed"}, 1),
        ({"doNotPerform": True}, 1),
        ({"status": "revoked"}, 0),
        ({"intent": "plan"}, 0),
        ({"authoredOn": "2024-12-31"}, 0),
        ({"authoredOn": "2026-01-01"}, 0),
    ],
)
def test_an_order_of_a_scan_in_the_period_counts(fields: Resource, is_in: int) -> None:
    assert counts(visit(), order(SCAN, "2025-06-01", **fields))["numerator"] == is_in


@pytest.mark.parametrize(
    ("code", "value", "is_out"),
    [
        ("90265-0", quantity(8.4, "%"), 1),
        ("90265-0", quantity(8.3, "%"), 0),
        ("90265-0", quantity(8.4), 0),
        ("98139-9", {"valueInteger": 9}, 1),
        ("98139-9", {"valueInteger": 8}, 0),
        ("98133-2", quantity(0.9), 1),
        ("98133-2", quantity(1.0), 0),
        ("98146-4", quantity(1.9), 1),
        ("98146-4", {"valueInteger": 1}, 1),
        ("98146-4", quantity(2.0), 0),
    ],
)
def test_a_score_that_points_to_osteoporosis_justifies_the_scan(code: str, value: Resource, is_out: int) -> None:
    found = counts(visit(), observation(code, "2025-05-31", LOINC, **value), order(SCAN, "2025-06-01"))
    assert (found["numerator"], found["numerator-exclusion"]) == (1, is_out)


@pytest.mark.parametrize(
    ("scored", "ordered", "is_out"),
    [
        ("2025-06-01T08:00:00Z", "2025-06-01T09:00:00Z", 1),
        ("2025-06-01T09:00:00Z", "2025-06-01T09:00:00Z", 0),
        ("2025-06-01", "2025-06-01T09:00:00Z", 0),
        ("2025-06-01T08:00:00-05:00", "2025-06-01T09:00:00Z", 0),
        ("2025-06-01T08:00:00-05:00", "2025-06-01T09:00:00-05:00", 1),
        ("1999", "2025-06-01", 1),
        ("2025", "2025-06-01", 0),
    ],
)
def test_the_score_must_surely_come_before_the_order(scored: str, ordered: str, is_out: int) -> None:
    found = counts(visit(), observation("98139-9", scored, LOINC, valueInteger=12), order(SCAN, ordered))
    assert found["numerator-exclusion"] == is_out


def test_only_the_first_order_of_the_period_is_held_against_the_score() -> None:
    late = observation("98139-9", "2025-07-01", LOINC, valueInteger=12)
    found = counts(visit(), late, order(SCAN, "2025-06-01"), order(SCAN, "2025-08-01"))
    assert found["numerator-exclusion"] == 0


def test_who_is_excluded_is_in_no_numerator() -> None:
    found = counts(visit(), condition("lupus", "2020-01-01"), order(SCAN, "2025-06-01"))
    assert found == {**IN, "denominator-exclusion": 1}


def test_what_names_another_patient_does_not_count() -> None:
    theirs = of("ServiceRequest", "two", status="active", intent="order", code=coded(SCAN), authoredOn="2025-06-01")
    assert counts(visit(), theirs) == IN
