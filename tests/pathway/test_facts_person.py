"""Age, menopause, pregnancy, body size and habits."""

from datetime import date

import pytest

from osteon.chart.types import Relative
from tests.pathway.charting import answered, broke, done, known, listed, measured, occasion, value


def test_age_is_in_completed_years() -> None:
    assert value("age_y", born="1950-06-15") == 76
    assert value("age_y", born="1950-06-16") == 75


def test_a_birth_year_gives_an_age_within_bounds() -> None:
    answer = known("age_y", born="1950")
    assert (answer.low, answer.high) == (75, 76)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({"sex": "male"}, False),
        ({"born": "1971-06-15"}, True),  # 55 today, nothing recorded
        ({"born": "1971-06-16"}, None),
        ({"born": "1987-01-01"}, False),  # 39
        ({"born": "1986-06-15"}, None),  # 40
        ({"sex": None}, None),
    ],
)
def test_menopause_is_assumed_by_age_only_where_that_is_safe(who: dict, expected: bool | None) -> None:
    assert value("postmenopausal", **who) is expected


def test_an_assumed_menopause_says_that_it_is_assumed() -> None:
    assert "nothing recorded" in known("postmenopausal").grounds[0].text


def test_removal_of_both_ovaries_is_a_menopause_at_that_age() -> None:
    removed = done("bilateral_oophorectomy", "1990-04-01")
    assert value("postmenopausal", removed, born="1950-03-14") is True
    assert value("menopause_age_y", removed) == 40
    assert value("early_menopause", removed) is True


def test_the_start_of_postmenopausal_osteoporosis_is_not_the_last_period() -> None:
    disease = listed("menopause", "osteoporosis", since="2015-01-01")
    assert value("menopause_age_y", disease) is None
    assert value("postmenopausal", disease) is True


@pytest.mark.parametrize(("age", "early"), [(44, True), (45, False)])
def test_before_45_is_early(age: int, early: bool) -> None:
    assert value("early_menopause", measured("menopause_age", age, "2020-01-01")) is early


@pytest.mark.parametrize(
    ("who", "entries", "expected"),
    [
        ({"sex": "male", "born": "1990-01-01"}, (), False),
        ({}, (), False),
        ({"born": "1992-01-01"}, (), True),
        ({"born": "1992-01-01"}, (done("hysterectomy", "2020-01-01"),), False),
        ({"born": "1980-01-01"}, (), None),
    ],
)
def test_pregnancy_is_possible_in_a_woman_before_the_menopause_with_a_womb(
    who: dict, entries: tuple, expected: bool | None
) -> None:
    assert value("pregnancy_possible", *entries, **who) is expected


def test_pregnancy_is_ruled_out_by_a_fresh_test_or_by_age_and_not_by_silence() -> None:
    young = {"born": "1992-01-01"}
    assert value("pregnant") is False
    assert value("pregnant", **young) is None
    assert value("pregnant", answered("pregnant", False, "2026-06-10"), **young) is False
    assert value("pregnant", answered("pregnant", False, "2026-05-10"), **young) is None
    assert value("pregnant", answered("pregnancy.no", True, "2026-06-10"), **young) is False
    assert value("pregnant", listed("pregnancy", since="2026-02-01"), **young) is True
    assert value("pregnant", listed("pregnancy", since="2019-02-01"), **young) is None


def test_weight_and_height_are_the_latest_before_the_day() -> None:
    weights = (measured("weight", 61, "2026-01-10", "kg"), measured("weight", 58, "2026-05-10", "kg"))
    assert value("weight_kg", *weights) == 58
    assert value("weight_age_d", *weights) == 36
    assert value("weight_kg", *weights, on=date(2026, 3, 1)) == 61


def test_a_weight_known_by_its_month_has_an_age_within_bounds() -> None:
    answer = known("weight_age_d", measured("weight", 58, "2026-03", "kg"))
    assert (answer.low, answer.high) == (76, 106)


def test_height_loss_is_from_the_tallest_ever_or_remembered() -> None:
    now = measured("height", 158, "2026-05-01", "cm")
    assert value("height_loss_cm", now) is None
    assert value("height_loss_cm", measured("height", 162.5, "2010-05-01", "cm"), now) == pytest.approx(4.5)
    assert value("height_loss_cm", measured("peak_height", 165, "2026-05-01", "cm"), now) == pytest.approx(7)
    assert value("height_loss_cm", measured("height", 157, "2010-05-01", "cm"), now) == 0


def test_body_mass_index_is_worked_out_rather_than_read() -> None:
    both = (measured("weight", 64, "2026-05-01"), measured("height", 160, "2026-05-01"))
    assert value("bmi_kg_m2", *both, measured("bmi", 31, "2026-05-02")) == pytest.approx(25)
    assert value("bmi_kg_m2", measured("bmi", 31, "2026-05-02")) == 31


@pytest.mark.parametrize(("status", "smokes"), [("current", True), ("former", False), ("never", False)])
def test_smoking_status_answers_whether_she_smokes(status: str, smokes: bool) -> None:
    assert value("current_smoker", answered(f"smoking.{status}", True, "2026-01-01")) is smokes


def test_silence_about_smoking_and_alcohol_tells_nothing() -> None:
    assert value("current_smoker") is None
    assert value("alcohol_units_d") is None
    assert value("alcohol_units_d", measured("alcohol_drinks_per_day", 2, "2026-01-01")) == pytest.approx(3.5)


def test_a_mothers_broken_hip_counts_and_an_aunts_does_not() -> None:
    def relative(relation: str) -> Relative:
        return Relative(relation=relation, kinds=frozenset({"fracture.hip"}), text="hip fracture", source="F/1")

    assert occasion(relatives=(relative("mother"),))["parent_hip_fracture"].value is True
    assert occasion(relatives=(relative("other"),))["parent_hip_fracture"].value is None


def test_growth_plates_are_closed_in_the_grown_up() -> None:
    assert value("open_epiphyses") is False
    assert value("open_epiphyses", born="2012-01-01") is True
    assert value("open_epiphyses", born="2005-01-01") is None


def test_a_fracture_in_a_chart_does_not_disturb_the_age() -> None:
    assert value("age_y", broke("hip", "2025")) == 76
