"""What a code of another system means here; tables that a clinician or a coder can read."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.codes import (
    ATC,
    CPT,
    HCPCS,
    ICD9CM,
    ICD10,
    ICD10CM,
    LOINC,
    NDC,
    RXNORM,
    SNOMED,
    TEXT,
    Topic,
    canonical,
    code_book,
    episode,
    words,
)
from osteon.knowledge import load

KNOWLEDGE = load(date(2026, 11, 23))
BOOK = code_book(KNOWLEDGE)
SITES = "hip vertebra forearm humerus pelvis femur_shaft rib tibia ankle foot hand skull clavicle sternum other"


# --- the tables themselves -----------------------------------------------------------------------------------------

_TURN = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
]
_SHIFT = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def verhoeff_holds(number: str) -> bool:
    """The check digit of SNOMED CT: the dihedral group of ten elements, with one permutation a place."""
    check = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = _SHIFT[value]
        check = _TURN[check][value]
    return check == 0


def mod_10_holds(code: str) -> bool:
    """The check digit of LOINC: Luhn's."""
    number, check = code.split("-")
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    return (10 - sum(value // 10 + value % 10 for value in doubled) % 10) % 10 == int(check)


def test_no_code_is_mistyped_as_far_as_its_check_digit_tells() -> None:
    wrong = [row for row in KNOWLEDGE.codes if row.system == SNOMED and not verhoeff_holds(row.code)]
    wrong += [
        row
        for row in KNOWLEDGE.codes
        if row.system == LOINC and not row.code.startswith("LA") and not mod_10_holds(row.code)
    ]
    assert not wrong


def test_no_row_stands_twice() -> None:
    twice = [key for key, n in Counter((r.value_set, r.system, r.code) for r in KNOWLEDGE.codes).items() if n > 1]
    assert not twice


def test_every_drug_of_the_formulary_and_every_analyte_can_be_recognised() -> None:
    by_code = {row.value_set for row in KNOWLEDGE.codes if row.system != TEXT}
    by_words = {row.value_set for row in KNOWLEDGE.codes if row.system == TEXT}
    assert KNOWLEDGE.drugs.keys() <= by_code
    assert KNOWLEDGE.drugs.keys() | KNOWLEDGE.analytes.keys() <= by_words


def test_every_fact_read_from_the_chart_has_a_value_set_of_its_name() -> None:
    sets = {row.value_set for row in KNOWLEDGE.codes}
    read = [n for n, fact in KNOWLEDGE.facts.items() if fact.record in ("condition", "medication", "procedure")]
    assert [name for name in read if name.removesuffix("_now") not in sets] == []


def test_every_glucocorticoid_has_its_prednisone_equivalent() -> None:
    named = {row.value_set for row in KNOWLEDGE.codes if row.value_set.startswith("glucocorticoid.")}
    assert {each.removeprefix("glucocorticoid.") for each in named} <= KNOWLEDGE.parameters["formulas"].keys()


def test_a_fracture_code_names_one_site_and_at_most_one_cause() -> None:
    causes = {"fragility", "pathological", "atypical", "trauma"}
    fractures = [row for row in KNOWLEDGE.codes if row.value_set.startswith("fracture.") and row.system != TEXT]
    assert {row.value_set.removeprefix("fracture.") for row in fractures} <= {*SITES.split(), *causes}
    for row in fractures:
        named = {s.removeprefix("fracture.") for s in BOOK.sets(row.system, row.code.rstrip("*")) if "fracture." in s}
        assert len(named - causes) <= 1, row.code
        assert len(named & causes) <= 1, row.code


def test_the_cancer_product_is_never_the_osteoporosis_product() -> None:
    for drug in ("zoledronic_acid", "denosumab"):
        own = {(row.system, row.code) for row in KNOWLEDGE.codes if row.value_set == drug}
        cancer = {(row.system, row.code) for row in KNOWLEDGE.codes if row.value_set == f"oncology.{drug}"}
        assert own
        assert cancer
        assert own.isdisjoint(cancer)


def test_every_biosimilar_is_known_by_its_brands() -> None:
    for row in KNOWLEDGE.biosimilars:
        assert BOOK.named(row.osteoporosis_product, Topic.DRUG) == {row.drug}
        if row.oncology_product:
            assert BOOK.named(row.oncology_product, Topic.DRUG) == {f"oncology.{row.drug}"}


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD10CM, "M81.0", {"osteoporosis"}),
        (ICD10CM, "M810", {"osteoporosis"}),
        (ICD10CM, "m80.08xa", {"osteoporosis", "fracture.vertebra", "fracture.fragility"}),
        (ICD10CM, "M80.051D", {"osteoporosis", "fracture.hip", "fracture.fragility"}),
        (ICD10CM, "M80.031A", {"osteoporosis", "fracture.forearm", "fracture.fragility"}),
        (ICD10CM, "M80.0B1A", {"osteoporosis", "fracture.pelvis", "fracture.fragility"}),
        (ICD10CM, "M84.551A", {"fracture.pathological"}),
        (ICD10CM, "M84.750A", {"fracture.atypical", "fracture.femur_shaft", "atypical_femur_fracture"}),
        (ICD10CM, "S72.001A", {"fracture.hip"}),
        (ICD10CM, "S72.301A", {"fracture.femur_shaft"}),
        (ICD10CM, "S32.010A", {"fracture.vertebra"}),
        (ICD10CM, "S32.110A", {"fracture.pelvis"}),
        (ICD10CM, "S52.501A", {"fracture.forearm"}),
        (ICD10CM, "S42.201A", {"fracture.humerus"}),
        (ICD10CM, "S82.842A", {"fracture.ankle"}),
        (ICD10CM, "S12.8XXA", set()),
        (ICD10CM, "Z87.310", {"fracture_history", "fracture_history_fragility", "fracture.fragility"}),
        (ICD10CM, "N18.6", {"chronic_kidney_disease", "advanced_ckd_recorded"}),
        (ICD10CM, "N17.9", {"acute_kidney_injury"}),
        (ICD10CM, "M06.4", set()),
        (ICD10CM, "I10", {"hypertension"}),
        (ICD10, "M81.9", {"osteoporosis"}),
        (ICD9CM, "733.01", {"osteoporosis", "menopause"}),
        (ICD9CM, "820.21", {"fracture.hip"}),
        (SNOMED, "64859006", {"osteoporosis"}),
        (SNOMED, "443165006", {"osteoporosis", "fracture.fragility", "fracture.other"}),
        (SNOMED, "359817006", {"fracture.hip"}),
        (SNOMED, "446321003", {"denosumab"}),
        (SNOMED, "160903007", set()),
        (RXNORM, "904431", {"alendronate"}),
        (RXNORM, "904419", {"alendronate"}),
        (RXNORM, "705824", {"zoledronic_acid"}),
        (RXNORM, "1114085", {"oncology.zoledronic_acid"}),
        (RXNORM, "993452", {"denosumab"}),
        (RXNORM, "1046398", {"oncology.denosumab"}),
        (RXNORM, "904932", {"ibandronate_oral"}),
        (RXNORM, "904952", {"ibandronate"}),
        (RXNORM, "312615", {"glucocorticoid", "glucocorticoid.prednisone"}),
        (RXNORM, "316672", set()),
        (ATC, "M05BA04", {"alendronate", "bisphosphonate"}),
        (ATC, "C03CA01", {"loop_diuretic"}),
        (HCPCS, "J3489", {"zoledronic_acid"}),
        (NDC, "0078-0435-61", {"zoledronic_acid"}),
        (NDC, "00078043561", {"zoledronic_acid"}),
        (CPT, "77080", {"dxa"}),
        (LOINC, "38267-1", {"t_score", "site.lumbar_spine"}),
        (LOINC, "38265-5", {"t_score", "site.radius"}),
        (LOINC, "2160-0", {"creatinine"}),
        ("http://hospital.example/codes", "2160-0", set()),
        (ICD10CM, "", set()),
    ],
)
def test_what_a_code_means(system: str, code: str, expected: set[str]) -> None:
    assert BOOK.sets(system, code) == expected


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("urn:oid:2.16.840.1.113883.6.96", SNOMED),
        ("http://snomed.info/sct/731000124108", SNOMED),
        ("urn:oid:2.16.840.1.113883.6.90", ICD10CM),
        ("urn:oid:2.16.840.1.113883.6.88", RXNORM),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", ICD10),
        ("http://hospital.example/codes", "http://hospital.example/codes"),
    ],
)
def test_a_code_system_has_one_name_however_it_is_sent(sent: str, meant: str) -> None:
    assert canonical(sent) == meant


