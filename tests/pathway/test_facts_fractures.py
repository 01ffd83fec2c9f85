"""Which fractures count, how long ago they were, and whether a drug had had its year."""

from datetime import date

import pytest

from osteon.chart.types import Cause
from tests.pathway.charting import broke, done, given, known, listed, occasion, took, value


@pytest.mark.parametrize(
    ("site", "cause", "counts"),
    [
        ("hip", Cause.FRAGILITY, True),
        ("rib", Cause.FRAGILITY, True),
        ("hip", Cause.UNSTATED, True),
        ("forearm", Cause.UNSTATED, True),
        ("rib", Cause.UNSTATED, False),
        ("ankle", Cause.UNSTATED, False),
        ("hip", Cause.TRAUMA, False),
        ("vertebra", Cause.PATHOLOGICAL, False),
        ("femur_shaft", Cause.ATYPICAL, False),
        ("skull", Cause.FRAGILITY, False),
        ("hand", Cause.FRAGILITY, False),
        ("foot", Cause.FRAGILITY, False),
        ("other", Cause.UNSTATED, None),
    ],
)
def test_a_fracture_counts_by_its_cause_and_its_site(site: str, cause: Cause, counts: bool | None) -> None:
    assert value("fragility_fracture", broke(site, "2020-05-01", cause)) is counts


def test_an_unstated_cause_that_is_taken_for_fragility_says_so() -> None:
    answer = known("hip_fracture", broke("hip", "2020-05-01", Cause.UNSTATED))
    assert "cause not stated" in answer.grounds[0].text


@pytest.mark.parametrize(
    ("day", "cause", "counts"),
    [
        ("1999-01-01", Cause.UNSTATED, False),  # at 48
        ("2000-03-14", Cause.UNSTATED, True),  # at 50
        ("2000", Cause.UNSTATED, None),  # at 49 or 50
        (None, Cause.UNSTATED, None),
        (None, Cause.FRAGILITY, True),
        ("1960-01-01", Cause.FRAGILITY, False),  # at 9
    ],
)
def test_the_age_at_the_fracture_decides_where_the_cause_is_open(
    day: str | None, cause: Cause, counts: bool | None
) -> None:
    assert value("hip_fracture", broke("hip", day, cause)) is counts


def test_a_silent_problem_list_means_no_fracture_and_a_missing_one_means_nothing() -> None:
    assert value("vertebral_fracture") is False
    assert value("vertebral_fracture_count") == 0
    assert value("fragility_fracture_sites") == frozenset()
    assert value("vertebral_fracture", lists=frozenset()) is None


def test_vertebrae_are_counted_one_by_one() -> None:
    fractures = (broke("vertebra", "2022-01-01", count=2), broke("vertebra", "2025-01-01"), broke("hip", "2025-06-01"))
    assert value("vertebral_fracture_count", *fractures) == 3
    assert value("fragility_fracture_count", *fractures) == 4
    assert value("fragility_fracture_sites", *fractures) == {"vertebra", "hip"}


def test_a_fracture_that_may_count_widens_the_count() -> None:
    answer = known("fragility_fracture_count", broke("hip", "2022-01-01"), broke("forearm", None, Cause.UNSTATED))
    assert (answer.value, answer.low, answer.high) == (1, 1, 2)


def test_a_mentioned_history_of_a_fragility_fracture_counts_but_names_no_bone() -> None:
    old = listed("fracture_history", "fracture_history_fragility", text="history of a healed osteoporosis fracture")
    assert value("fragility_fracture", old) is True
    assert value("vertebral_fracture", old) is None
    assert value("last_fragility_fracture_mo", old) is None
    assert (
        value("fragility_fracture", listed("fracture_history", text="history of a healed traumatic fracture")) is False
    )
    assert value("fragility_fracture", listed("fracture_history", text="history of a fracture")) is None


def test_months_since_the_last_fracture_run_by_the_calendar() -> None:
    assert value("last_fragility_fracture_mo", broke("hip", "2025-06-15")) == 12
    assert value("last_hip_fracture_d", broke("hip", "2026-06-01")) == 14


def test_a_fracture_of_a_year_is_known_within_bounds() -> None:
    answer = known("last_fragility_fracture_mo", broke("hip", "2025"))
    assert answer.low == pytest.approx(5.5, abs=0.1)
    assert answer.high == pytest.approx(17.5, abs=0.1)


