"""Guidelines are kept apart, each names only what it may name, and none contradicts itself."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.knowledge import load
from osteon.knowledge.types import Expression, FactTest, Framework, Rule, RuleHolds
from osteon.pathway.categories import RiskCategory, risk_category
from osteon.pathway.facts.conditions import SECONDARY_CAUSES
from osteon.pathway.rules import facts_of, judge
from osteon.pathway.truth import Truth
from tests.knowledge.judging import US as KNOWLEDGE
from tests.knowledge.judging import occasion

FRAMEWORKS = KNOWLEDGE.frameworks
WITH_CATEGORIES = [each for each in FRAMEWORKS.values() if each.categories]

THE_DIAGNOSIS = {
    "aace_2020": {"diagnosis.dx2"},
    "acp_2023": {"diagnosis.dx1", "diagnosis.dx2", "diagnosis.dx5"},
}
"""Rules of the diagnosis that a guideline may point to: its own (each names its guideline), or, for the one guideline
that ranks drugs for a diagnosis made elsewhere, whichever makes it."""


def parts(expression: Expression) -> list[FactTest | RuleHolds]:
    if isinstance(expression, FactTest | RuleHolds):
        return [expression]
    inner = expression.of if isinstance(expression.of, tuple) else (expression.of,)
    return [part for each in inner for part in parts(each)]


def references(rule: Rule) -> set[str]:
    """The guidelines whose numbers a rule uses."""
    paths = [part.reference for part in parts(rule.when) if isinstance(part, FactTest) and part.reference]
    return {path.split(".")[1] for path in paths if path.startswith("frameworks.")}


def answer(framework: str, facts: Mapping[str, object]) -> RiskCategory:
    return risk_category(FRAMEWORKS[framework], occasion(**facts))


# --- each by itself ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_no_guideline_borrows_a_threshold_or_a_rule_of_another(framework: Framework) -> None:
    for rule in framework.rules:
        assert references(rule) <= {framework.id}, rule.id
        for part in parts(rule.when):
            if isinstance(part, RuleHolds) and not part.rule.startswith(f"{framework.id}."):
                assert part.rule in THE_DIAGNOSIS.get(framework.id, set()), f"{rule.id} asks {part.rule}"


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_no_threshold_stands_as_a_bare_number_in_a_rule(framework: Framework) -> None:
    for rule in framework.rules:
        for part in parts(rule.when):
            if isinstance(part, FactTest) and KNOWLEDGE.facts[part.fact].kind == "number":
                assert part.reference, f"{rule.id}: {part.fact} {part.comparison} {part.value}"


@pytest.mark.parametrize(
    ("book", "prefixes"),
    [
        ("vertebral_imaging", {"nogg": "nogg_2024", "bhof": "bhof_2022", "iscd": "iscd", "acr": "acr_giop_2022"}),
        ("screening", {"uspstf": "uspstf_2025", "bhof": "bhof_2022"}),
    ],
)
def test_imaging_and_screening_use_the_numbers_of_the_guideline_that_they_name(
    book: str, prefixes: dict[str, str]
) -> None:
    for rule in KNOWLEDGE.books[book].rules:
        name = rule.id.split(".")[1].split("_")[0]
        assert references(rule) <= {prefixes[name]}, rule.id
        assert rule.says.upper().startswith(name.upper()), rule.says


@pytest.mark.parametrize("framework", WITH_CATEGORIES, ids=[each.id for each in WITH_CATEGORIES])
def test_every_category_has_its_rule_and_names_each_drug_of_the_formulary_at_most_once(framework: Framework) -> None:
    assert framework.applies in KNOWLEDGE.rules
    for category in framework.categories:
        assert category.rule.startswith(f"{framework.id}.")
        assert category.rule in KNOWLEDGE.rules
        choices = [choice for choice in (category.first_choice, category.alternatives) if choice]
        drugs = [drug for choice in choices for drug in choice.value]
        assert set(drugs) <= set(KNOWLEDGE.drugs)
        assert len(drugs) == len(set(drugs)), category.id


@pytest.mark.parametrize("framework", WITH_CATEGORIES, ids=[each.id for each in WITH_CATEGORIES])
def test_every_rule_of_a_guideline_serves_one_of_its_categories(framework: Framework) -> None:
    rules = {rule.id: rule for rule in framework.rules}
    waiting = [framework.applies, *(category.rule for category in framework.categories)]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in rules and name not in used:
            used.add(name)
            waiting += [part.rule for part in parts(rules[name].when) if isinstance(part, RuleHolds)]
    assert set(rules) == used


# --- the same patient, seen by each -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("t_score", "very_high_in"),
    [
        (-3.0, set()),
        (-3.1, {"aace_2020"}),
        (-3.4, {"aace_2020"}),
        (-3.5, {"aace_2020", "nogg_2024", "acr_giop_2022"}),
    ],
)
def test_the_t_score_of_a_very_high_risk_is_each_guideline_s_own(t_score: float, very_high_in: set[str]) -> None:
    facts = {
        "t_score_applies": True, "postmenopausal": True, "age_y": 66.0, "lowest_t_score": t_score,
        "glucocorticoid_long_term": True, "glucocorticoid_mg_d": 5.0,
    }  # fmt: skip
    found = {
        name for name in ("aace_2020", "nogg_2024", "acr_giop_2022") if answer(name, facts).category == "very_high"
    }
    assert found == very_high_in


def test_a_man_is_judged_by_the_guidelines_that_speak_of_men() -> None:
    facts = {"sex": "male", "age_y": 70.0, "postmenopausal": False, "t_score_applies": True, "lowest_t_score": -3.6,
             "glucocorticoid_long_term": False}  # fmt: skip
    speaking = {each.id for each in WITH_CATEGORIES if answer(each.id, facts).applies is Truth.YES}
    assert speaking == {"acp_2023", "bhof_2022", "nogg_2024"}


def test_a_fall_makes_nobody_with_good_bone_very_high_by_aace() -> None:
    good = {"postmenopausal": True, "lowest_t_score": -0.4, "lowest_t_score_ever": -0.4, "hip_fracture": False,
            "vertebral_fracture": False}  # fmt: skip
    assert answer("aace_2020", {**good, "injurious_fall": True}).verdict is Truth.NO
    assert answer("aace_2020", {"postmenopausal": True, "lowest_t_score": -2.6, "injurious_fall": True}).category == (
        "very_high"
    )


@pytest.mark.parametrize(("age", "suffix"), [(39.9, " (under 40)"), (40.0, "")])
def test_acr_has_tables_of_its_own_for_adults_under_40(age: float, suffix: str) -> None:
    facts = {"age_y": age, "glucocorticoid_long_term": True, "glucocorticoid_mg_d": 5.0, "fragility_fracture": True}
    assert answer("acr_giop_2022", facts).label == f"Very high{suffix}"


# --- FRAX -------------------------------------------------------------------------------------------------------------

SOMEBODY = {
    "age_y": 70.0,
    "sex": "female",
    "t_score_applies": True,
    "lowest_t_score": -1.8,
    "fragility_fracture": False,
}

FRAX_RULES = [
    rule
    for framework in FRAMEWORKS.values()
    for rule in framework.rules
    if (names := facts_of(rule.when, KNOWLEDGE)) and all(name.startswith("frax_") for name in names)
]


@pytest.mark.parametrize("rule", FRAX_RULES, ids=[rule.id for rule in FRAX_RULES])
def test_without_a_typed_frax_a_frax_criterion_cannot_be_told(rule: Rule) -> None:
    assert judge(rule, occasion(**SOMEBODY)).verdict is Truth.CANNOT_TELL


def test_nogg_asks_its_own_site_about_frax_and_never_its_number() -> None:
    asked = {name for rule in FRAMEWORKS["nogg_2024"].rules for name in facts_of(rule.when, KNOWLEDGE)}
    assert {name for name in asked if name.startswith("frax_")} == {
        "frax_above_nogg_threshold",
        "frax_very_high_by_nogg",
    }


# --- whatever the facts -----------------------------------------------------------------------------------------------

PART = {
    "age_y": st.integers(30, 95).map(float),
    "sex": st.sampled_from(["female", "male"]),
    "postmenopausal": st.booleans(),
    "t_score_applies": st.booleans(),
    "lowest_t_score": st.sampled_from([-4.0, -3.5, -3.1, -3.0, -2.5, -2.4, -1.0, 0.0]),
    "lowest_t_score_ever": st.sampled_from([-4.0, -2.5, -2.4, 0.0]),
    "lowest_z_score": st.sampled_from([-3.1, -2.0, 0.0]),
    "hip_fracture": st.booleans(),
    "vertebral_fracture": st.booleans(),
    "vertebral_fracture_count": st.sampled_from([0.0, 1.0, 2.0]),
    "last_vertebral_fracture_mo": st.sampled_from([3.0, 24.0, 40.0]),
    "humerus_pelvis_forearm_fracture": st.booleans(),
    "fragility_fracture": st.booleans(),
    "fragility_fracture_count": st.sampled_from([0.0, 1.0, 2.0]),
    "last_fragility_fracture_mo": st.sampled_from([3.0, 12.0, 40.0]),
    "fracture_on_treatment": st.booleans(),
    "secondary_causes": st.sampled_from([frozenset(), frozenset({"osteomalacia"})]),
    "glucocorticoid_now": st.booleans(),
    "glucocorticoid_long_term": st.booleans(),
    "glucocorticoid_mg_d": st.sampled_from([0.0, 2.5, 7.5, 30.0]),
    "glucocorticoid_mo": st.sampled_from([0.0, 3.0, 8.0]),
    "glucocorticoid_over_30mg_30d": st.booleans(),
    "glucocorticoid_g_last_year": st.sampled_from([0.0, 5.0]),
    "significant_bmd_loss": st.booleans(),
    "aromatase_inhibitor_now": st.booleans(),
    "frax_mof_pct": st.sampled_from([5.0, 20.0, 31.0]),
    "frax_hip_pct": st.sampled_from([0.5, 3.0, 5.0]),
    "frax_mof_gc_adjusted_pct": st.sampled_from([5.0, 10.0, 30.0]),
    "frax_hip_gc_adjusted_pct": st.sampled_from([0.5, 3.0, 5.0]),
    "frax_above_nogg_threshold": st.booleans(),
    "frax_very_high_by_nogg": st.booleans(),
    "high_falls_risk": st.booleans(),
    "injurious_fall": st.booleans(),
}
NAMES = st.sampled_from([each.id for each in WITH_CATEGORIES])


def rank(framework: str, found: RiskCategory) -> int:
    """The place of a category from the lowest: no category is 0."""
    order = [each.id for each in FRAMEWORKS[framework].categories]
    return len(order) - order.index(found.category) if found.category else 0


def test_these_are_all_the_facts_that_the_categories_ask_for() -> None:
    rules = [category.rule for framework in WITH_CATEGORIES for category in framework.categories]
    asked = frozenset().union(*(facts_of(RuleHolds(rule), KNOWLEDGE) for rule in rules))
    assert asked == set(PART)


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({}, optional=PART), NAMES)
def test_the_category_is_the_highest_that_holds_and_says_what_may_lie_above(
    facts: dict[str, object], framework: str
) -> None:
    found = answer(framework, facts)
    if not found.category:
        assert all(each.verdict is not Truth.YES for each in found.findings)
        return
    index = [each.id for each in FRAMEWORKS[framework].categories].index(found.category)
    above = found.findings[:index]
    assert found.findings[index].verdict is Truth.YES
    assert Truth.YES not in {each.verdict for each in above}
    assert found.is_floor == any(each.verdict is Truth.CANNOT_TELL for each in above)


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(PART), NAMES)
def test_who_knows_everything_is_left_with_no_open_question(facts: dict[str, object], framework: str) -> None:
    found = answer(framework, facts)
    assert found.verdict is not Truth.CANNOT_TELL
    assert found.open_above == ()


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(PART), st.fixed_dictionaries({}, optional=PART), NAMES)
def test_learning_more_never_takes_a_category_back_to_a_lower_one(
    everything: dict[str, object], first: dict[str, object], framework: str
) -> None:
    """What was "at least high" on part of the facts stays high or rises when the rest is known."""
    before = answer(framework, first)
    after = answer(framework, {**everything, **first})
    assert rank(framework, after) >= rank(framework, before)
    if before.category and not before.is_floor:
        assert after.category == before.category


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(PART), NAMES)
def test_a_lower_t_score_never_lowers_the_category(facts: dict[str, object], framework: str) -> None:
    scores = [0.0, -1.0, -1.1, -2.4, -2.5, -2.6, -3.0, -3.1, -3.4, -3.5, -4.0]
    ranks = [rank(framework, answer(framework, {**facts, "lowest_t_score": score})) for score in scores]
    assert all(lower <= higher for lower, higher in pairwise(ranks)), ranks


# --- what stands twice says the same ----------------------------------------------------------------------------------


def test_the_least_significant_changes_follow_from_the_precision_that_iscd_accepts() -> None:
    iscd = FRAMEWORKS["iscd"].parameters
    for site in ("lumbar_spine", "total_hip", "femoral_neck"):
        change = iscd[f"precision_{site}"].value * iscd["least_significant_change_factor"].value
        assert KNOWLEDGE.parameter(f"facts.lsc_{site}").value == pytest.approx(change, abs=0.06)


def test_every_secondary_cause_that_the_program_can_find_counts_as_one() -> None:
    (test,) = parts(KNOWLEDGE.rules["diagnosis.dx7"].when)
    assert isinstance(test, FactTest)
    assert isinstance(test.value, tuple)
    assert set(test.value) == {name.removesuffix("_now").removesuffix("_recorded") for name in SECONDARY_CAUSES}


def test_the_goal_directed_framework_names_no_number_for_a_target() -> None:
    framework = FRAMEWORKS["asbmr_bhof_2024"]
    assert framework.parameters == {}
    assert not any("T-score" in each.value for each in framework.recommendations)


def test_knowledge_of_another_day_holds_only_what_was_in_force() -> None:
    early = load(date(2018, 1, 1))
    assert "romosozumab" not in early.drugs
    assert "aace_2020" not in early.frameworks
    assert early.on <= date(2018, 1, 1)
