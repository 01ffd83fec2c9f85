"""Which drugs were prescribed, taken, handed over and given?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from osteon.chart.types import Course, When
from tests.chart.bundles import (
    ALENDRONATE,
    PREDNISONE,
    RXNORM,
    TODAY,
    ZOLEDRONATE,
    Resource,
    administration,
    chart,
    concept,
    entry,
    quantity,
    request,
    statement,
    words,
)

HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def only(*resources: Resource) -> Course:
    (found,) = chart(*resources).courses
    return found


def on(text: str) -> When:
    return When.on(date.fromisoformat(text))


# --- status --------------------------------------------------------------------------------------------------------

STATEMENTS = {
    "active": (True, ""),
    "completed": (False, ""),
    "stopped": (False, ""),
    "on-hold": (None, "on hold"),
    "unknown": (None, ""),
}


@pytest.mark.parametrize(("status", "expected"), STATEMENTS.items())
def test_a_list_entry_is_a_course_of_its_status(status: str, expected: tuple[bool | None, str]) -> None:
    found = only(statement(ALENDRONATE, status=status, effectivePeriod={"start": "2022-02-01"}))
    assert (found.drug, found.start, found.is_active, found.stop_reason) == ("alendronate", on("2022-02-01"), *expected)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("not-taken", "not taken"),
        ("intended", "only planned, not yet a fact"),
        ("entered-in-error", "entered in error"),
    ],
)
def test_what_is_not_taken_is_no_exposure(status: str, reason: str) -> None:
    found = chart(statement(ALENDRONATE, status=status, effectivePeriod={"start": "2022-02-01"}))
    assert found.courses == ()
    assert [each.reason for each in found.skipped] == [reason]


REQUESTS = {
    "an order": ({}, True, (True, "order", "active", False)),
    "a stopped order": ({"status": "stopped"}, True, (True, "order", "stopped", False)),
    "a draft": ({"status": "draft"}, False, (True, "order", "draft", False)),
    "a cancelled order": ({"status": "cancelled"}, False, (True, "order", "cancelled", False)),
    "a plan": ({"intent": "plan"}, False, (True, "plan", "active", False)),
    "a proposal": ({"intent": "proposal"}, False, (True, "proposal", "active", False)),
    "an order not to give it": ({"doNotPerform": True}, False, (True, "order", "active", True)),
    "an error": ({"status": "entered-in-error"}, False, (False, "", "", False)),
}


@pytest.mark.parametrize(("fields", "is_exposure", "order"), REQUESTS.values(), ids=REQUESTS)
def test_status_intent_and_prohibition_of_an_order_are_kept(
    fields: dict[str, Any], is_exposure: bool, order: tuple[bool, str, str, bool]
) -> None:
    found = chart(request(ALENDRONATE, **fields))
    assert bool(found.courses) is is_exposure
    there, *rest = order
    assert [[each.intent, each.status, each.forbids] for each in found.orders] == ([rest] if there else [])


def test_an_order_for_an_infusion_is_no_dose_but_one_that_was_carried_out_is_a_course_without_a_day() -> None:
    assert chart(request(ZOLEDRONATE)).courses == ()
    carried_out = only(request(ZOLEDRONATE, status="completed"))
    assert (carried_out.drug, carried_out.doses) == ("zoledronic_acid", ())


def test_a_reason_for_stopping_is_kept() -> None:
    reason = words("heartburn")
    assert only(request(ALENDRONATE, status="stopped", statusReason=reason)).stop_reason == "heartburn"
    taken = statement(ALENDRONATE, status="stopped", statusReason=[reason], effectivePeriod={"start": "2022"})
    assert only(taken).stop_reason == "heartburn"


# --- doses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "number"),
    [("completed", 1), ("in-progress", 1), ("stopped", 1), ("not-done", 0), ("entered-in-error", 0)],
)
def test_an_administration_is_a_dose_unless_it_was_not_done(status: str, number: int) -> None:
    found = chart(administration(ZOLEDRONATE, "2025-09-10", mg=5, status=status))
    assert sum(len(each.doses) for each in found.courses) == number


def test_a_dose_has_its_day_amount_and_product() -> None:
    (dose,) = only(administration(ZOLEDRONATE, "2025-09-10T14:00:00-07:00", mg=5)).doses
    assert (dose.when, dose.amount, dose.unit, dose.product) == (
        on("2025-09-10"),
        5,
        "mg",
        "zoledronic acid 5 mg/100 mL",
    )


def test_doses_of_one_drug_are_one_course_with_its_gaps() -> None:
    days = ["2021-03-01", "2022-03-05", "2025-03-01"]
    found = only(*(administration(ZOLEDRONATE, day, number, mg=5) for number, day in enumerate(days)))
    assert [str(dose.when) for dose in found.doses] == days
    assert (str(found.start), str(found.last_dose and found.last_dose.when)) == ("2021-03-01", "2025-03-01")
    ((begin, end),) = found.gaps
    assert (begin.year, end) == (2023, date(2025, 3, 1))
    assert (found.stop, found.is_active) == (None, None)


def test_a_list_entry_of_one_day_beside_an_infusion_is_a_dose() -> None:
    for when in (
        {"effectiveDateTime": "2025-09-10"},
        {"effectivePeriod": {"start": "2025-09-10", "end": "2025-09-10"}},
    ):
        (dose,) = only(statement(ZOLEDRONATE, status="completed", **when)).doses
        assert dose.when == on("2025-09-10")


def test_a_billing_code_of_a_drug_is_a_dose() -> None:
    billed = concept(HCPCS, "J0897", "Injection, denosumab, 1 mg")
    (dose,) = only(entry("Procedure", status="completed", code=billed, performedDateTime="2026-02-10")).doses
    assert (dose.drug, dose.when, dose.amount) == ("denosumab", on("2026-02-10"), None)


PRODUCTS = {
    "Zometa by name": (words("Zometa 4 mg/5 mL"), 4.0, "zoledronic_acid", True),
    "zoledronic acid at 4 mg": (words("zoledronic acid"), 4.0, "zoledronic_acid", True),
    "zoledronic acid at 5 mg": (words("zoledronic acid"), 5.0, "zoledronic_acid", False),
    "Xgeva": (words("Xgeva"), 120.0, "denosumab", True),
    "denosumab at 120 mg": (words("denosumab"), 120.0, "denosumab", True),
    "Prolia": (words("Prolia"), 60.0, "denosumab", False),
}


@pytest.mark.parametrize(("product", "mg", "drug", "is_oncology"), PRODUCTS.values(), ids=PRODUCTS)
def test_the_product_for_cancer_is_told_by_name_or_dose(
    product: Resource, mg: float, drug: str, is_oncology: bool
) -> None:
    found = only(administration(product, "2026-02-10", mg=mg))
    assert (found.drug, found.is_oncology) == (drug, is_oncology)


def test_the_cancer_product_and_the_other_are_two_courses() -> None:
    found = chart(
        administration(words("Zometa"), "2025-02-10", 1, mg=4), administration(words("Reclast"), "2026-02-10", 2, mg=5)
    )
    assert [(each.is_oncology, len(each.doses)) for each in found.courses] == [(True, 1), (False, 1)]


def test_ibandronate_is_told_apart_by_route_and_dose() -> None:
    bare = words("ibandronate")
    assert only(administration(bare, "2026-02-10", mg=3)).drug == "ibandronate"
    monthly = [{"doseAndRate": [{"doseQuantity": quantity(150, "mg")}]}]
    assert only(statement(bare, effectivePeriod={"start": "2025"}, dosage=monthly)).drug == "ibandronate_oral"
    injected = [{"route": words("intravenous"), "text": "3 mg every 3 months"}]
    assert only(statement(bare, effectivePeriod={"start": "2025"}, dosage=injected)).drug == "ibandronate"
    assert only(statement(bare, effectivePeriod={"start": "2025"})).drug == "ibandronate_oral"


# --- which drug ----------------------------------------------------------------------------------------------------


REFERRED: dict[str, list[Resource]] = {
    "beside it": [
        request(ALENDRONATE, medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}),
        {"resourceType": "Medication", "id": "m1", "code": ALENDRONATE},
    ],
    "within it": [
        request(
            ALENDRONATE,
            medicationCodeableConcept=None,
            medicationReference={"reference": "#m1"},
            contained=[{"resourceType": "Medication", "id": "m1", "code": ALENDRONATE}],
        )
    ],
    "by its ingredient": [
        request(ALENDRONATE, medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}),
        {
            "resourceType": "Medication",
            "id": "m1",
            "code": words("white tablet"),
            "ingredient": [{"itemCodeableConcept": ALENDRONATE}],
        },
    ],
    "by the words of the pointer": [
        request(ALENDRONATE, medicationCodeableConcept=None, medicationReference={"display": "Fosamax 70 mg"})
    ],
}


@pytest.mark.parametrize("resources", REFERRED.values(), ids=REFERRED)
def test_a_medication_is_found_wherever_it_stands(resources: list[Resource]) -> None:
    assert only(*resources).drug == "alendronate"


def test_a_drug_that_is_read_by_its_words_says_so() -> None:
    found = chart(statement(words("Fosamax 70 mg weekly"), effectivePeriod={"start": "2024"}))
    assert [each.drug for each in found.courses] == ["alendronate"]
    assert found.skipped[0].what == "warning: MedicationStatement"


def test_a_drug_that_is_not_known_is_left_out_by_name() -> None:
    found = chart(request(concept(RXNORM, "863669", "tamsulosin 0.4 MG Oral Capsule")))
    assert (found.courses, found.orders) == ((), ())
    assert found.skipped[0].detail == "tamsulosin 0.4 MG Oral Capsule"
    assert found.lists == {"medications"}


def test_a_steroid_for_the_skin_is_no_systemic_one() -> None:
    assert chart(statement(words("hydrocortisone cream 1 %"), effectivePeriod={"start": "2024"})).courses == ()


# --- how much ------------------------------------------------------------------------------------------------------


def timing(frequency: float, period: float, unit: str) -> Resource:
    return {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit}}


def dose(value: float, unit: str = "mg") -> list[Resource]:
    return [{"doseQuantity": quantity(value, unit)}]


AMOUNTS: dict[str, tuple[list[Resource], float | None]] = {
    "7.5 mg once a day": ([{"timing": timing(1, 1, "d"), "doseAndRate": dose(7.5)}], 7.5),
    "5 mg twice a day": ([{"timing": timing(2, 1, "d"), "doseAndRate": dose(5)}], 10),
    "70 mg once a week": ([{"timing": timing(1, 1, "wk"), "doseAndRate": dose(70)}], 10),
    "every 8 hours": ([{"timing": timing(1, 8, "h"), "doseAndRate": dose(2)}], 6),
    "by a timing code": ([{"timing": {"code": concept("v3", "BID")}, "doseAndRate": dose(5)}], 10),
    "two tablets of the product's strength": ([{"timing": timing(1, 1, "d"), "doseAndRate": dose(2, "{tablet}")}], 20),
    "words": ([{"text": "10 mg once a day"}], 10),
    "words, twice": ([{"text": "Take 5 mg twice daily"}], 10),
    "words, every other day": ([{"text": "10 mg every other day"}], 5),
    "words, tablets": ([{"text": "one tablet in the morning"}], 10),
    "words, two doses": ([{"text": "20 mg then 10 mg daily"}], None),
    "words that say nothing": ([{"text": "as directed"}], None),
    "morning and evening": (
        [
            {"sequence": 1, "timing": timing(1, 1, "d"), "doseAndRate": dose(7.5)},
            {"sequence": 2, "timing": timing(1, 1, "d"), "doseAndRate": dose(2.5)},
        ],
        10,
    ),
    "words, three times a week": ([{"text": "7 mg three times a week"}], 3),
    "words, when needed": ([{"text": "10 mg daily as needed"}], None),
    "a bare number of tablets": ([{"timing": timing(1, 1, "d"), "doseAndRate": dose(1, "")}], 10),
    "a bare number that may be milligrams": ([{"timing": timing(1, 1, "d"), "doseAndRate": dose(10, "")}], None),
    "only when needed": ([{"asNeededBoolean": True, "timing": timing(1, 1, "d"), "doseAndRate": dose(5)}], None),
    "a dose in millilitres": ([{"timing": timing(1, 1, "d"), "doseAndRate": dose(5, "mL")}], None),
    "nothing": ([], None),
}


@pytest.mark.parametrize(("dosage", "expected"), AMOUNTS.values(), ids=AMOUNTS)
def test_the_amount_a_day_is_told_where_it_can_be(dosage: list[Resource], expected: float | None) -> None:
    found = only(statement(PREDNISONE, effectivePeriod={"start": "2026-01-05"}, dosage=dosage))
    assert found.amount_per_day == (pytest.approx(expected) if expected is not None else None)
    assert found.unit == ("mg/d" if expected is not None else "")


def test_a_taper_is_a_course_for_each_step() -> None:
    def step(number: int, mg: float, days: int) -> Resource:
        repeat = {**timing(1, 1, "d")["repeat"], "boundsDuration": quantity(days, "d")}
        return {"sequence": number, "timing": {"repeat": repeat}, "doseAndRate": dose(mg)}

    taper = request(
        PREDNISONE,
        on="2026-01-05",
        status="completed",
        dosageInstruction=[step(1, 40, 10), step(2, 20, 10), step(3, 10, 20)],
    )
    found = [(each.amount_per_day, str(each.start), str(each.stop), each.covered_days) for each in chart(taper).courses]
    assert found == [
        (40.0, "2026-01-05", "2026-01-15", 10),
        (20.0, "2026-01-15", "2026-01-25", 10),
        (10.0, "2026-01-25", "2026-02-14", 20),
    ]


def test_the_steroid_is_named_where_only_its_code_tells_it() -> None:
    deltasone = {**PREDNISONE, "text": "Deltasone"}
    deltasone["coding"] = [{"system": RXNORM, "code": "312617"}]
    found = only(statement(deltasone, effectivePeriod={"start": "2026-01-05"}))
    assert (found.drug, found.text, found.product) == ("glucocorticoid", "Deltasone", "Deltasone (prednisone)")


# --- supply --------------------------------------------------------------------------------------------------------


def refill(day: str, days: float = 28, number: object = 1, **fields: Any) -> Resource:
    handed_over = {"status": "completed", "whenHandedOver": day, "daysSupply": quantity(days, "d")}
    return entry("MedicationDispense", number, medicationCodeableConcept=ALENDRONATE, **{**handed_over, **fields})


def test_refills_make_covered_days_and_gaps() -> None:
    found = only(*(refill(day, number=day) for day in ("2025-01-01", "2025-01-29", "2025-05-01")))
    assert found.covered_days == 84
    assert found.gaps == ((date(2025, 2, 26), date(2025, 5, 1)),)


def test_a_course_known_by_refills_ends_some_time_within_the_grace_after_the_last() -> None:
    found = only(refill("2025-01-01"))
    assert (found.is_active, found.stop) == (None, When(date(2025, 1, 29), date(2025, 2, 28)))


@pytest.mark.parametrize(
    "status", ["preparation", "cancelled", "declined", "entered-in-error", "in-progress", "on-hold"]
)
def test_what_was_not_handed_over_is_no_supply(status: str) -> None:
    assert chart(refill("2025-01-01", status=status, whenHandedOver=None)).courses == ()


def test_a_drug_that_would_begin_after_the_day_in_question_is_left_out_by_name() -> None:
    found = chart(statement(ALENDRONATE, effectivePeriod={"start": "2027-01-01"}), on=TODAY)
    assert found.courses == ()
    assert found.skipped[0].reason == "dated after the day in question"
