"""Steroids, falls, FRAX, allergies, jaw, heart: the facts about harm."""

from datetime import date

import pytest

from tests.pathway.charting import allergic, answered, broke, done, known, listed, measured, took, value


def steroid(text: str, mg_d: float | None, start: str, stop: str | None = None) -> object:
    return took("glucocorticoid", start, stop, text=text, amount_per_day=mg_d, unit="mg/d")


def test_steroids_are_counted_in_prednisone() -> None:
    assert value("glucocorticoid_mg_d", steroid("prednisone 5 mg tablet", 7.5, "2026-01-01")) == 7.5
    assert value("glucocorticoid_mg_d", steroid("dexamethasone 1.5 mg", 1.5, "2026-01-01")) == pytest.approx(10)
    assert value("glucocorticoid_mg_d") == 0
    assert value("glucocorticoid_mg_d", lists=frozenset()) is None


@pytest.mark.parametrize("course", [steroid("prednisone", None, "2026-01-01"), steroid("a steroid", 10, "2026-01-01")])
def test_a_steroid_without_a_dose_or_a_name_has_no_equivalent(course: object) -> None:
    assert value("glucocorticoid_now", course) is True
    assert value("glucocorticoid_mg_d", course) is None


def test_a_steroid_may_be_named_by_its_code_alone() -> None:
    source = ("MedicationStatement/9",)
    course = took("glucocorticoid", "2026-01-01", text="H02AB04", amount_per_day=8.0)
    twin = took("glucocorticoid.methylprednisolone", "2026-01-01", text="H02AB04", amount_per_day=8.0)
    entries = [
        type(each)(**{**{f: getattr(each, f) for f in each.__struct_fields__}, "sources": source})
        for each in (course, twin)
    ]
    assert value("glucocorticoid_mg_d", *entries) == 10


@pytest.mark.parametrize(("start", "long_term"), [("2026-03-15", True), ("2026-03-16", False), ("2026", None)])
def test_three_months_are_long_term(start: str, long_term: bool | None) -> None:
    assert value("glucocorticoid_long_term", steroid("prednisone", 5, start)) is long_term


def test_a_finished_steroid_is_not_long_term_but_counts_in_the_years_grams() -> None:
    course = steroid("prednisone", 40, "2026-01-01", "2026-03-02")
    assert value("glucocorticoid_now", course) is False
    assert value("glucocorticoid_long_term", course) is False
    assert value("glucocorticoid_g_last_year", course) == pytest.approx(2.4)
    assert value("glucocorticoid_over_30mg_30d", course) is True


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (steroid("prednisone", 30, "2026-01-01", "2026-01-31"), False),  # 30 days
        (steroid("prednisone", 30, "2026-01-01", "2026-02-01"), True),
        (steroid("prednisone", 29, "2026-01-01", "2026-06-01"), False),
        (steroid("prednisone", 60, "2024-01-01", "2024-06-01"), False),  # not in the last year
        (steroid("prednisone", None, "2026-01-01", "2026-06-01"), None),
        (steroid("prednisone", None, "2026-01-01", "2026-01-10"), False),
    ],
)
def test_a_very_high_dose_is_30_mg_for_more_than_30_days(course: object, expected: bool | None) -> None:
    assert value("glucocorticoid_over_30mg_30d", course) is expected


def test_long_term_use_on_the_problem_list_says_what_the_medication_list_leaves_out() -> None:
    noted = listed("glucocorticoid_long_term_use")
    assert value("glucocorticoid_now", noted) is True
    assert value("glucocorticoid_long_term", noted) is True
    assert value("glucocorticoid_mg_d", noted) is None


# --- FRAX and falls -------------------------------------------------------------------------------------------------


def test_frax_is_read_and_never_worked_out() -> None:
    assert value("frax_mof_pct") is None
    assert value("frax_mof_pct", measured("frax_mof", 22, "2026-05-01", "%")) == 22
    assert value("frax_age_d", measured("frax_hip", 4, "2026-06-05", "%")) == 10


