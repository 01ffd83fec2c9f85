"""What was taken, what still works, and what must follow it."""

from datetime import date

import pytest

from tests.pathway.charting import allergic, answered, given, known, listed, measured, occasion, took, value


def test_what_is_taken_now_and_what_was_ever_taken() -> None:
    courses = (took("alendronate", "2018-01-01", "2022-01-01"), took("raloxifene", "2023-01-01"))
    assert value("treatments_now", *courses) == {"raloxifene"}
    assert value("treatments_ever", *courses) == {"alendronate", "raloxifene"}
    assert value("never_treated", *courses) is False


def test_an_empty_medication_list_means_never_treated_and_a_missing_one_nothing() -> None:
    assert value("never_treated") is True
    assert value("treatments_now") == frozenset()
    assert value("never_treated", lists=frozenset()) is None


def test_a_course_of_which_nobody_says_whether_it_goes_on_leaves_it_open() -> None:
    course = took("alendronate", "2024-01-01", is_active=None)
    assert value("treatments_now", course) is None
    assert value("treatments_ever", course) == {"alendronate"}
    assert value("oral_bisphosphonate_now", course) is None


def test_a_course_that_starts_after_the_day_is_not_there_yet() -> None:
    assert value("treatments_ever", took("alendronate", "2026-07-01")) == frozenset()


@pytest.mark.parametrize(
    ("drug", "day", "works", "is_current"),
    [
        ("denosumab", "2025-12-01", True, True),  # six and a half months
        ("denosumab", "2025-11-01", False, True),  # late: past its effect, not stopped
        ("denosumab", "2025-05-01", False, False),  # two intervals gone
        ("zoledronic_acid", "2025-06-15", True, True),
        ("zoledronic_acid", "2025-06-14", False, True),
        ("zoledronic_acid", "2024-06-14", False, False),
        ("ibandronate", "2026-03-15", True, True),
        ("ibandronate", "2026-03-14", False, True),
    ],
)
def test_a_dose_works_for_its_time_and_lateness_is_not_an_end(
    drug: str, day: str, works: bool, is_current: bool
) -> None:
    assert (value("antiresorptives_active", given(drug, day)) == {drug}) is works
    assert (value("treatments_now", given(drug, day)) == {drug}) is is_current


def test_a_stopped_denosumab_still_works_for_a_while_but_is_no_treatment_of_today() -> None:
    course = given("denosumab", "2025-08-01", "2026-02-01", is_active=False)
    assert value("treatments_now", course) == frozenset()
    assert value("antiresorptives_active", course) == {"denosumab"}


def test_tablets_work_while_they_are_taken() -> None:
    assert value("antiresorptives_active", took("alendronate", "2024-01-01")) == {"alendronate"}
    assert value("antiresorptives_active", took("alendronate", "2020-01-01", "2026-06-01")) == frozenset()
    assert value("antiresorptives_active", took("teriparatide", "2025-01-01")) == frozenset()


def test_a_bisphosphonate_that_nobody_named_is_not_forgotten() -> None:
    noted = listed("bisphosphonate_long_term_use")
    assert value("never_treated", noted) is False
    assert value("treatments_now", noted) is None
    assert value("treatments_now", took("bisphosphonate", "2024-01-01")) == {"bisphosphonate"}


# --- tablets --------------------------------------------------------------------------------------------------------


def test_years_of_tablets_add_up_without_the_gaps() -> None:
    courses = (
        took("alendronate", "2015-06-15", "2018-06-15"),
        took("risedronate", "2024-06-15", gaps=((date(2025, 1, 1), date(2025, 7, 2)),)),
    )
    assert value("oral_bisphosphonate_y", *courses) == pytest.approx(3 + 2 - 0.5, abs=0.01)


def test_years_of_tablets_since_some_day_of_a_year_are_known_within_bounds() -> None:
    answer = known("oral_bisphosphonate_y", took("alendronate", "2020"))
    assert answer.low == pytest.approx(5.46, abs=0.01)
    assert answer.high == pytest.approx(6.46, abs=0.01)


@pytest.mark.parametrize(("covered_days", "poor"), [(291, True), (292, False)])
def test_less_than_four_days_in_five_is_poor_adherence(covered_days: int, poor: bool) -> None:
    course = took("alendronate", "2025-06-15", covered_days=covered_days)
    assert value("oral_bisphosphonate_adherence_pct", course) == pytest.approx(100 * covered_days / 365)
    assert value("poor_adherence", course) is poor


def test_how_tablets_are_taken_is_not_guessed() -> None:
    assert value("poor_adherence", took("alendronate", "2025-06-15")) is None
    assert value("poor_adherence", answered("poor_adherence", True, "2026-01-01")) is True
    assert value("poor_adherence") is False


@pytest.mark.parametrize(
    "evidence",
    [
        allergic("alendronate", is_intolerance=True),
        listed("bisphosphonate_adverse_effect", since="2024"),
        took("alendronate", "2024-01-01", "2024-05-01", stop_reason="Heartburn"),
    ],
)
def test_tablets_that_were_not_tolerated(evidence: object) -> None:
    assert value("oral_bisphosphonate_intolerance", evidence) is True


