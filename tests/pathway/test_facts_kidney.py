"""Clearance, filtration, injury: what the kidney facts say, and what they refuse to say."""

import pytest

from tests.pathway.charting import done, known, listed, measured, value

WEIGHT = measured("weight", 50, "2026-05-01", "kg")


def creatinine(mg_dl: float, day: str, **more: str) -> object:
    return measured("creatinine", mg_dl, day, "mg/dL", **more)


def test_clearance_is_by_cockcroft_gault_with_actual_weight() -> None:
    chart = (creatinine(1.0, "2026-06-01"), WEIGHT)
    assert value("crcl_ml_min", *chart, born="1951-01-01") == pytest.approx(38.37, abs=0.01)
    assert value("egfr_ml_min_1_73m2", *chart, born="1951-01-01") == pytest.approx(58.75, abs=0.01)


def test_the_two_equations_may_fall_on_different_sides_of_the_limit() -> None:
    chart = (creatinine(1.1, "2026-06-01"), measured("weight", 45, "2026-05-01", "kg"))
    assert value("kidney_equations_disagree", *chart, born="1944-01-01") is True
    assert value("kidney_equations_disagree", creatinine(0.8, "2026-06-01"), WEIGHT) is False


@pytest.mark.parametrize(
    ("entries", "who", "words"),
    [
        ((WEIGHT,), {}, "missing: creatinine"),
        ((creatinine(1, "2026-06-01"),), {}, "missing: weight"),
        ((creatinine(1, "2026-06-01"), WEIGHT), {"sex": None}, "missing: sex"),
        ((), {}, "missing: creatinine, weight"),
    ],
)
def test_a_clearance_that_cannot_be_worked_out_says_what_is_missing(entries: tuple, who: dict, words: str) -> None:
    assert known("crcl_ml_min", *entries, **who).why_not == words


def test_a_birth_year_gives_a_clearance_within_bounds() -> None:
    answer = known("crcl_ml_min", creatinine(1.0, "2026-06-01"), WEIGHT, born="1951")
    assert answer.low == pytest.approx(38.37, abs=0.01)
    assert answer.high == pytest.approx(38.96, abs=0.01)


def test_a_creatinine_below_the_limit_of_the_laboratory_is_a_clearance_of_at_least_so_much() -> None:
    answer = known("crcl_ml_min", creatinine(0.5, "2026-06-01", comparator="<"), WEIGHT)
    assert answer.low == pytest.approx(answer.value)
    assert answer.high == float("inf")


def test_a_reported_egfr_stands_in_only_where_there_is_no_creatinine() -> None:
    reported = measured("egfr", 60, "2026-06-01", "mL/min/{1.73_m2}", comparator=">")
    answer = known("egfr_ml_min_1_73m2", reported)
    assert (answer.value, answer.low) == (60, 60)
    assert "as reported" in answer.grounds[0].text
    assert value("egfr_ml_min_1_73m2", reported, creatinine(2, "2026-01-01")) < 30
    assert value("crcl_ml_min", reported, WEIGHT) is None


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((creatinine(2.0, "2026-06-01"),), True),
        ((creatinine(1.0, "2026-06-01"),), False),
        ((listed("dialysis", since="2024"),), True),
        ((done("dialysis", "2026-05-20"),), True),
        ((listed("advanced_ckd_recorded", since="2024"),), True),
        ((), None),
    ],
)
def test_advanced_kidney_disease_is_dialysis_or_an_egfr_below_30(entries: tuple, expected: bool | None) -> None:
    assert value("advanced_ckd", *entries) is expected


def test_an_old_session_of_dialysis_leaves_it_open() -> None:
    assert value("dialysis", done("dialysis", "2023-05-20")) is None
    assert value("dialysis") is False


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (("0.9", "2026-02-01"), ("1.34", "2026-06-10"), False),
        (("0.9", "2026-02-01"), ("1.35", "2026-06-10"), True),  # 1.5 times
        (("0.9", "2026-06-08"), ("1.2", "2026-06-10"), True),  # 0.3 in two days
        (("0.9", "2026-05-20"), ("1.2", "2026-06-10"), False),  # 0.3 in three weeks
        (("0.9", "2024-02-01"), ("1.8", "2026-06-10"), False),  # no baseline within a year: the problem list speaks
        (("0.9", "2025-08-01"), ("1.8", "2026-02-10"), False),  # risen, but four months ago
    ],
)
def test_a_sudden_rise_of_creatinine_is_an_acute_injury(
    before: tuple[str, str], now: tuple[str, str], expected: bool
) -> None:
    chart = [creatinine(float(mg_dl), day) for mg_dl, day in (before, now)]
    assert value("acute_kidney_injury", *chart) is expected


def test_a_single_creatinine_does_not_rule_out_an_acute_injury() -> None:
    assert value("acute_kidney_injury", creatinine(0.9, "2026-06-10"), lists=frozenset()) is None


def test_an_acute_injury_on_the_problem_list_counts_while_recent() -> None:
    assert value("acute_kidney_injury", listed("acute_kidney_injury", since="2026-06-01")) is True
    assert value("acute_kidney_injury", listed("acute_kidney_injury", since="2019-06-01")) is None
    resolved = listed("acute_kidney_injury", since="2026-05-01", ended="2026-05-09", is_active=False)
    assert value("acute_kidney_injury", resolved) is False


def test_results_after_the_day_are_not_known_on_it() -> None:
    assert value("creatinine_mg_dl", creatinine(1.0, "2026-06-16")) is None
