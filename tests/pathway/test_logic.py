"""The evaluator: comparisons within bounds, what decides, and that more knowledge never undoes an answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.chart.types import Chart, Patient, When
from osteon.knowledge import load
from osteon.knowledge.types import AllOf, AnyOf, Comparison, Expression, FactTest, NotSo
from osteon.pathway.known import Known
from osteon.pathway.logic import asked, compare, deciding, walk
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth

ON = date(2026, 11, 23)
KNOWLEDGE = load(ON)
NOBODY = Chart(patient=Patient(id="nobody", birth_date=When.on(date(1950, 1, 1))))
FLAGS = ("dialysis", "pregnant", "uveitis", "paget")


def occasion(facts: dict[str, bool]) -> Occasion:
    return Occasion(NOBODY, ON, KNOWLEDGE, given={name: Known(value) for name, value in facts.items()}, given_only=True)


@pytest.mark.parametrize(
    ("known", "comparison", "against", "truth"),
    [
        (Known(34.9), Comparison.BELOW, 35.0, Truth.YES),
        (Known(35.0), Comparison.BELOW, 35.0, Truth.NO),
        (Known(35.0), Comparison.AT_MOST, 35.0, Truth.YES),
        (Known(-2.5), Comparison.AT_MOST, -2.5, Truth.YES),
        (Known(-3.0), Comparison.BELOW, -3.0, Truth.NO),
        (Known(7.0), Comparison.ABOVE, 7.0, Truth.NO),
        (Known(None), Comparison.BELOW, 35.0, Truth.CANNOT_TELL),
        (Known(None), Comparison.EQUALS, True, Truth.CANNOT_TELL),
        (Known(None), Comparison.KNOWN, True, Truth.NO),
        (Known(False), Comparison.KNOWN, True, Truth.YES),
        (Known(False), Comparison.EQUALS, False, Truth.YES),
        (Known("male"), Comparison.ONE_OF, ("male", "other"), Truth.YES),
        (Known(frozenset({"hip", "rib"})), Comparison.INCLUDES, ("hip",), Truth.YES),
        (Known(frozenset()), Comparison.INCLUDES, ("hip",), Truth.NO),
        (Known(10.0, low=6.0, high=14.0), Comparison.BELOW, 12.0, Truth.CANNOT_TELL),
        (Known(10.0, low=6.0, high=11.0), Comparison.BELOW, 12.0, Truth.YES),
        (Known(10.0, low=6.0, high=14.0), Comparison.AT_LEAST, 15.0, Truth.NO),
    ],
)
def test_it_compares_within_what_is_known(
    known: Known, comparison: Comparison, against: float | bool | str | tuple[str, ...], truth: Truth
) -> None:
    assert compare(known, comparison, against) is truth


def test_it_refuses_to_measure_a_word() -> None:
    with pytest.raises(TypeError, match="cannot measure"):
        compare(Known("male"), Comparison.BELOW, 3.0)


def flag(name: str) -> FactTest:
    return FactTest(name, Comparison.EQUALS, True)


def test_a_yes_rests_only_on_the_branches_that_held() -> None:
    step = walk(
        AnyOf((flag("dialysis"), flag("pregnant"), flag("uveitis"))), occasion({"dialysis": True, "uveitis": False})
    )
    assert step.truth is Truth.YES
    assert deciding(step) == ("dialysis",)


def test_what_cannot_be_told_names_every_unknown_fact_that_matters() -> None:
    expression = AllOf((flag("dialysis"), AnyOf((flag("pregnant"), flag("uveitis")))))
    step = walk(expression, occasion({"dialysis": True, "pregnant": False}))
    assert step.truth is Truth.CANNOT_TELL
    assert deciding(step) == ("uveitis",)


def test_a_no_under_not_rests_on_what_held() -> None:
    step = walk(NotSo(flag("dialysis")), occasion({"dialysis": True}))
    assert step.truth is Truth.NO
    assert deciding(step) == ("dialysis",)


expressions = st.recursive(
    st.sampled_from(FLAGS).map(flag),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(NotSo),
    ),
    max_leaves=8,
)


@given(
    expressions,
    st.dictionaries(st.sampled_from(FLAGS), st.booleans()),
    st.dictionaries(st.sampled_from(FLAGS), st.booleans()),
)
def test_a_new_fact_never_undoes_an_answer(
    expression: Expression, some: dict[str, bool], more: dict[str, bool]
) -> None:
    before = walk(expression, occasion(some)).truth
    after = walk(expression, occasion({**more, **some})).truth
    assert before is Truth.CANNOT_TELL or after is before


@given(expressions, st.fixed_dictionaries({name: st.booleans() for name in FLAGS}))
def test_with_every_fact_known_there_is_always_an_answer(expression: Expression, facts: dict[str, bool]) -> None:
    assert walk(expression, occasion(facts)).truth is not Truth.CANNOT_TELL


@given(expressions, st.dictionaries(st.sampled_from(FLAGS), st.booleans()))
def test_the_fast_answer_and_the_walk_never_differ(expression: Expression, facts: dict[str, bool]) -> None:
    assert asked(expression)(occasion(facts)) is walk(expression, occasion(facts)).truth
