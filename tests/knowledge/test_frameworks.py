"""Guidelines are kept apart, and each names what it may name."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.knowledge import load
from osteon.knowledge.types import Expression, FactTest, Framework, RuleHolds
from osteon.pathway.categories import risk_category
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth

KNOWLEDGE = load(date(2026, 11, 23))
FRAMEWORKS = list(KNOWLEDGE.frameworks.values())
WITH_CATEGORIES = [each for each in FRAMEWORKS if each.categories]
MAY_SHARE = {"diagnosis"}
"""The diagnosis names its guideline in every rule; a framework that calls the diagnosed "high risk" may point to it."""


def parts(expression: Expression) -> list[FactTest | RuleHolds]:
    if isinstance(expression, FactTest | RuleHolds):
        return [expression]
    inner = expression.of if isinstance(expression.of, tuple) else (expression.of,)
    return [part for each in inner for part in parts(each)]


def ids(frameworks: list[Framework]) -> list[str]:
    return [each.id for each in frameworks]


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=ids(FRAMEWORKS))
def test_no_guideline_borrows_a_threshold_or_a_rule_of_another(framework: Framework) -> None:
    for rule in framework.rules:
        for part in parts(rule.when):
            if isinstance(part, RuleHolds):
                assert part.rule.split(".")[0] in {framework.id, *MAY_SHARE}, rule.id
            elif part.reference:
                assert part.reference.startswith(f"frameworks.{framework.id}."), rule.id


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=ids(FRAMEWORKS))
def test_no_threshold_stands_as_a_bare_number_in_a_rule(framework: Framework) -> None:
    for rule in framework.rules:
        for part in parts(rule.when):
            if isinstance(part, FactTest) and isinstance(part.value, float) and not isinstance(part.value, bool):
                assert part.reference, f"{rule.id}: {part.fact} {part.comparison} {part.value}"


@pytest.mark.parametrize("framework", WITH_CATEGORIES, ids=ids(WITH_CATEGORIES))
def test_every_category_has_its_rule_and_names_drugs_of_the_formulary(framework: Framework) -> None:
    for category in framework.categories:
        assert category.rule.startswith(f"{framework.id}.")
        assert category.rule in KNOWLEDGE.rules
        for choice in (category.first_choice, category.alternatives):
            assert choice is None or set(choice.value) <= set(KNOWLEDGE.drugs)


def test_the_very_high_t_scores_differ_as_the_guidelines_do() -> None:
    aace, nogg, acr = (KNOWLEDGE.frameworks[name] for name in ("aace_2020", "nogg_2024", "acr_giop_2022"))
    assert aace.parameters["t_score_very_high"].value == -3.0
    assert nogg.parameters["t_score_very_high"].value == -3.5
    assert acr.parameters["t_score_very_high"].value == -3.5


def test_a_t_score_of_minus_three_is_very_high_in_none_of_them() -> None:
    for name in ("aace_2020.very_low_t_score", "nogg_2024.very_low_t_score"):
        at = occasion({"lowest_t_score": -3.0})
        rule = KNOWLEDGE.rules[name]
        assert {category.verdict for category in [judged(rule.id, at)]} == {Truth.NO}


def judged(rule: str, at: Occasion):
    from osteon.pathway.rules import judge

    return judge(KNOWLEDGE.rules[rule], at)


def occasion(facts: dict[str, object]) -> Occasion:
    known = {name: Known(value) for name, value in facts.items()}
    return Occasion(None, date(2026, 11, 23), KNOWLEDGE, given=known, given_only=True)


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "age_y": st.integers(30, 95).map(float),
        "t_score_applies": st.booleans(),
        "lowest_t_score": st.sampled_from([-4.0, -3.5, -3.1, -3.0, -2.5, -2.4, -1.0, 0.0]),
        "hip_fracture": st.booleans(),
        "vertebral_fracture": st.booleans(),
        "vertebral_fracture_count": st.sampled_from([0.0, 1.0, 2.0]),
        "fragility_fracture": st.booleans(),
        "fragility_fracture_count": st.sampled_from([0.0, 1.0, 2.0]),
        "last_fragility_fracture_mo": st.sampled_from([3.0, 12.0, 40.0]),
        "fracture_on_treatment": st.booleans(),
        "glucocorticoid_long_term": st.booleans(),
        "frax_mof_pct": st.sampled_from([5.0, 20.0, 31.0]),
        "frax_hip_pct": st.sampled_from([0.5, 3.0, 5.0]),
        "high_falls_risk": st.booleans(),
        "injurious_fall": st.booleans(),
    },
)


@settings(max_examples=100, deadline=None)
@given(FACTS, st.sampled_from(WITH_CATEGORIES))
def test_the_category_is_the_highest_that_holds_and_says_what_may_lie_above(
    facts: dict[str, object], framework: Framework
) -> None:
    answer = risk_category(framework, occasion(facts))
    if not answer.category:
        assert all(each.verdict is not Truth.YES for each in answer.findings)
        return
    index = [each.id for each in framework.categories].index(answer.category)
    above = answer.findings[:index]
    assert answer.findings[index].verdict is Truth.YES
    assert Truth.YES not in {each.verdict for each in above}
    assert answer.is_floor == any(each.verdict is Truth.CANNOT_TELL for each in above)


def test_knowledge_of_another_day_holds_only_what_was_in_force() -> None:
    early = load(date(2018, 1, 1))
    assert "romosozumab" not in early.drugs
    assert "aace_2020" not in early.frameworks
    assert msgspec.structs.asdict(early)["on"] <= date(2018, 1, 1)