def test_frax_is_raised_only_above_7_5_mg_of_steroid() -> None:
    frax = (measured("frax_mof", 20, "2026-05-01", "%"), measured("frax_hip", 3, "2026-05-01", "%"))
    assert value("frax_mof_gc_adjusted_pct", *frax, steroid("prednisone", 10, "2026-01-01")) == pytest.approx(23)
    assert value("frax_hip_gc_adjusted_pct", *frax, steroid("prednisone", 10, "2026-01-01")) == pytest.approx(3.6)
    assert value("frax_mof_gc_adjusted_pct", *frax, steroid("prednisone", 7.5, "2026-01-01")) == 20
    open_dose = known("frax_mof_gc_adjusted_pct", *frax, steroid("prednisone", None, "2026-01-01"))
    assert (open_dose.low, open_dose.high) == (20, pytest.approx(23))


@pytest.mark.parametrize(
    ("entries", "high"),
    [
        ((measured("falls_count", 0, "2026-05-01"),), False),
        ((measured("falls_count", 2, "2026-05-01"),), True),
        ((measured("falls_count", 1, "2026-05-01"),), None),
        ((measured("falls_count", 1, "2026-05-01"), answered("injurious_fall", True, "2026-05-01")), True),
        (
            (
                measured("falls_count", 1, "2026-05-01"),
                answered("injurious_fall", False, "2026-05-01"),
                measured("timed_up_and_go", 12, "2026-05-01"),
            ),
            True,
        ),
        (
            (
                measured("falls_count", 1, "2026-05-01"),
                answered("injurious_fall", False, "2026-05-01"),
                measured("timed_up_and_go", 11, "2026-05-01"),
            ),
            False,
        ),
        ((listed("falls", since="2026-02-01", text="Repeated falls"),), True),
        ((listed("external_cause.low_fall", since="2026-02-01"),), True),
        ((measured("falls_count", 3, "2024-05-01"),), None),
        ((), None),
    ],
)
def test_the_risk_of_falling_is_high_after_harm_two_falls_or_one_and_a_slow_walk(
    entries: tuple, high: bool | None
) -> None:
    assert value("high_falls_risk", *entries) is high


def test_recorded_falls_are_at_least_so_many() -> None:
    answer = known("falls_last_year", listed("falls", since="2026-02-01", text="Fall at home"))
    assert (answer.value, answer.low, answer.high) == (1, 1, float("inf"))
    assert value("falls_last_year", listed("falls", since="2026-02-01", text="At risk for falls")) is None
    assert value("falls_last_year", listed("falls", since="2019-02-01", text="Fall at home")) is None


# --- allergies, jaw, heart ------------------------------------------------------------------------------------------


def test_an_allergy_to_one_bisphosphonate_is_an_allergy_to_the_class() -> None:
    assert value("bisphosphonate_allergy", allergic("alendronate")) is True
    assert value("denosumab_allergy", allergic("alendronate")) is False


def test_an_upset_stomach_is_no_allergy() -> None:
    assert value("bisphosphonate_allergy", allergic("alendronate", is_intolerance=True)) is False


def test_what_is_only_a_reaction_of_the_gut_is_an_intolerance_whatever_it_is_called() -> None:
    upset = allergic("alendronate", reactions=("Heartburn", "Nausea"))
    assert value("bisphosphonate_allergy", upset) is False
    assert value("oral_bisphosphonate_intolerance", upset) is True
    rash = allergic("alendronate", reactions=("Nausea", "Urticaria"))
    assert value("bisphosphonate_allergy", rash) is True
    assert value("oral_bisphosphonate_intolerance", rash) is False


def test_only_an_allergy_list_or_a_denial_rules_an_allergy_out() -> None:
    assert value("denosumab_allergy", lists=frozenset()) is None
    assert value("denosumab_allergy") is False
    assert value("denosumab_allergy", allergic(none_known=True), lists=frozenset()) is False


