"""Spans of time on the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.knowledge.types import Quantity, Verified
from osteon.pathway.calendar import after, months_after, months_of


def span(value: float, unit: str) -> Quantity:
    return Quantity(value=value, unit=unit, cite=("X",), verified=Verified.DESIGN, effective=date(2000, 1, 1))


@pytest.mark.parametrize(
    ("start", "value", "unit", "times", "end"),
    [
        (date(2026, 12, 7), 12, "mo", 1, date(2027, 12, 7)),
        (date(2026, 8, 31), 6, "mo", 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, "mo", 1, date(2029, 2, 28)),
        (date(2026, 12, 7), 14, "d", -1, date(2026, 11, 23)),
        (date(2026, 12, 7), 2, "wk", 2, date(2027, 1, 4)),
        (date(2026, 1, 15), 1, "a", -2, date(2024, 1, 15)),
    ],
)
def test_it_counts_by_the_calendar(start: date, value: float, unit: str, times: int, end: date) -> None:
    assert after(start, span(value, unit), times) == end


def test_it_refuses_what_is_not_a_time() -> None:
    with pytest.raises(ValueError, match="not a span of time"):
        after(date(2026, 1, 1), span(5, "mg"))


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 240))
def test_whole_months_keep_the_day_or_clamp_it(start: date, months: int) -> None:
    end = months_after(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day


def test_weeks_and_days_become_mean_months() -> None:
    assert months_of(span(1, "wk")) == pytest.approx(7 / 30.4375)
    assert months_of(span(1, "a")) == 12