def test_an_undated_fracture_may_be_the_latest_and_an_undated_old_one_is_not() -> None:
    dated = broke("hip", "2016-06-15")
    assert known("last_fragility_fracture_mo", dated, broke("rib")).low == 0
    assert known("last_fragility_fracture_mo", dated, broke("rib", is_history=True)).low is None


def test_days_count_from_the_repair_where_it_is_recorded() -> None:
    assert value("last_hip_fracture_d", broke("hip", "2026-06-01"), done("hip_fracture_repair", "2026-06-04")) == 11
    assert value("last_hip_fracture_d", done("hip_fracture_repair", "2026-06-04")) is None


def test_without_a_fracture_there_is_no_time_since() -> None:
    assert known("last_hip_fracture_mo").why_not == "no such fracture is recorded"


def test_fractures_after_the_day_have_not_happened_yet() -> None:
    assert value("hip_fracture", broke("hip", "2026-06-16")) is False
    assert occasion(broke("hip", "2026-06-16"), on=date(2026, 6, 16))["hip_fracture"].value is True


@pytest.mark.parametrize(
    ("start", "stop", "day", "expected"),
    [
        ("2022-01-01", None, "2023-01-01", True),  # a year to the day
        ("2022-01-01", None, "2022-12-31", False),
        ("2022-01-01", "2024-01-01", "2025-01-01", False),  # after the end
        ("2022-01-01", "2024-01-01", "2023-12-31", True),
        ("2022", None, "2023-06-01", None),  # the year of the start is not exact enough
        ("2022", None, "2024-06-01", True),
        (None, None, "2024-06-01", None),
    ],
)
def test_a_fracture_counts_as_on_treatment_after_a_year_of_it(
    start: str | None, stop: str | None, day: str, expected: bool | None
) -> None:
    assert value("fracture_on_treatment", broke("hip", day), took("alendronate", start, stop)) is expected


def test_an_infusion_covers_its_year_and_no_more() -> None:
    yearly = given("zoledronic_acid", "2022-03-01", "2023-03-01")
    assert value("fracture_on_treatment", broke("hip", "2023-09-01"), yearly) is True
    assert value("fracture_on_treatment", broke("hip", "2024-09-01"), yearly) is False


def test_a_fracture_in_a_gap_of_the_tablets_is_not_on_treatment() -> None:
    course = took("alendronate", "2020-01-01", gaps=((date(2022, 1, 1), date(2022, 12, 1)),))
    assert value("fracture_on_treatment", broke("hip", "2022-06-01"), course) is False
    assert value("fracture_on_treatment", broke("hip", "2023-06-01"), course) is True


def test_ankle_and_foot_are_no_failure_of_a_drug() -> None:
    course = took("alendronate", "2020-01-01")
    assert value("fracture_on_treatment", broke("ankle", "2023-06-01"), course) is False
    assert value("fragility_fracture", broke("ankle", "2023-06-01")) is True


def test_fractures_on_treatment_are_counted() -> None:
    course = took("alendronate", "2020-01-01")
    fractures = (broke("vertebra", "2022-01-01"), broke("hip", "2023-01-01"), broke("forearm", "2019-01-01"))
    assert value("fractures_on_treatment_count", *fractures, course) == 2


def test_nobody_fails_a_treatment_that_was_never_given() -> None:
    assert value("fracture_on_treatment", broke("hip", "2023-01-01")) is False
    assert value("fracture_on_treatment", broke("hip", "2023-01-01"), lists=frozenset({"conditions"})) is None


def test_an_atypical_fracture_is_found_by_cause_and_by_code() -> None:
    assert value("atypical_femur_fracture", broke("femur_shaft", "2024-01-01", Cause.ATYPICAL)) is True
    assert value("atypical_femur_fracture", listed("atypical_femur_fracture", is_history=True)) is True
    assert value("atypical_femur_fracture") is False


def test_the_age_of_spine_imaging_is_that_of_the_last_one() -> None:
    images = (done("vertebral_imaging", "2020-06-15"), done("vertebral_imaging", "2026-06-05"))
    assert value("vertebral_imaging_age_d", *images) == 10
