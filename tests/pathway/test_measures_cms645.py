"""CMS645 on invented patients: when treatment began, which order counts, which scan was in time."""

from __future__ import annotations

import pytest

from tests.panel.cases import (
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
    visit,
)

CANCER = "prostate cancer"
DRUG = "androgen deprivation therapy for urology care"
SCAN = "dexa dual energy xray absorptiometry, bone density for urology care"
YEARLY = "456381000124102"


def year_of_treatment(day: str = "2025-02-10", **fields: object) -> Resource:
    return order(YEARLY, day, SNOMED, **fields)


def cancer(onset: str = "2024-01-01", **fields: object) -> Resource:
    return condition(CANCER, onset, **fields)


def counts(*resources: Resource) -> dict[str, int | None]:
    return judge("cms645", person("male", "1955-04-04"), visit(), *resources)


def is_in(*resources: Resource) -> bool:
    return counts(*resources)["initial-population"] == 1


def test_a_year_of_treatment_ordered_while_the_cancer_is_active_counts() -> None:
    found = counts(cancer(), prescription(DRUG, "2025-02-10"), year_of_treatment())
    assert found == {"initial-population": 1, "denominator": 1, "numerator": 0, "denominator-exception": 0}


@pytest.mark.parametrize("missing", ["cancer", "drug", "order"])
def test_without_cancer_drug_or_order_nobody_counts(missing: str) -> None:
    all_there = {"cancer": cancer(), "drug": prescription(DRUG, "2025-02-10"), "order": year_of_treatment()}
    assert is_in(*all_there.values())
    del all_there[missing]
    assert not is_in(*all_there.values())


@pytest.mark.parametrize(
    ("fields", "counts_in"),
    [
        ({"clinicalStatus": {"coding": [{"code": "inactive"}]}}, False),
        ({"clinicalStatus": {"coding": [{"code": "recurrence"}]}}, False),
        ({"verificationStatus": {"coding": [{"code": "provisional"}]}}, False),
        ({"abatementDateTime": "2025-02-09"}, False),
        ({"abatementDateTime": "2025-02-10"}, True),
        ({"onsetDateTime": "2025-02-11"}, False),
        ({"onsetDateTime": "", "onsetPeriod": {"start": "2025-02-10T23:00:00Z"}}, True),
        ({"onsetDateTime": "", "recordedDate": "2025-02-01"}, True),
        ({"onsetDateTime": ""}, False),
    ],
)
def test_the_cancer_must_be_confirmed_active_and_there_when_treatment_begins(fields: Resource, counts_in: bool) -> None:
    assert is_in(cancer(**fields), prescription(DRUG, "2025-02-10"), year_of_treatment()) is counts_in


@pytest.mark.parametrize(
    ("begun", "ordered", "counts_in"),
    [
        ("2024-10-01", "2024-10-01", True),
        ("2024-09-30", "2024-10-01", False),
        ("2025-10-01", "2025-10-01", True),
        ("2025-10-02", "2025-10-02", False),
        ("2025-02-11", "2025-02-10", False),
        ("2025-02-10T23:00:00Z", "2025-02-10T08:00:00Z", True),
    ],
)
def test_treatment_and_order_lie_from_three_months_before_to_nine_after_the_start(
    begun: str, ordered: str, counts_in: bool
) -> None:
    assert is_in(cancer("2020-01-01"), prescription(DRUG, begun), year_of_treatment(ordered)) is counts_in


@pytest.mark.parametrize(
    ("prescribed", "counts_in"),
    [
        (
            prescription(DRUG, "2024-01-01", dosageInstruction=[{"timing": {"event": ["2025-03-01", "2025-02-01"]}}]),
            True,
        ),
        (prescription(DRUG, "2025-02-01", dosageInstruction=[{"timing": {"event": ["2026-02-01"]}}]), True),
        (prescription(DRUG, "2024-01-01", dosageInstruction=bounded(("2025-02-01", "2025-03-01"))), True),
        (prescription(DRUG, dosageInstruction=bounded(("2025-06-01", ""), ("2025-02-01", ""))), True),
        (prescription(DRUG, "2025-02-01", status="stopped"), False),
        (prescription(DRUG, "2025-02-01", status="completed", intent="filler-order"), True),
        (prescription(DRUG, "2025-02-01", intent="proposal"), False),
        (prescription(DRUG), False),
    ],
)
def test_treatment_begins_with_a_named_dose_the_order_or_its_bounds(prescribed: Resource, counts_in: bool) -> None:
    assert is_in(cancer(), prescribed, year_of_treatment()) is counts_in


@pytest.mark.parametrize("fields", [{"doNotPerform": True}, {"status": "revoked"}, {"intent": "plan"}])
def test_an_order_that_does_not_stand_is_none(fields: Resource) -> None:
    assert not is_in(cancer(), prescription(DRUG, "2025-02-10"), year_of_treatment(**fields))


def scanned(scan: Resource) -> bool:
    found = counts(cancer(), prescription(DRUG, "2025-02-10"), year_of_treatment(), scan)
    assert found["denominator"] == 1
    return found["numerator"] == 1


@pytest.mark.parametrize(
    ("day", "is_near"),
    [
        ("2023-02-10", True),
        ("2023-02-09", False),
        ("2025-02-09T23:59:00Z", True),
        ("2025-02-10", True),
        ("2025-05-10", True),
        ("2025-05-11", False),
    ],
)
def test_a_scan_counts_from_two_years_before_to_three_months_after_the_order(day: str, is_near: bool) -> None:
    assert scanned(order(SCAN, day)) is is_near
    assert scanned(observation(SCAN, day)) is is_near


def test_a_scan_that_was_declined_cancelled_or_never_read_does_not_count() -> None:
    assert not scanned(order(SCAN, "2025-02-10", doNotPerform=True))
    assert not scanned(observation(SCAN, "2025-02-10", status="cancelled"))


def test_a_scan_before_counts_by_its_end_and_one_after_by_its_beginning() -> None:
    def lasting(**period: str) -> Resource:
        return of("Observation", status="final", code=coded(SCAN), effectivePeriod=period)

    assert scanned(lasting(start="2025-03-01"))
    assert scanned(lasting(start="2024-03-01", end="2024-03-02"))
    assert not scanned(lasting(start="2024-03-01"))
