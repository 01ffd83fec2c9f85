"""QFracture-2012 against figures that the original C source gave, and at its edges."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.chart.types import Sex
from osteon.knowledge import Knowledge, load
from osteon.pathway.risk.qfracture import (
    ALCOHOL,
    CONDITIONS,
    DISCLAIMER,
    ETHNICITY,
    SMOKING,
    QFractureInputs,
    qfracture,
)
from osteon.pathway.risk.score import OutOfRangeError, Score

VECTORS = Path(__file__).parent.parent / "data" / "qfracture2012_test_vectors.csv"
WORDS_OF_THE_C_SOURCE = {
    "b_antidepressant": "antidepressant",
    "b_anycancer": "cancer",
    "b_asthmacopd": "asthma_or_copd",
    "b_carehome": "care_home",
    "b_corticosteroids": "corticosteroid",
    "b_cvd": "cardiovascular_disease",
    "b_dementia": "dementia",
    "b_endocrine": "endocrine_disorder",
    "b_epilepsy2": "epilepsy",
    "b_falls": "falls",
    "b_fracture4": "previous_fracture",
    "b_hrt_oest": "oestrogen_only_hrt",
    "b_liver": "liver_disease",
    "b_malabsorption": "malabsorption",
    "b_parkinsons": "parkinsons",
    "b_ra_sle": "rheumatoid_arthritis_or_lupus",
    "b_renal": "kidney_disease",
    "b_type1": "type_1_diabetes",
    "b_type2": "type_2_diabetes",
    "fh_osteoporosis": "parental_osteoporosis_or_hip_fracture",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(date(2026, 1, 1))


def vectors() -> list[dict[str, str]]:
    with VECTORS.open(newline="") as lines:
        return list(csv.DictReader(lines))


def inputs(sex: Sex = Sex.FEMALE, age_y: float = 65, bmi_kg_m2: float = 24.977, **more: object) -> QFractureInputs:
    return QFractureInputs(sex=sex, age_y=age_y, bmi_kg_m2=bmi_kg_m2, **more)  # type: ignore[arg-type]


def figures(score: Score) -> tuple[float, float]:
    major, hip = score.figure("osteoporotic_pct"), score.figure("hip_pct")
    assert major is not None
    assert hip is not None
    return major.value, hip.value


def test_there_are_87_vectors_and_every_condition_is_in_them() -> None:
    rows = vectors()
    assert len(rows) == 87
    assert {WORDS_OF_THE_C_SOURCE[name] for name in WORDS_OF_THE_C_SOURCE if any(row[name] == "1" for row in rows)} == (
        set(CONDITIONS)
    )


@pytest.mark.parametrize("sex", list(Sex))
@pytest.mark.parametrize("row", vectors(), ids=lambda row: f"{row['age']}y-bmi{row['bmi']}")
def test_it_gives_the_figures_of_the_original_c_source(row: dict[str, str], sex: Sex, knowledge: Knowledge) -> None:
    score = qfracture(
        inputs(
            sex,
            float(row["age"]),
            float(row["bmi"]),
            years=int(row["surv"]),
            alcohol=ALCOHOL[int(row["alcohol_cat6"])],
            smoking=SMOKING[int(row["smoke_cat"])],
            ethnicity=ETHNICITY[int(row["ethrisk"]) - 1],
            present=frozenset(word for name, word in WORDS_OF_THE_C_SOURCE.items() if row[name] == "1"),
        ),
        knowledge,
    )
    major, hip = figures(score)
    assert math.isclose(major, float(row[f"osteoporotic_{sex.value}_pct"]), abs_tol=5e-7)
    assert math.isclose(hip, float(row[f"hip_{sex.value}_pct"]), abs_tol=5e-7)


def test_a_woman_of_65_has_the_figures_that_other_implementations_give(knowledge: Knowledge) -> None:
    major, hip = figures(qfracture(inputs(bmi_kg_m2=68 / 1.65**2), knowledge))
    assert major == pytest.approx(4.551261, abs=5e-7)
    assert hip == pytest.approx(1.187594, abs=5e-7)


def test_every_score_carries_the_disclaimer_and_says_what_it_is_not(knowledge: Knowledge) -> None:
    score = qfracture(inputs(), knowledge)
    assert "Inaccurate implementations of risk scores can lead to wrong patients" in score.disclaimer
    assert "Copyright 2012 ClinRisk Ltd." in score.disclaimer
    for words in ("Derived in the UK", "takes no bone density", "never satisfies a threshold written for FRAX"):
        assert words in score.warnings[0]
    assert score.citations == ("QFRACTURE_C",)


def test_the_disclaimer_is_the_one_in_the_licence_folder() -> None:
    licence = (Path(__file__).parents[2] / "LICENSES" / "QFracture-2012.txt").read_text()
    assert " ".join(DISCLAIMER.split()) in " ".join(licence.split())


def test_it_warns_where_the_hip_figure_is_above_the_whole(knowledge: Knowledge) -> None:
    present = frozenset({"falls", "parkinsons", "type_1_diabetes", "care_home"})
    score = qfracture(inputs(Sex.MALE, 80, 24, present=present), knowledge)
    major, hip = figures(score)
    assert hip > major
    assert any("fitted apart" in warning for warning in score.warnings)
    assert not any("fitted apart" in warning for warning in qfracture(inputs(), knowledge).warnings)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"age_y": 29.9}, "age: QFracture-2012 holds for 30 to 99 years"),
        ({"age_y": 100}, "age"),
        ({"bmi_kg_m2": 19.9}, "bmi: QFracture-2012 holds for 20 to 40"),
        ({"bmi_kg_m2": 40.1}, "bmi"),
        ({"years": 0}, "years"),
        ({"years": 19}, "years"),
        ({"alcohol": "gallons"}, "alcohol: 'gallons' is not one of none"),
        ({"present": frozenset({"gout"})}, "condition: 'gout' is not one of"),
    ],
)
def test_it_refuses_what_the_equations_do_not_cover(
    changed: dict[str, object], said: str, knowledge: Knowledge
) -> None:
    with pytest.raises(OutOfRangeError, match=said):
        qfracture(inputs(**changed), knowledge)  # type: ignore[arg-type]


@pytest.mark.parametrize(("bmi", "limit"), [(17.0, 20), (45.0, 40)])
def test_it_takes_the_nearer_bmi_limit_only_on_request_and_says_so(
    bmi: float, limit: int, knowledge: Knowledge
) -> None:
    clamped = qfracture(inputs(bmi_kg_m2=bmi, clamp_bmi=True), knowledge)
    assert figures(clamped) == figures(qfracture(inputs(bmi_kg_m2=limit), knowledge))
    assert any(f"Worked out at a BMI of {limit}" in warning for warning in clamped.warnings)


def test_ages_count_in_completed_years(knowledge: Knowledge) -> None:
    assert figures(qfracture(inputs(age_y=65.9), knowledge)) == figures(qfracture(inputs(age_y=65), knowledge))
    assert figures(qfracture(inputs(age_y=99.9), knowledge)) == figures(qfracture(inputs(age_y=99), knowledge))


@settings(max_examples=60)
@given(
    sex=st.sampled_from(Sex),
    age_y=st.integers(30, 99),
    bmi_kg_m2=st.floats(20, 40),
    years=st.integers(1, 17),
    alcohol=st.sampled_from(ALCOHOL),
    smoking=st.sampled_from(SMOKING),
    ethnicity=st.sampled_from(ETHNICITY),
    present=st.frozensets(st.sampled_from(sorted(CONDITIONS))),
)
def test_a_risk_is_a_percentage_that_grows_with_the_years(
    sex: Sex,
    age_y: int,
    bmi_kg_m2: float,
    years: int,
    alcohol: str,
    smoking: str,
    ethnicity: str,
    present: frozenset[str],
) -> None:
    knowledge = load(date(2026, 1, 1))
    asked = {"alcohol": alcohol, "smoking": smoking, "ethnicity": ethnicity, "present": present}
    sooner = figures(qfracture(inputs(sex, age_y, bmi_kg_m2, years=years, **asked), knowledge))
    later = figures(qfracture(inputs(sex, age_y, bmi_kg_m2, years=years + 1, **asked), knowledge))
    assert all(0 < before <= after <= 100 for before, after in zip(sooner, later, strict=True))
