"""The indicators of a fracture liaison service on invented charts, as chart and service tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from osteon.chart.types import Cause, When
from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.fls_kpi import INDICATORS, NAMES, Service, of_chart
from osteon.pathway.measures.period import Period
from tests.panel.cases import ICD10CM, condition, judge, person
from tests.pathway.charting import answered, broke, done, given, knowledge, listed, measured, occasion, took

PERIOD = Period(date(2025, 1, 1), date(2025, 12, 31))
HIP = broke("hip", "2025-02-10")


def counts(*entries: Any, service: Service | None = None, until: str = "", died: str = "", **more: Any) -> dict:
    chart = occasion(*entries, **more).chart
    if died:
        patient = msgspec.structs.replace(chart.patient, deceased=When.on(date.fromisoformat(died)))
        chart = msgspec.structs.replace(chart, patient=patient)
    period = PERIOD._replace(known_until=date.fromisoformat(until) if until else None)
    return of_chart(chart, period, knowledge(), service).counts


def met(indicator: str, *entries: Any, **more: Any) -> int | None:
    return counts(HIP, *entries, **more)[f"{indicator}.numerator"]


def test_there_are_eleven_indicators_and_every_answer_has_all_of_them() -> None:
    assert len(INDICATORS) == 11
    assert set(MEASURES["fls-kpi"].keys) == set(counts(HIP)) == set(counts()) == {"initial-population", *NAMES}


@pytest.mark.parametrize(
    ("fracture", "is_in"),
    [
        (HIP, 1),
        (broke("hip", "2024-12-31"), 0),
        (broke("hip", "2026-01-01"), 0),
        (broke("hip", "2025"), 1),
        (broke("hip", "2025-02-10", Cause.TRAUMA), 0),
        (broke("hip", "2025-02-10", Cause.UNSTATED), 1),
        (broke("other", "2025-02-10", Cause.UNSTATED), None),
        (broke("hip", None), None),
        (broke("hip", None, is_history=True), 0),
    ],
)
def test_a_fragility_fracture_of_the_period_counts(fracture: Any, is_in: int | None) -> None:
    assert counts(fracture)["initial-population"] == is_in


def test_a_fracture_before_the_age_of_fifty_does_not_count() -> None:
    assert counts(HIP, born="1975-02-11")["initial-population"] == 0
    assert counts(HIP, born="1975-02-10")["initial-population"] == 1


def test_spine_and_other_bones_are_counted_apart() -> None:
    spine = counts(broke("vertebra", "2025-02-10"))
    assert (spine["kpi-2.numerator"], spine["kpi-3.numerator"]) == (0, 1)
    hip = counts(HIP)
    assert (hip["kpi-2.numerator"], hip["kpi-3.numerator"]) == (1, 0)


def test_the_first_fracture_of_the_period_counts() -> None:
    found = counts(HIP, broke("vertebra", "2025-01-10"), measured("frax_mof", 12, "2025-04-30"))
    assert found["kpi-3.numerator"] == 1
    assert found["kpi-4.numerator"] == 0


@pytest.mark.parametrize(
    ("day", "is_met"), [("2025-02-10", 1), ("2025-05-05", 1), ("2025-05-06", 0), ("2025-02-09", 0), ("2025", None)]
)
def test_risk_and_density_count_within_twelve_weeks(day: str, is_met: int | None) -> None:
    assert met("kpi-4", measured("frax_mof", 12, day)) == is_met
    assert met("kpi-5", measured("t_score", -2.1, day, site="total_hip")) == is_met
    if len(day) == 10:
        assert met("kpi-5", done("dxa", day)) == is_met


def test_falls_count_from_the_fracture_on() -> None:
    assert met("kpi-6") == 0
    assert met("kpi-6", measured("timed_up_and_go", 11, "2025-04-01")) == 1
    assert met("kpi-6", answered("high_falls_risk", False, "2025-04-01")) == 1
    assert met("kpi-6", measured("falls_count", 1, "2025-02-01")) == 0


def test_treatment_begun_within_sixteen_weeks_counts_as_recommended_and_begun() -> None:
    found = counts(HIP, took("alendronate", "2025-06-02"))
    assert (found["kpi-7.numerator"], found["kpi-10.denominator"], found["kpi-10.numerator"]) == (1, 1, 1)
    late = counts(HIP, took("alendronate", "2025-06-03"))
    assert (late["kpi-7.numerator"], late["kpi-10.denominator"], late["kpi-10.numerator"]) == (0, 0, 0)


def test_going_on_with_a_drug_of_before_counts_as_begun() -> None:
    assert met("kpi-10", took("alendronate", "2023-01-01")) == 1
    assert met("kpi-10", took("alendronate", "2023-01-01", "2025-02-01")) == 0


def test_a_dose_late_by_less_than_an_interval_is_still_treatment_at_a_year() -> None:
    assert met("kpi-11", given("denosumab", "2025-03-01")) == 1
    assert met("kpi-11", took("alendronate", "2025-03-01", "2025-09-01")) == 0
    assert met("kpi-11", took("alendronate", "2025-03-01")) == 1


def test_a_chart_without_a_medication_list_leaves_treatment_open() -> None:
    found = counts(HIP, lists=frozenset({"conditions"}))
    assert found["kpi-7.numerator"] is None
    assert found["kpi-10.numerator"] is None


def test_what_may_still_come_is_open_until_its_window_is_over() -> None:
    assert met("kpi-5", until="2025-05-04") is None
    assert met("kpi-5", until="2025-05-05") == 0
    assert met("kpi-11", took("alendronate", "2025-03-01"), until="2026-02-08") is None
    assert met("kpi-11", took("alendronate", "2025-03-01"), until="2026-02-09") == 1


def test_who_died_within_a_window_has_not_missed_a_step() -> None:
    assert met("kpi-5", died="2025-03-01") is None
    assert met("kpi-5", died="2025-06-01") == 0
    assert met("kpi-5", measured("t_score", -2.1, "2025-02-20", site="total_hip"), died="2025-03-01") == 1


def test_a_fracture_of_which_only_the_month_is_known_leaves_the_windows_open() -> None:
    assert counts(broke("hip", "2025-02"))["kpi-5.numerator"] is None


def test_what_only_the_service_knows_is_open_without_it() -> None:
    alone = counts(HIP, took("alendronate", "2025-03-01"))
    assert {alone[f"kpi-{number}.numerator"] for number in (1, 8, 9)} == {None}


def test_the_service_tells_what_no_chart_holds() -> None:
    service = Service(
        falls_assessed=date(2025, 3, 1),
        recommended=date(2025, 3, 1),
        training_started=date(2025, 6, 2),
        monitored=date(2025, 6, 3),
    )
    told = counts(HIP, listed("osteoporosis"), service=service)
    assert [told[f"kpi-{number}.numerator"] for number in (6, 7, 8, 9)] == [1, 1, 1, 0]
    silent = counts(HIP, service=Service())
    assert [silent[f"kpi-{number}.numerator"] for number in (6, 7, 8, 9)] == [0, 0, 0, 0]


def test_it_reads_the_same_from_resources() -> None:
    found = judge("fls-kpi", person(born="1950-03-14"), condition("M80.051A", "2025-02-10", ICD10CM))
    assert found["initial-population"] == 1
    assert judge("fls-kpi", person(born="1990-03-14"))["initial-population"] == 0
