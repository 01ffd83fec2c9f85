"""MIPS 418 and HEDIS OMW on invented women: who counts, what takes her out, what counts as looked after."""

from __future__ import annotations

import pytest

from osteon.pathway.measures.after_fracture import HOSPICE, cannot_be_judged
from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.value_sets import ValueSets, read_value_sets
from tests.examples import knowledge
from tests.panel.cases import (
    CPT,
    ICD10CM,
    LOINC,
    RXNORM,
    YEAR,
    Resource,
    condition,
    judge,
    observation,
    of,
    order,
    person,
    prescription,
    procedure,
    quantity,
    table,
    taken,
    visit,
)

WRIST, HIP, TOE, FINGER, FACE, HAND = "S52.501A", "S72.001A", "S92.501A", "S62.600A", "S02.2XXA", "S62.101A"
DXA = "77080"


def broke(code: str = WRIST, day: str = "2025-02-10") -> Resource:
    return condition(code, day, ICD10CM)


def counts(*resources: Resource, who: Resource | None = None, name: str = "mips418", **more: str) -> dict:
    listed = prescription("lisinopril", "2020-01-01", "text-only")
    return judge(name, who or person(born="1955-05-05"), listed, *resources, **more)


def test_a_woman_whose_bone_broke_in_time_counts() -> None:
    assert counts(broke()) == {
        "initial-population": 1,
        "denominator": 1,
        "denominator-exclusion": 0,
        "numerator": 0,
    }


@pytest.mark.parametrize(
    ("name", "born", "day", "is_in"),
    [
        ("mips418", "1975-02-10", "2025-02-10", 1),
        ("mips418", "1975-02-11", "2025-02-10", 0),
        ("mips418", "1939-02-11", "2025-02-10", 1),
        ("mips418", "1939-02-10", "2025-02-10", 0),
        ("hedis-omw", "1958-12-31", "2025-02-10", 1),
        ("hedis-omw", "1959-01-01", "2025-02-10", 0),
        ("hedis-omw", "1940-01-01", "2025-02-10", 1),
        ("hedis-omw", "1939-12-31", "2025-02-10", 0),
        ("hedis-omw", "1958", "2025-02-10", 1),
        ("mips418", "1975", "2025-02-10", None),
    ],
)
def test_each_measure_counts_its_own_ages_on_its_own_day(name: str, born: str, day: str, is_in: int | None) -> None:
    assert counts(broke(day=day), who=person(born=born), name=name)["initial-population"] == is_in


@pytest.mark.parametrize(
    ("day", "is_in"),
    [
        ("2024-06-30", 0),
        ("2024-07-01", 1),
        ("2025-06-30", 1),
        ("2025-07-01", 0),
        ("2025", None),
        ("2025-06", 1),
    ],
)
def test_the_fracture_lies_from_july_to_june(day: str, is_in: int | None) -> None:
    assert counts(broke(day=day))["initial-population"] == is_in


@pytest.mark.parametrize(
    ("code", "is_in"), [(HIP, 1), (HAND, 1), (TOE, 0), (FINGER, 0), (FACE, 0), ("S92.301A", 1), ("S62.90XA", None)]
)
def test_fingers_toes_and_the_face_do_not_count(code: str, is_in: int | None) -> None:
    assert counts(broke(code))["initial-population"] == is_in


def test_men_do_not_count_and_of_unknown_sex_it_cannot_be_told() -> None:
    assert counts(broke(), who=person("male", "1955-05-05"))["initial-population"] == 0
    assert counts(broke(), who=person("unknown", "1955-05-05"))["initial-population"] is None


@pytest.mark.parametrize(
    ("day", "is_met"),
    [("2025-02-10", 1), ("2025-08-09", 1), ("2025-08-10", 0), ("2025-02-09", 0)],
)
def test_a_scan_counts_until_180_days_after(day: str, is_met: int) -> None:
    before = counts(broke(), procedure(DXA, day, CPT))
    assert before["numerator"] == is_met


def test_a_density_counts_as_a_scan() -> None:
    found = counts(broke(), observation("38267-1", "2025-03-01", LOINC, **quantity(-2.1, "{T-score}")))
    assert found["numerator"] == 1


def test_a_scan_during_the_stay_counts_even_before_the_fracture_was_recorded() -> None:
    stay = visit("2025-02-08", "2025-02-14", **{"class": {"code": "IMP"}})
    scan = procedure(DXA, "2025-02-09", CPT)
    assert counts(broke(), scan)["numerator"] == 0
    found = counts(broke(), stay, scan)
    assert (found["denominator-exclusion"], found["numerator"]) == (0, 1)


