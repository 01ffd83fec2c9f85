"""The arithmetic of the field against published vectors and numbers worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.types import Sex
from osteon.pathway.formulas import (
    alcohol_units,
    body_mass_index_kg_m2,
    change_pct,
    ckd_epi_2021_ml_min_1_73m2,
    cockcroft_gault_ml_min,
    corrected_calcium_mg_dl,
    glucocorticoid_named,
    prednisone_equivalent_mg,
)
from tests.pathway.charting import knowledge

# Ten people, worked out independently from the two published equations: sex, age, kg, creatinine, clearance, eGFR.
KIDNEYS = [
    ("female", 65, 60, 0.8, 66.41, 81.72),
    ("female", 75, 50, 1.0, 38.37, 58.75),
    ("female", 82, 45, 1.1, 28.01, 50.17),
    ("female", 82, 68, 1.1, 42.33, 50.17),
    ("female", 70, 90, 1.4, 53.12, 40.47),
    ("male", 70, 80, 1.2, 64.81, 65.06),
    ("male", 85, 62, 1.6, 29.60, 41.96),
    ("male", 60, 100, 0.9, 123.46, 97.78),
    ("female", 78, 52, 1.27, 29.97, 43.29),
    ("female", 88, 41, 0.9, 27.97, 61.49),
]


@pytest.mark.parametrize(("sex", "age_y", "weight_kg", "creatinine_mg_dl", "clearance", "rate"), KIDNEYS)
def test_both_kidney_equations_give_the_published_numbers(
    sex: str, age_y: float, weight_kg: float, creatinine_mg_dl: float, clearance: float, rate: float
) -> None:
    assert cockcroft_gault_ml_min(age_y, weight_kg, creatinine_mg_dl, Sex(sex)) == pytest.approx(clearance, abs=0.0051)
    assert ckd_epi_2021_ml_min_1_73m2(age_y, creatinine_mg_dl, Sex(sex)) == pytest.approx(rate, abs=0.0051)


@given(st.floats(18, 100), st.floats(30, 150), st.floats(0.3, 8), st.sampled_from(Sex))
def test_clearance_falls_with_age_and_with_creatinine(age_y: float, kg: float, mg_dl: float, sex: Sex) -> None:
    now = cockcroft_gault_ml_min(age_y, kg, mg_dl, sex)
    assert cockcroft_gault_ml_min(age_y + 1, kg, mg_dl, sex) < now
    assert cockcroft_gault_ml_min(age_y, kg, mg_dl * 1.1, sex) < now
    assert ckd_epi_2021_ml_min_1_73m2(age_y, mg_dl * 1.1, sex) < ckd_epi_2021_ml_min_1_73m2(age_y, mg_dl, sex)


@pytest.mark.parametrize(
    ("calcium", "albumin", "corrected"), [(8.0, 4.0, 8.0), (8.0, 3.0, 8.8), (9.4, 4.5, 9.0), (7.6, 2.0, 9.2)]
)
def test_calcium_is_raised_by_0_8_for_each_missing_gram_of_albumin(
    calcium: float, albumin: float, corrected: float
) -> None:
    assert corrected_calcium_mg_dl(calcium, albumin) == pytest.approx(corrected)


def test_body_mass_index_is_weight_over_height_squared() -> None:
    assert body_mass_index_kg_m2(64, 160) == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("steroid", "dose_mg", "prednisone_mg"),
    [
        ("prednisone", 7.5, 7.5),
        ("prednisolone", 10, 10),
        ("methylprednisolone", 16, 20),
        ("dexamethasone", 0.75, 5),
        ("hydrocortisone", 20, 5),
        ("deflazacort", 6, 5),
        ("betamethasone", 1.2, 10),
        ("cortisone", 25, 5),
        ("triamcinolone", 4, 5),
    ],
)
def test_steroids_convert_to_prednisone(steroid: str, dose_mg: float, prednisone_mg: float) -> None:
    equivalent = knowledge().parameters["formulas"][steroid].value
    assert prednisone_equivalent_mg(dose_mg, equivalent) == pytest.approx(prednisone_mg)


@pytest.mark.parametrize(
    ("text", "steroid"),
    [
        ("predniSONE 5 MG Oral Tablet", "prednisone"),
        ("Methylprednisolone 4 mg", "methylprednisolone"),
        ("hydrocortisone 10 mg", "hydrocortisone"),
        ("steroid, not named", None),
    ],
)
def test_a_steroid_is_known_by_the_longest_name_in_its_words(text: str, steroid: str | None) -> None:
    assert glucocorticoid_named(text, knowledge().parameters["formulas"]) == steroid


def test_a_fall_is_a_negative_change() -> None:
    assert change_pct(0.800, 0.760) == pytest.approx(-5.0)


def test_four_american_drinks_are_seven_british_units() -> None:
    assert alcohol_units(4) == pytest.approx(7)


def test_a_weight_of_nothing_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="weight_kg must be above 0"):
        cockcroft_gault_ml_min(70, 0, 1.0, Sex.FEMALE)
