"""Days and moments: what lies inside a period, what came first, how many days were covered."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.types import When
from osteon.pathway.measures.period import Days, Moment, Period, PeriodError, Span, moment
from osteon.pathway.measures.timing import days_covered
from osteon.pathway.measures.windows import Window
from osteon.pathway.truth import Truth

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


def at(text: str) -> Moment:
    found = moment(text)
    assert found is not None
    return found


@pytest.mark.parametrize("text", ["", "soon", "2025-13-01", "2025-02-30", "25-01-01", "2025-1-1"])
def test_what_is_no_date_is_no_moment(text: str) -> None:
    assert moment(text) is None


def test_a_date_alone_is_any_second_of_its_day_and_a_year_any_of_the_year() -> None:
    assert at("2025-03-01").last - at("2025-03-01").first == 86_399
    assert (at("2025").first_day, at("2025").last_day) == (date(2025, 1, 1).toordinal(), date(2025, 12, 31).toordinal())
    assert at("2025-03-01T10:00").last - at("2025-03-01T10:00").first == 59
    assert at("2025").day is None
    assert at("2025-03-01T10:00:00.123Z").day == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("one", "other", "is_before"),
    [
        ("2025-01-01", "2025-01-02", True),
        ("2025-01-01", "2025-01-01T00:00:00Z", False),
        ("2025-01-01T10:00:00Z", "2025-01-01T10:00:01Z", True),
        ("2025-01-01T10:00:00Z", "2025-01-01T10:00:00Z", False),
        ("2025-01-01T12:00:00+02:00", "2025-01-01T10:30:00Z", True),
        ("2025-01-01T12:00:00+0100", "2025-01-01T10:30:00Z", False),
        ("2025-01-01T09:00:00-05:00", "2025-01-01T10:30:00Z", False),
        ("2025-01-01T09:00:00", "2025-01-01T10:30:00Z", True),
    ],
)
def test_before_means_surely_before_whatever_clock_it_was_written_by(one: str, other: str, is_before: bool) -> None:
    assert at(one).is_before(at(other)) is is_before


@given(st.datetimes(), st.datetimes())
def test_of_two_moments_at_most_one_came_first(one: datetime, other: datetime) -> None:
    first, second = at(one.isoformat()), at(other.isoformat())
    assert not (first.is_before(second) and second.is_before(first))


def test_a_day_is_that_of_the_clock_where_it_was_written() -> None:
    assert YEAR.holds(moment("2025-01-01T00:30:00+05:00"))
    assert not YEAR.holds(moment("2024-12-31T23:30:00-05:00"))


def test_a_partial_date_is_inside_only_where_all_of_it_is() -> None:
    assert YEAR.holds(moment("2025"))
    assert not Period(date(2025, 2, 1), date(2025, 12, 31)).holds(moment("2025"))
    assert not YEAR.holds(None)


def test_what_has_no_end_goes_on() -> None:
    assert YEAR.overlaps(Span(at("2020-01-01"), None))
    assert not YEAR.overlaps(Span(at("2026-01-01"), None))
    assert not YEAR.overlaps(Span(at("2020-01-01"), at("2024-12-31")))


@pytest.mark.parametrize("text", ["", "2025", "2025-01-01", "2025-12-31/2025-01-01", "2025-01-01/soon", "a/b"])
def test_a_period_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    with pytest.raises(PeriodError, match=r"2025-01-01/2025-12-31|ends before it begins"):
        Period.parse(text)


def test_months_run_by_the_calendar() -> None:
    period = Period(date(2025, 5, 31), date(2025, 12, 31))
    assert period.from_start(-3) == date(2025, 2, 28)
    assert period.from_start(9) == date(2026, 2, 28)


stretch = st.tuples(st.integers(1, 60), st.integers(0, 30)).map(lambda pair: Days(pair[0], pair[0] + pair[1]))


@given(st.lists(st.none() | stretch), stretch)
def test_covered_days_are_counted_once_each(stretches: list[Days | None], within: Days) -> None:
    days = {day for each in stretches if each for day in range(each.first, each.last + 1)}
    assert days_covered(stretches, within) == len(days & set(range(within.first, within.last + 1)))


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (When.on(date(2025, 3, 1)), Truth.NO),
        (When.on(date(2025, 3, 10)), Truth.CANNOT_TELL),
        (When.on(date(2025, 4, 1)), Truth.YES),
        (When(date(2025, 4, 1), date(2025, 4, 30)), Truth.CANNOT_TELL),
        (None, Truth.CANNOT_TELL),
    ],
)
def test_a_window_with_an_open_beginning_says_so(event: When | None, answer: Truth) -> None:
    window = Window(When(date(2025, 3, 5), date(2025, 3, 20)), When.on(date(2025, 4, 15)))
    assert window.holds(event) is answer