@pytest.mark.parametrize(
    ("code", "care"),
    [
        ("S72.001A", "initial"),
        ("S72.001C", "initial"),
        ("M80.08XD", "subsequent"),
        ("M8008XK", "subsequent"),
        ("S52.501S", "sequela"),
        ("M81.0", ""),
        ("S72.0", ""),
        ("A", ""),
    ],
)
def test_the_seventh_character_tells_a_new_fracture_from_its_follow_up(code: str, care: str) -> None:
    assert episode(ICD10CM, code) == care
    assert episode(SNOMED, code) == ""


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Reclast 5 mg/100 mL IV", {"zoledronic_acid"}),
        ("Zometa (zoledronic acid) 4 mg", {"oncology.zoledronic_acid"}),
        ("zoledronic acid 4 mg/5 mL", {"oncology.zoledronic_acid"}),
        ("Jubbonti 60 mg", {"denosumab"}),
        ("Wyost", {"oncology.denosumab"}),
        ("denosumab 120 mg every 4 weeks", {"oncology.denosumab"}),
        ("Ibandronate 150 mg tablet", {"ibandronate_oral"}),
        ("Bonviva 3 mg injection", {"ibandronate"}),
        ("ibandronic acid", {"ibandronate", "ibandronate_oral"}),
        ("FOSAMAX PLUS D", {"alendronate", "vitamin_d_supplement"}),
        ("Alendronic Acid 70mg Tablets", {"alendronate"}),
        ("Calcium carbonate 500 mg with vitamin D3", {"calcium_supplement", "vitamin_d_supplement"}),
        ("prednisolone 5 mg tablets", {"glucocorticoid", "glucocorticoid.prednisolone"}),
        ("Prednisolone 1% eye drops", set()),
        ("hydrocortisone cream", set()),
        ("fluticasone inhaler", set()),
        ("lisinopril and hydrochlorothiazide", {"ace_inhibitor_or_arb", "thiazide"}),
        ("simvastatin 20 mg", set()),
        ("", set()),
    ],
)
def test_a_drug_is_known_by_its_words_where_its_code_is_not(text: str, drugs: set[str]) -> None:
    assert BOOK.named(text, Topic.DRUG) == drugs


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Osteoporosis without current fracture", {"osteoporosis"}),
        ("No evidence of osteoporosis", set()),
        ("Family history of breast cancer", set()),
        ("suspected myeloma", set()),
        ("Screening for osteoporosis", set()),
        ("Crohn’s disease", {"inflammatory_bowel_disease"}),
        ("Underactive thyroid", {"hypothyroidism"}),
        ("Crohn's disease; no diabetes", {"inflammatory_bowel_disease"}),
        ("No", set()),
    ],
)
def test_a_state_is_known_by_its_words_unless_they_deny_or_doubt_it(text: str, states: set[str]) -> None:
    assert BOOK.named(text, Topic.STATE) == states


