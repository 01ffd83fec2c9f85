"""The vocabulary and the functions behind it are one list."""

import pytest

from osteon.knowledge.types import FactEntry
from osteon.pathway.occasion import FACTS, RECORDS
from tests.pathway.charting import answered, knowledge, known, listed, occasion, value

VOCABULARY = knowledge().facts


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_word_of_the_vocabulary_has_a_function_or_is_read_as_a_record(name: str) -> None:
    assert name in FACTS or VOCABULARY[name].record in RECORDS


def test_no_function_answers_a_question_that_the_vocabulary_does_not_know() -> None:
    assert set(FACTS) <= set(VOCABULARY)


def test_every_function_says_in_its_first_line_what_it_answers() -> None:
    for name, function in FACTS.items():
        first = (function.__doc__ or "").strip().splitlines()[:1]
        assert first, name
        assert "?" in first[0], f"{name}: {first[0]}"


@pytest.mark.parametrize("name", VOCABULARY)
def test_an_empty_chart_answers_every_fact_in_its_kind_or_says_why_not(name: str) -> None:
    for lists in (frozenset(), frozenset({"conditions", "medications", "allergies", "procedures"})):
        answer = known(name, lists=lists)
        assert_of_kind(answer.value, VOCABULARY[name], name)
        assert answer.value is not None or answer.why_not


def assert_of_kind(found: object, entry: FactEntry, name: str) -> None:
    if found is None:
        return
    if entry.kind == "flag":
        assert isinstance(found, bool), name
    elif entry.kind == "number":
        assert isinstance(found, float), name
    elif entry.kind == "set":
        assert isinstance(found, frozenset), name
    else:
        assert found in entry.choices, name


@pytest.mark.parametrize("name", [name for name, entry in VOCABULARY.items() if entry.silence != "cannot_tell"])
def test_silence_means_nothing_where_the_chart_holds_no_list_at_all(name: str) -> None:
    assert value(name, lists=frozenset()) is None


def test_windows_of_answers_are_parameters_that_exist() -> None:
    for entry in VOCABULARY.values():
        if entry.answer_window:
            assert knowledge().parameter(entry.answer_window).unit == "d"


# --- conditions, as they are recorded -------------------------------------------------------------------------------


def test_a_condition_on_the_problem_list_is_yes_and_names_its_entry() -> None:
    answer = known("hypoparathyroidism", listed("hypoparathyroidism", since="2020-05-01", is_active=True))
    assert answer.value is True
    assert answer.grounds[0].source == "Condition/hypoparathyroidism"


def test_a_condition_that_is_over_is_no_longer_there_but_an_old_uveitis_still_counts() -> None:
    over = {"since": "2015", "ended": "2016", "is_active": False}
    assert value("hyperthyroidism", listed("hyperthyroidism", **over)) is False
    assert value("uveitis", listed("uveitis", **over)) is True


def test_history_of_a_disease_is_not_the_disease_of_today() -> None:
    assert value("hyperthyroidism", listed("hyperthyroidism", is_history=True)) is False


def test_a_condition_that_begins_after_the_day_does_not_count_yet() -> None:
    assert value("jaw_osteonecrosis", listed("jaw_osteonecrosis", since="2026-06-16")) is False
    assert value("jaw_osteonecrosis", listed("jaw_osteonecrosis", since="2026-06-15")) is True


# --- what a person answered -----------------------------------------------------------------------------------------


def test_an_answer_wins_over_the_silence_of_the_problem_list() -> None:
    assert value("uveitis", answered("uveitis", True, "2026-01-01")) is True


def test_the_latest_answer_counts() -> None:
    said = (answered("uveitis", True, "2025-01-01"), answered("uveitis", False, "2026-01-01"))
    assert value("uveitis", *said) is False
    assert occasion(*said, on=said[0].when.latest)["uveitis"].value is True


def test_a_spoken_no_yields_to_a_diagnosis_of_a_later_day() -> None:
    said = answered("mi_or_stroke", False, "2024-01-01")
    assert value("mi_or_stroke", said, listed("mi_or_stroke", since="2025-03-01")) is True
    assert value("mi_or_stroke", said, listed("mi_or_stroke", since="2023-03-01")) is False


@pytest.mark.parametrize("name", ["hypocalcaemia", "advanced_ckd", "acute_kidney_injury"])
def test_nobody_talks_a_result_away(name: str) -> None:
    without = known(name, lists=frozenset())
    assert known(name, answered(name, False, "2026-06-15"), lists=frozenset()) == without


def test_a_spoken_yes_about_a_result_counts_until_a_result_says_otherwise() -> None:
    assert value("acute_kidney_injury", answered("acute_kidney_injury", True, "2026-06-01")) is True


@pytest.mark.parametrize(
    ("name", "day", "counts"),
    [
        ("fever_or_infection_today", "2026-06-15", True),
        ("fever_or_infection_today", "2026-06-14", False),
        ("eye_inflammation_now", "2026-06-14", False),
        ("thigh_or_groin_pain", "2026-05-16", True),
        ("thigh_or_groin_pain", "2026-05-15", False),
        ("recent_iodine_contrast", "2026-06-13", True),
        ("recent_iodine_contrast", "2026-06-12", False),
        ("consent_given", "2025-06-15", True),
        ("prefers_infusion", "2019-01-01", True),
    ],
)
def test_an_answer_about_the_day_grows_old(name: str, day: str, counts: bool) -> None:
    answer = known(name, answered(name, False, day))
    assert (answer.value is False) is counts
    if not counts:
        assert "too long ago" in answer.why_not


def test_an_answer_in_words_is_no_yes_and_no_no() -> None:
    assert value("uveitis", answered("uveitis", "unsure", "2026-06-01"), lists=frozenset()) is None
