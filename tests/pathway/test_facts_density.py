"""T-scores after the ISCD, Z-scores for the young, and change beyond scatter."""

from datetime import date

import pytest

from tests.pathway.charting import answered, known, listed, measured, took, value


def t_score(score: float, site: str, day: str = "2026-03-01", **more: str) -> object:
    return measured("t_score", score, day, "{T}", site=site, **more)


def z_score(score: float, site: str, day: str = "2026-03-01") -> object:
    return measured("z_score", score, day, "{Z}", site=site)


def density(g_cm2: float, site: str, day: str, machine: str = "Horizon A, room 2", side: str = "") -> object:
    return measured("bmd", g_cm2, day, "g/cm2", site=site, machine=machine, side=side)


SCAN = (t_score(-2.1, "lumbar_spine"), t_score(-2.4, "total_hip"), t_score(-2.7, "femoral_neck"))


def test_the_lowest_of_spine_hip_and_neck_counts() -> None:
    answer = known("lowest_t_score", *SCAN)
    assert answer.value == -2.7
    assert "femoral neck" in answer.grounds[0].text
    assert value("lowest_hip_t_score", *SCAN) == -2.7
    assert value("t_score_lumbar_spine", *SCAN) == -2.1


def test_of_two_hips_the_lower_counts() -> None:
    both = (t_score(-2.2, "total_hip", side="left"), t_score(-2.6, "total_hip", side="right"))
    answer = known("t_score_total_hip", *both)
    assert answer.value == -2.6
    assert "right" in answer.grounds[0].text


def test_the_newest_scan_speaks_for_today_and_the_oldest_is_not_forgotten() -> None:
    scans = (t_score(-2.9, "total_hip", "2020-01-01"), t_score(-2.3, "total_hip", "2026-01-01"))
    assert value("lowest_t_score", *scans) == -2.3
    assert value("lowest_t_score_ever", *scans) == -2.9
    assert value("lowest_t_score", *scans, on=date(2021, 1, 1)) == -2.9


def test_the_radius_counts_only_where_it_must() -> None:
    radius = t_score(-3.4, "radius_33")
    assert value("lowest_t_score", radius) == -3.4
    assert value("lowest_t_score", *SCAN, radius) == -2.7
    assert value("lowest_t_score", *SCAN, radius, listed("hyperparathyroidism")) == -3.4


def test_the_heel_is_no_site_of_diagnosis() -> None:
    assert value("lowest_t_score", t_score(-3.0, "calcaneus")) is None
    assert value("dxa_age_d", t_score(-3.0, "calcaneus")) is None


@pytest.mark.parametrize(
    ("who", "entries", "expected"),
    [
        ({}, (), True),
        ({"born": "1990-01-01"}, (), False),
        ({"born": "1975-01-01"}, (), None),
        ({"born": "1975-01-01"}, (answered("postmenopausal", True, "2026-01-01"),), True),
        ({"sex": "male", "born": "1976-06-15"}, (), True),
        ({"sex": "male", "born": "1976-06-16"}, (), False),
        ({"sex": None}, (), None),
    ],
)
def test_t_scores_are_for_women_after_the_menopause_and_men_from_50(
    who: dict, entries: tuple, expected: bool | None
) -> None:
    assert value("t_score_applies", *entries, **who) is expected


def test_a_t_score_of_a_young_woman_is_not_used_but_her_z_score_is() -> None:
    young = {"born": "1990-01-01"}
    answer = known("lowest_t_score", *SCAN, **young)
    assert answer.value is None
    assert "Z-score" in answer.why_not
    assert value("lowest_z_score", z_score(-2.2, "lumbar_spine"), z_score(-1.0, "total_hip"), **young) == -2.2


def test_without_menopausal_state_the_reported_t_score_is_named_but_not_used() -> None:
    answer = known("lowest_t_score", *SCAN, born="1975-01-01")
    assert answer.value is None
    assert "-2.7" in answer.why_not


def test_the_reference_database_stays_in_the_ground() -> None:
    answer = known("lowest_t_score", t_score(-2.6, "total_hip", reference="NHANES III white female"))
    assert "NHANES III" in answer.grounds[0].text


# --- change ---------------------------------------------------------------------------------------------------------


def test_density_is_compared_on_the_same_machine() -> None:
    scans = (density(0.900, "lumbar_spine", "2023-05-01"), density(0.846, "lumbar_spine", "2026-05-01"))
    assert value("bmd_change_lumbar_spine_pct", *scans) == pytest.approx(-6.0)
    assert value("significant_bmd_loss", *scans) is True


@pytest.mark.parametrize("machine", ["", "Prodigy"])
def test_scans_of_different_or_unknown_machines_are_not_compared(machine: str) -> None:
    scans = (density(0.900, "total_hip", "2023-05-01"), density(0.800, "total_hip", "2026-05-01", machine))
    assert value("bmd_change_total_hip_pct", *scans) is None
    assert value("significant_bmd_loss", *scans) is None


def test_each_hip_is_compared_with_itself_and_the_greater_loss_counts() -> None:
    scans = (
        density(0.800, "total_hip", "2023-05-01", side="left"),
        density(0.820, "total_hip", "2023-05-01", side="right"),
        density(0.790, "total_hip", "2026-05-01", side="left"),
        density(0.770, "total_hip", "2026-05-01", side="right"),
    )
    assert value("bmd_change_total_hip_pct", *scans) == pytest.approx(100 * (0.770 - 0.820) / 0.820)


@pytest.mark.parametrize(("now", "lost"), [(0.8522, True), (0.8524, False)])
def test_a_loss_within_the_least_significant_change_of_the_spine_is_no_loss(now: float, lost: bool) -> None:
    scans = (density(0.900, "lumbar_spine", "2023-05-01"), density(now, "lumbar_spine", "2026-05-01"))
    assert value("significant_bmd_loss", *scans) is lost


def test_a_loss_on_treatment_needs_a_year_of_treatment_before_the_second_scan() -> None:
    scans = (density(0.900, "lumbar_spine", "2023-05-01"), density(0.800, "lumbar_spine", "2026-05-01"))
    fact = "significant_bmd_loss_on_treatment"
    assert value(fact, *scans, took("alendronate", "2023-06-01")) is True
    assert value(fact, *scans, took("alendronate", "2025-12-01")) is False
    assert value(fact, *scans) is False
    assert value(fact, *scans, lists=frozenset()) is None
