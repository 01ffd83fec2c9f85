"""The three values of clinical logic, against Kleene's tables."""

import pytest

from osteon.pathway.truth import Truth, every, some

YES, NO, OPEN = Truth.YES, Truth.NO, Truth.CANNOT_TELL


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, NO, NO, YES),
        (YES, OPEN, OPEN, YES),
        (NO, YES, NO, YES),
        (NO, NO, NO, NO),
        (NO, OPEN, NO, OPEN),
        (OPEN, YES, OPEN, YES),
        (OPEN, NO, NO, OPEN),
        (OPEN, OPEN, OPEN, OPEN),
    ],
)
def test_it_joins_truths_as_kleene_does(first: Truth, second: Truth, both: Truth, either: Truth) -> None:
    assert every([first, second]) is both
    assert some([first, second]) is either


@pytest.mark.parametrize(("truth", "opposite"), [(YES, NO), (NO, YES), (OPEN, OPEN)])
def test_what_is_unknown_stays_unknown_when_negated(truth: Truth, opposite: Truth) -> None:
    assert ~truth is opposite


def test_nothing_to_hold_holds_and_nothing_to_choose_does_not() -> None:
    assert every([]) is YES
    assert some([]) is NO


@pytest.mark.parametrize(("value", "truth"), [(True, YES), (False, NO), (None, OPEN)])
def test_a_plain_answer_becomes_a_truth(value: bool | None, truth: Truth) -> None:
    assert Truth.of(value) is truth