def test_tablets_that_ended_for_another_reason_were_tolerated() -> None:
    finished = took("alendronate", "2015-01-01", "2020-05-01", stop_reason="course completed")
    assert value("oral_bisphosphonate_intolerance", finished) is False


# --- what a clinic gives --------------------------------------------------------------------------------------------


def test_infusions_are_counted_and_the_last_is_dated() -> None:
    course = given("zoledronic_acid", "2024-03-01", "2025-03-01", "2026-03-15")
    assert value("zoledronic_acid_doses", course) == 3
    assert value("zoledronic_acid_last_dose_d", course) == 92
    assert occasion(course, on=date(2025, 6, 1))["zoledronic_acid_doses"].value == 2


def test_years_of_infusions_are_years_covered() -> None:
    course = given("zoledronic_acid", "2021-06-15", "2022-06-15", "2024-06-15")
    assert value("zoledronic_acid_y", course) == pytest.approx(3.0)
    assert value("zoledronic_acid_y", given("zoledronic_acid", "2025-12-15")) == pytest.approx(0.5)


def test_a_drug_recorded_without_its_doses_has_an_unknown_number_of_them() -> None:
    course = took("denosumab", "2024-01-01")
    assert value("denosumab_doses", course) is None
    assert value("denosumab_doses") == 0
    assert known("denosumab_last_dose_mo").why_not == "no denosumab is recorded"


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ((given("denosumab", "2025-05-01", "2025-11-15"),), False),  # seven months today
        ((given("denosumab", "2025-05-01", "2025-11-14"),), True),
        ((given("denosumab", "2025-05-01", "2025-12-10", is_active=False),), True),  # stopped, the next was due
        ((given("denosumab", "2025-05-01", "2026-01-10", is_active=False),), False),
        ((given("denosumab", "2024-11-01"), given("zoledronic_acid", "2025-05-10")), False),
        ((given("denosumab", "2024-11-01"), took("alendronate", "2025-05-10")), False),
        ((given("denosumab", "2024-11-01"), took("alendronate", "2015-05-10", "2020-01-01")), True),
        ((took("denosumab", "2024-01-01"),), None),
        ((), False),
    ],
)
def test_denosumab_must_not_end_with_nothing_after_it(courses: tuple, expected: bool | None) -> None:
    assert value("denosumab_without_exit", *courses) is expected


@pytest.mark.parametrize(
    ("courses", "expected"),
    [
        ((took("teriparatide", "2024-01-01", "2026-01-01"),), True),
        ((took("teriparatide", "2024-01-01", "2026-01-01"), took("alendronate", "2026-02-01")), False),
        ((took("teriparatide", "2025-01-01"),), False),
        ((given("romosozumab", "2026-05-20"),), False),
        ((given("romosozumab", "2026-01-20"),), True),
        ((took("teriparatide", "2025-01-01", is_active=None),), None),
        ((), False),
    ],
)
def test_a_bone_building_course_must_be_followed(courses: tuple, expected: bool | None) -> None:
    assert value("anabolic_finished_without_follow_on", *courses) is expected


def test_months_of_both_pth_analogues_add_up_over_a_lifetime() -> None:
    courses = (took("teriparatide", "2010-01-15", "2011-01-15"), took("abaloparatide", "2026-03-15"))
    assert value("pth_analogue_mo", *courses) == pytest.approx(15)


def test_cancer_doses_are_kept_apart_from_those_for_osteoporosis() -> None:
    zometa = given("zoledronic_acid", "2026-01-15", is_oncology=True)
    assert value("zoledronic_acid_doses", zometa) == 0
    assert value("antiresorptives_active", zometa) == frozenset()
    assert value("oncology_antiresorptive_recent", zometa) is True
    assert value("oncology_antiresorptive_last_dose_d", zometa) == 151
    assert value("oncology_antiresorptive_recent", given("denosumab", "2024-01-15", is_oncology=True)) is False
    assert value("oncology_antiresorptive_recent") is False


def test_a_marker_falls_from_before_the_treatment_to_on_it() -> None:
    markers = (measured("ctx", 600, "2025-01-10", "ng/L"), measured("ctx", 240, "2025-09-10", "ng/L"))
    assert value("marker_fall_pct", *markers, took("alendronate", "2025-02-01")) == pytest.approx(60)
    assert value("marker_fall_pct", *markers) is None


def test_what_is_taken_for_other_ills() -> None:
    assert value("loop_diuretic_now", took("loop_diuretic", "2024-01-01")) is True
    assert value("loop_diuretic_now", took("loop_diuretic", "2020-01-01", "2021-01-01")) is False
    assert value("loop_diuretic_now", took("loop_diuretic", "2024-01-01", is_active=None)) is None
    assert value("calcium_supplement_now") is None
    assert value("aromatase_inhibitor_now", listed("aromatase_inhibitor_long_term_use")) is True