@pytest.mark.parametrize(
    ("resource", "is_met"),
    [
        (prescription("46041", "2025-03-01", RXNORM), 1),
        (prescription("46041", "2025-03-01", RXNORM, status="cancelled"), 0),
        (prescription("46041", "2025-03-01", RXNORM, doNotPerform=True), 0),
        (prescription("46041", "2025-09-01", RXNORM), 0),
        (
            of(
                "MedicationDispense",
                status="completed",
                whenHandedOver="2025-03-01",
                medicationCodeableConcept={"coding": [{"system": RXNORM, "code": "46041"}]},
            ),
            1,
        ),
        (
            of(
                "MedicationAdministration",
                status="completed",
                effectiveDateTime="2025-08-09",
                medicationCodeableConcept={"text": "Prolia 60 mg"},
            ),
            1,
        ),
        (
            of(
                "MedicationAdministration",
                status="completed",
                effectiveDateTime="2025-08-10",
                medicationCodeableConcept={"text": "Prolia 60 mg"},
            ),
            0,
        ),
    ],
)
def test_a_drug_prescribed_dispensed_or_given_within_180_days_counts(resource: Resource, is_met: int) -> None:
    assert counts(broke(), resource)["numerator"] == is_met


@pytest.mark.parametrize(
    ("resource", "is_out"),
    [
        (procedure(DXA, "2023-02-10", CPT), 1),
        (procedure(DXA, "2023-02-09", CPT), 0),
        (prescription("46041", "2024-03-01", RXNORM), 1),
        (
            prescription(
                "46041",
                "2020-03-01",
                RXNORM,
                status="completed",
                dosageInstruction=[
                    {"timing": {"repeat": {"boundsPeriod": {"start": "2020-03-01", "end": "2021-03-01"}}}}
                ],
            ),
            0,
        ),
        (
            of(
                "MedicationAdministration",
                status="completed",
                effectiveDateTime="2024-02-10",
                medicationCodeableConcept={"text": "Reclast 5 mg"},
            ),
            1,
        ),
        (
            of(
                "MedicationAdministration",
                status="completed",
                effectiveDateTime="2024-02-09",
                medicationCodeableConcept={"text": "Reclast 5 mg"},
            ),
            0,
        ),
    ],
)
def test_a_scan_of_two_years_before_or_a_drug_of_the_year_before_takes_out(resource: Resource, is_out: int) -> None:
    assert counts(broke(), resource)["denominator-exclusion"] == is_out


def test_living_in_a_care_home_takes_out_from_66_on() -> None:
    home = condition("Z59.3", "2020-01-01", ICD10CM)
    assert counts(broke(), home)["denominator-exclusion"] == 1
    assert counts(broke(), home, who=person(born="1965-05-05"))["denominator-exclusion"] == 0


def test_a_chart_without_a_medication_list_leaves_open_what_was_taken() -> None:
    found = judge("mips418", person(born="1955-05-05"), broke())
    assert found["denominator-exclusion"] is None
    assert found["numerator"] is None
    scanned = judge("mips418", person(born="1955-05-05"), broke(), procedure(DXA, "2025-03-01", CPT))
    assert scanned["numerator"] is None


def test_what_may_still_come_is_open_while_the_source_does_not_reach_so_far() -> None:
    assert counts(broke(), known_until="2025-08-08")["numerator"] is None
    assert counts(broke(), known_until="2025-08-09")["numerator"] == 0
    assert counts(broke(), procedure(DXA, "2025-03-01", CPT), known_until="2025-04-01")["numerator"] == 1


def hospice_sets() -> ValueSets:
    return read_value_sets(table("Hospice Encounter"), name="sets.csv", knowledge=knowledge())


@pytest.mark.parametrize(("day", "is_out"), [("2025-05-05", 1), ("2024-05-05", 0)])
def test_hospice_in_the_period_takes_out_where_the_site_supplied_its_codes(day: str, is_out: int) -> None:
    dying = visit(
        f"{day}T08:00:00Z",
        f"{day}T09:00:00Z",
        type=[{"coding": [{"system": "urn:example:codes", "code": "Hospice Encounter"}]}],
    )
    listed = prescription("lisinopril", "2020-01-01", "text-only")
    resources = taken(person(born="1955-05-05"), broke(), listed, dying)
    found = MEASURES["mips418"].judge(resources, Period.parse(YEAR), hospice_sets())
    assert found.counts["denominator-exclusion"] == is_out


def test_what_nobody_can_be_judged_for_is_said_by_name() -> None:
    said = " ".join(cannot_be_judged(ValueSets(knowledge=knowledge())))
    assert "hospice" in said
    assert "palliative" in said
    assert "frailty" in said
    assert "hospice" not in " ".join(cannot_be_judged(hospice_sets()))
    assert "hospice encounter" in HOSPICE


def test_an_order_of_a_scan_alone_is_no_scan() -> None:
    assert counts(broke(), order(DXA, "2025-03-01", CPT))["numerator"] == 0
