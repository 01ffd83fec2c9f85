"""Counts and what others may see of them; and the reports, judged by the official R4 schema."""

from __future__ import annotations

import lzma
from datetime import date
from functools import cache

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.pathway.measures.catalogue import MEASURES
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import Populations, proportion
from osteon.pathway.measures.report import individual_report, summary_report
from osteon.pathway.measures.tally import Score, Tally, band, exact, score, shareable
from osteon.pathway.truth import Truth
from tests.examples import ROOT

YES, NO, OPEN = Truth.YES, Truth.NO, Truth.CANNOT_TELL
PERIOD = Period(date(2025, 1, 1), date(2025, 12, 31))
ON = date(2026, 1, 15)


@cache
def r4_schema() -> jsonschema_rs.Validator:
    packed = (ROOT / "tests/data/fhir.schema.r4.json.xz").read_bytes()
    return jsonschema_rs.validator_for(msgspec.json.decode(lzma.decompress(packed)))


def problems(report: dict) -> list[str]:
    return [f"{list(each.instance_path)}: {each.message}" for each in r4_schema().iter_errors(report)]


def tally(name: str, *truths: Truth) -> Tally:
    """As many patients as truths; the first is that of the first population, and so on round."""
    counted = Tally()
    keys = MEASURES[name].keys
    for number in range(len(truths)):
        counted.add(Populations({key: truths[(number + place) % len(truths)] for place, key in enumerate(keys)}))
    return counted


@given(st.integers(0, 10_000))
def test_a_shareable_count_hides_the_few_and_is_never_exact_by_more_than_two(count: int) -> None:
    shown = shareable(count)
    if count <= 7:
        assert shown is None
    else:
        assert shown is not None
        assert shown % 5 == 0
        assert abs(shown - count) <= 2


def of_proportion(yes: int, of: int, unknown: int = 0) -> Tally:
    counted = Tally()
    for number in range(of):
        answer = YES if number < yes else OPEN if number < yes + unknown else NO
        counted.add(proportion(YES, numerator=lambda answer=answer: answer, exception=lambda: NO))
    return counted


GROUP = MEASURES["cms645"].groups[0]


def test_a_share_comes_from_the_counts_that_are_shown() -> None:
    assert score(GROUP, of_proportion(13, 33), exact) == Score(13, 33, 13 / 33, 13 / 33)
    shown = score(GROUP, of_proportion(13, 33), shareable)
    assert shown == Score(15, 35, 15 / 35, 15 / 35)


@pytest.mark.parametrize(("yes", "of"), [(7, 100), (0, 100), (3, 5), (0, 0)])
def test_no_share_is_told_of_a_hidden_count(yes: int, of: int) -> None:
    assert score(GROUP, of_proportion(yes, of), shareable) is None


def test_a_share_with_open_answers_has_bounds() -> None:
    found = score(GROUP, of_proportion(40, 100, unknown=20), exact)
    assert found is not None
    assert found.share is None
    assert (found.low, found.high) == (0.4, 0.6)
    hidden = score(GROUP, of_proportion(40, 100, unknown=3), shareable)
    assert hidden is not None
    assert (hidden.low, hidden.high) == (0.4, 0.47)


@given(st.lists(st.tuples(st.sampled_from(list(Truth)), st.sampled_from(list(Truth))), max_size=40))
def test_the_bounds_hold_whatever_the_open_answers_are(people: list[tuple[Truth, Truth]]) -> None:
    counted, if_yes, if_no = Tally(), Tally(), Tally()
    for initial, numerator in people:
        for where, settled in ((counted, None), (if_yes, YES), (if_no, NO)):
            one, two = (settled if settled and each is OPEN else each for each in (initial, numerator))
            where.add(proportion(one, numerator=lambda two=two: two))
    found = score(GROUP._replace(populations=("denominator", "numerator")), counted, exact)
    for settled in (if_yes, if_no):
        truth = score(GROUP._replace(populations=("denominator", "numerator")), settled, exact)
        if found and truth and truth.share is not None:
            assert found.low - 1e-9 <= truth.share <= found.high + 1e-9


def test_the_bands_are_those_of_the_indicators() -> None:
    assert [band(share) for share in (0.499, 0.5, 0.8, 0.801)] == [
        "below 50 %",
        "50 to 80 %",
        "50 to 80 %",
        "above 80 %",
    ]


# --- populations ------------------------------------------------------------------------------------------------------

truths = st.sampled_from(list(Truth))


@given(truths, truths, truths, truths, truths)
def test_one_population_rests_on_another(
    initial: Truth, out: Truth, met: Truth, not_met: Truth, excused: Truth
) -> None:
    found = proportion(
        initial,
        exclusion=lambda: out,
        numerator=lambda: met,
        numerator_exclusion=lambda: not_met,
        exception=lambda: excused,
    ).truths
    assert found["denominator"] is initial
    if found["denominator"] is NO:
        assert set(found.values()) == {NO}
    if found["denominator-exclusion"] is YES:
        assert found["numerator"] is found["denominator-exception"] is NO
    if found["numerator"] is YES:
        assert found["denominator-exception"] is NO
    if found["numerator"] is NO:
        assert found["numerator-exclusion"] is NO


# --- reports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("answer", [YES, NO, OPEN])
def test_the_report_of_one_patient_validates_against_the_official_r4_schema(name: str, answer: Truth) -> None:
    populations = Populations(dict.fromkeys(MEASURES[name].keys, answer))
    report = individual_report(MEASURES[name], populations, patient="one", period=PERIOD, on=ON)
    assert problems(report) == []
    counted = [each.get("count") for group in report["group"] for each in group["population"]]
    assert set(counted) == {{YES: 1, NO: 0, OPEN: None}[answer]}


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("shown", [exact, shareable])
def test_the_report_of_all_validates_against_the_official_r4_schema(name: str, shown: object) -> None:
    counted = tally(name, *[YES] * 60, *[NO] * 30)
    report = summary_report(MEASURES[name], counted, shown, period=PERIOD, on=ON)  # type: ignore[arg-type]
    assert problems(report) == []
    assert report["type"] == "summary"
    assert "subject" not in report


def test_a_hidden_count_is_absent_and_says_why() -> None:
    report = summary_report(MEASURES["cms645"], of_proportion(3, 40), shareable, period=PERIOD, on=ON)
    numerator = next(each for each in report["group"][0]["population"] if _is(each, "numerator"))
    assert "count" not in numerator
    assert numerator["_count"]["extension"][0]["valueCode"] == "masked"
    assert "measureScore" not in report["group"][0]


def test_the_report_says_in_which_direction_is_better() -> None:
    for name, notation in (("cms249", "decrease"), ("cms645", "increase")):
        report = summary_report(MEASURES[name], Tally(), exact, period=PERIOD, on=ON)
        assert report["improvementNotation"]["coding"][0]["code"] == notation


def _is(population: dict, name: str) -> bool:
    return population["code"]["coding"][0]["code"] == name