@pytest.mark.parametrize(
    ("text", "topic", "meant"),
    [
        ("Serum Creatinine", Topic.MEASURE, {"creatinine"}),
        ("T-score", Topic.MEASURE, {"t_score"}),
        ("25-OH vitamin D", Topic.MEASURE, {"vitamin_d_25oh"}),
        ("1,25-(OH)2 vitamin D", Topic.MEASURE, {"vitamin_d_125oh"}),
        ("24 h urine calcium", Topic.MEASURE, {"urine_calcium_24h"}),
        ("urine calcium creatinine ratio", Topic.MEASURE, set()),
        ("L1-L4", Topic.SITE, {"site.lumbar_spine"}),
        ("1/3 radius", Topic.SITE, {"site.radius_33"}),
        ("no", Topic.STATE, {"answer.no", "smoking.never", "pregnancy.no"}),
    ],
)
def test_a_name_must_be_exact_where_one_word_more_changes_the_meaning(text: str, topic: Topic, meant: set[str]) -> None:
    assert BOOK.called(text, topic) == meant


def test_words_are_the_same_in_every_spelling() -> None:
    assert words("T-score") == words("t SCORE") == words("T  score:") == ("t", "score")
    assert words("Ménopause 2.5mg") == ("menopause", "2.5", "mg")


@given(st.text(max_size=60), st.sampled_from(Topic))
def test_no_text_breaks_it_and_all_it_answers_is_of_the_topic(text: str, topic: Topic) -> None:
    for found in (BOOK.named(text, topic), BOOK.called(text, topic)):
        assert all(BOOK.topic(each) is topic for each in found)


@given(st.sampled_from([SNOMED, ICD10CM, NDC, LOINC, "x"]), st.text(max_size=20))
def test_no_code_breaks_it(system: str, code: str) -> None:
    assert isinstance(BOOK.sets(system, code), frozenset)
    assert episode(system, code) in ("", "initial", "subsequent", "sequela")
