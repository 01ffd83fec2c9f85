"""How often a day is a drug taken, by the words of a dosage?"""

from __future__ import annotations

import pytest

from osteon.chart.fhir.frequency import is_when_needed, times_a_day

WEEK, MONTH, YEAR = 1 / 7, 1 / 30.4375, 1 / 365.25
WORDS: dict[str, float | None] = {
    "10 mg once a day": 1,
    "Take 1 tablet daily": 1,
    "5 mg in the morning": 1,
    "5 mg at bedtime": 1,
    "2.5 mg twice daily": 2,
    "5 mg two times per day": 2,
    "5 mg morning and evening": 2,
    "5 mg b.i.d.": 2,
    "5 mg BID": 2,
    "4 mg 3 times a day": 3,
    "4 mg 3x/day": 3,
    "1 tablet QID": 4,
    "10 mg every other day": 0.5,
    "10 mg on alternate days": 0.5,
    "10 mg qod": 0.5,
    "4 mg every 8 hours": 3,
    "every twelve hours": 2,
    "10 mg every 2 days": 0.5,
    "70 mg once a week": WEEK,
    "70 mg weekly": WEEK,
    "35 mg once weekly": WEEK,
    "10 mg three times a week": 3 * WEEK,
    "10 mg twice weekly": 2 * WEEK,
    "150 mg once a month": MONTH,
    "every 6 months": MONTH / 6,
    "5 mg once yearly": YEAR,
    "10 mg daily for 1 week": 1,
    "10 mg daily for 7 days": 1,
    "40 mg once": None,
    "as directed": None,
    "every 0 days": None,
    "": None,
}


@pytest.mark.parametrize(("words", "expected"), WORDS.items())
def test_the_frequency_is_told_from_the_words(words: str, expected: float | None) -> None:
    assert times_a_day(words) == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("words", "expected"), [("10 mg as needed", True), ("1 tablet PRN", True), ("if required", True), ("daily", False)]
)
def test_what_is_taken_only_when_needed_is_marked(words: str, expected: bool) -> None:
    assert is_when_needed(words) is expected