def test_risk_factors_of_the_jaw_need_a_look_at_the_mouth_to_be_ruled_out() -> None:
    no_smoke = answered("smoking.never", True, "2026-01-01")
    assert value("onj_risk_factors", no_smoke) is None
    assert value("onj_risk_factors", no_smoke, done("dental_exam", "2026-01-01")) is False
    assert value("onj_risk_factors", no_smoke, listed("oral_health_poor")) is True
    assert value("onj_risk_factors", listed("type_2_diabetes")) is True


def test_a_tooth_pulled_of_late_is_a_socket_that_heals() -> None:
    assert value("extraction_site_healing", done("dental_extraction", "2026-05-01")) is True
    assert value("extraction_site_healing", done("dental_extraction", "2025-05-01")) is None
    healed = answered("extraction_site_healing", False, "2026-06-10")
    assert value("extraction_site_healing", done("dental_extraction", "2026-05-01"), healed) is False


def test_months_since_a_heart_attack_or_stroke() -> None:
    assert value("mi_or_stroke_last_mo", listed("mi_or_stroke", since="2025-09-15", is_active=False)) == 9
    assert value("mi_or_stroke_last_mo", listed("mi_or_stroke")) is None
    assert value("mi_or_stroke_last_mo") is None
    assert value("mi_or_stroke", listed("mi_or_stroke", since="2025-09-15", is_active=False)) is True


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((listed("mi_or_stroke", since="2015"),), True),
        ((listed("coronary_heart_disease"),), True),
        ((listed("type_2_diabetes"), listed("hypertension")), True),
        ((listed("hypertension"),), None),  # smoking is not known
        ((listed("hypertension"), answered("smoking.never", True, "2026-01-01")), False),
        ((), False),
    ],
)
def test_coronary_risk_is_disease_or_two_risk_factors(entries: tuple, expected: bool | None) -> None:
    assert value("coronary_risk", *entries) is expected


def test_secondary_causes_are_named_together() -> None:
    chart = (listed("rheumatoid_arthritis"), steroid("prednisone", 5, "2025-01-01"))
    assert value("secondary_causes", *chart) == {"rheumatoid_arthritis", "glucocorticoid"}
    assert value("secondary_causes") == frozenset()
    assert value("endocrine_disorder", listed("hyperthyroidism")) is True
    assert value("bariatric_surgery", done("gastrectomy", "2010-01-01")) is True


def test_only_the_temperature_of_the_day_counts() -> None:
    assert value("temperature_c", measured("temperature", 38.2, "2026-06-15", "Cel")) == 38.2
    assert value("temperature_c", measured("temperature", 38.2, "2026-06-14", "Cel")) is None


def test_many_medicines_are_a_burden() -> None:
    drugs = ["digoxin", "thiazide", "nsaid", "sedative", "antidepressant", "loop_diuretic", "alendronate", "thyroxine"]
    assert value("pill_burden", *[took(drug, "2024-01-01") for drug in drugs]) is True
    assert value("pill_burden", took("digoxin", "2024-01-01")) is False


def test_the_search_for_causes_reads_its_results() -> None:
    assert value("tsh_miu_l", measured("tsh", 2.1, "2026-01-01", "m[IU]/L")) == 2.1
    assert value("spep_done", measured("spep", 1, "2026-01-01")) is True
    assert value("spep_done") is None
    assert value("dental_exam_age_d", done("dental_exam", "2026-06-05")) == 10
    assert value("trabecular_bone_score", measured("tbs", 1.21, "2026-01-01", "1"), on=date(2026, 2, 1)) == 1.21


def test_a_broken_wrist_of_the_last_year_is_a_fall_with_harm_and_a_broken_vertebra_is_not() -> None:
    answer = known("injurious_fall", broke("forearm", "2026-02-10"))
    assert answer.value is True
    assert "taken as broken in a fall" in answer.grounds[0].text
    assert value("injurious_fall", broke("forearm", "2025-02-10")) is None
    assert value("injurious_fall", broke("vertebra", "2026-02-10")) is None
