"""Calcium, vitamin D, and on which side of its range a result lies."""

import pytest

from tests.pathway.charting import done, known, listed, measured, value


def calcium(mg_dl: float, day: str = "2026-06-01", **more: float) -> object:
    return measured("calcium", mg_dl, day, "mg/dL", **more)


def albumin(g_dl: float, day: str = "2026-06-01") -> object:
    return measured("albumin", g_dl, day, "g/dL")


def ionised(mmol_l: float, day: str = "2026-06-01", **more: float) -> object:
    return measured("calcium_ionised", mmol_l, day, "mmol/L", **more)


def test_calcium_is_corrected_with_the_albumin_near_it() -> None:
    assert value("calcium_corrected_mg_dl", calcium(8.0), albumin(3.0)) == pytest.approx(8.8)
    assert value("calcium_corrected_mg_dl", calcium(8.0), albumin(3.0, "2026-05-18")) == pytest.approx(8.8)


def test_without_albumin_nobody_knows_the_calcium() -> None:
    answer = known("calcium_corrected_mg_dl", calcium(9.4), albumin(4.0, "2026-05-01"))
    assert answer.value is None
    assert "albumin" in answer.why_not
    assert value("hypocalcaemia", calcium(9.4)) is None


def test_a_calcium_corrected_by_the_laboratory_is_used_as_it_is() -> None:
    reported = measured("calcium_corrected", 9.1, "2026-06-01", "mg/dL")
    assert value("calcium_corrected_mg_dl", reported, calcium(8.0), albumin(3.0)) == 9.1


def test_a_newer_total_calcium_without_albumin_is_not_passed_over_for_an_older_one() -> None:
    chart = (calcium(9.2, "2026-03-01"), albumin(4.0, "2026-03-01"), calcium(7.4, "2026-06-01"))
    assert value("calcium_corrected_mg_dl", *chart) is None
    assert value("hypocalcaemia", *chart) is None


@pytest.mark.parametrize(
    ("entries", "low"),
    [
        ((calcium(8.3, low=8.5), albumin(4.0)), True),
        ((calcium(8.5, low=8.5), albumin(4.0)), False),
        ((calcium(8.0, low=8.5), albumin(3.0)), False),
        ((ionised(1.05, low=1.12),), True),
        ((ionised(1.20, low=1.12),), False),
        ((calcium(8.3, "2026-05-30", low=8.5), albumin(4.0, "2026-05-30"), ionised(1.2, low=1.12)), False),
        ((ionised(1.05, "2026-05-30", low=1.12), calcium(9.0, low=8.5), albumin(4.0)), False),
        ((), None),
    ],
)
def test_low_calcium_is_by_the_newest_with_the_range_of_the_laboratory(entries: tuple, low: bool | None) -> None:
    assert value("hypocalcaemia", *entries) is low


def test_without_a_range_of_the_laboratory_the_programs_own_is_used_and_named() -> None:
    answer = known("hypocalcaemia", calcium(7.0), albumin(4.0))
    assert answer.value is True
    assert any("the program's" in ground.text for ground in answer.grounds)


def test_low_calcium_diagnosed_after_the_last_result_counts() -> None:
    fine = (calcium(9.2, low=8.5), albumin(4.0))
    assert value("hypocalcaemia", *fine, listed("hypocalcaemia_recorded", since="2026-06-10")) is True
    assert value("hypocalcaemia", *fine, listed("hypocalcaemia_recorded", since="2026-05-10")) is False


def test_high_calcium_has_its_own_side() -> None:
    assert value("hypercalcaemia", calcium(10.9, high=10.3), albumin(4.0)) is True
    assert value("hypercalcaemia", calcium(9.9, high=10.3), albumin(4.0)) is False


def test_vitamin_d_below_the_limit_of_the_laboratory_is_known_within_bounds() -> None:
    answer = known("vitamin_d_ng_ml", measured("vitamin_d_25oh", 4, "2026-06-01", "ng/mL", comparator="<"))
    assert (answer.low, answer.high) == (0, 4)


def test_a_raised_pth_is_above_the_range_of_its_laboratory() -> None:
    assert value("pth_high", measured("pth", 80, "2026-06-01", "pg/mL", high=65)) is True
    assert value("pth_high", measured("pth", 60, "2026-06-01", "pg/mL", high=65)) is False
    assert value("pth_high") is None


@pytest.mark.parametrize(
    "cause",
    [
        listed("hypoparathyroidism"),
        listed("malabsorption"),
        done("neck_surgery", "2011-01-01"),
        done("gastrectomy", "2011-01-01"),
        done("small_bowel_excision", "2011-01-01"),
        measured("creatinine", 2.4, "2026-06-01", "mg/dL"),
    ],
)
def test_low_calcium_is_likely_with_each_of_its_causes(cause: object) -> None:
    assert value("calcium_trouble_likely", cause) is True


def test_low_calcium_is_unlikely_only_where_every_cause_is_ruled_out() -> None:
    assert value("calcium_trouble_likely") is None
    assert value("calcium_trouble_likely", measured("creatinine", 0.8, "2026-06-01", "mg/dL")) is False
