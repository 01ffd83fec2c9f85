"""What must hold of every gate and plan, whatever the chart says."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osteon.knowledge.types import Severity, Use
from osteon.pathway.gate import Readiness, gate, rules_for
from osteon.pathway.known import Known
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import UnknownDrugError, plan
from osteon.pathway.replan import replan
from osteon.pathway.rules import facts_of
from osteon.pathway.truth import Truth
from tests.examples import ON, example, knowledge, occasion

DRUGS = sorted(knowledge().drugs)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def value_of(name: str) -> st.SearchStrategy[object]:
    """Any value that a fact of the vocabulary could take."""
    entry = knowledge().facts[name]
    if entry.kind == "flag":
        return st.booleans()
    if entry.kind == "choice":
        return st.sampled_from(entry.choices or ("other",))
    if entry.kind == "set":
        return st.frozensets(st.sampled_from([*DRUGS, "hip", "vertebra"]), max_size=3)
    low, high = (-6, 3) if entry.unit in ("{T}", "{Z}") else (0, 200)
    return st.floats(low, high).map(lambda value: round(value, 1))


FACTS = st.fixed_dictionaries({}, optional={name: value_of(name) for name in knowledge().facts})


def given_facts(facts: dict[str, object]) -> Occasion:
    known = {name: Known(value) for name, value in facts.items()}  # type: ignore[arg-type]
    return Occasion(example("jane"), ON, knowledge(), given=known, given_only=True)


@pytest.mark.parametrize("drug", DRUGS)
def test_knowing_nothing_never_yields_ready(drug: str) -> None:
    assert gate(knowledge().drugs[drug], given_facts({})).verdict is not Readiness.READY


@quick
@given(FACTS, st.sampled_from(DRUGS))
def test_ready_means_that_no_stop_or_hold_is_open(facts: dict[str, object], drug: str) -> None:
    answer = gate(knowledge().drugs[drug], given_facts(facts))
    blocking = [each for each in answer.findings if each.severity in (Severity.STOP, Severity.HOLD)]
    assert (answer.verdict is Readiness.READY) == all(each.verdict is Truth.NO for each in blocking)


@quick
@given(FACTS, st.sampled_from(DRUGS), st.data())
def test_only_the_facts_of_a_stop_can_clear_it(facts: dict[str, object], drug: str, data: st.DataObject) -> None:
    """Adding any other fact to a chart never turns a stop that holds into ready."""
    before = gate(knowledge().drugs[drug], given_facts(facts))
    stops = [each for each in before.of(Severity.STOP, Truth.YES) if each.id in knowledge().rules]
    if not stops:
        return
    rules = {rule.id: rule for rule in rules_for(knowledge().drugs[drug], Use.GATE, given_facts({}))}
    resolving = frozenset().union(*(facts_of(rules[each.id].when, knowledge()) for each in stops))
    others = sorted(set(knowledge().facts) - resolving)
    name = data.draw(st.sampled_from(others))
    after = gate(knowledge().drugs[drug], given_facts({**facts, name: data.draw(value_of(name))}))
    assert after.verdict is Readiness.NOT_READY
    assert {each.id for each in stops} <= {each.id for each in after.of(Severity.STOP, Truth.YES)}


@quick
@given(FACTS, st.sampled_from(["", *DRUGS]))
def test_every_plan_can_be_made_and_keeps_its_order(facts: dict[str, object], drug: str) -> None:
    made = plan(given_facts(facts), drug=drug)
    assert [step.on for step in made.steps] == sorted(step.on for step in made.steps)
    assert all(step.on >= ON for step in made.steps)
    assert len({step.id for step in made.steps}) == len(made.steps)
    assert made.sign_off.prescriber == ""
    blocked = {each.drug for each in made.options if each.standing.value == "blocked"}
    assert made.chosen not in blocked


@pytest.mark.parametrize("days", [0, 1, 5])
@pytest.mark.parametrize("name", ["jane", "mark"])
def test_a_plan_stands_while_there_is_no_new_fact(name: str, days: int) -> None:
    first = plan(occasion(name))
    again = replan(first, occasion(name, ON + timedelta(days=days)))
    assert again.is_unchanged
    assert again.plan == first


def test_a_missed_dose_moves_the_plan() -> None:
    first = plan(occasion("jane"))
    late = first.start.on + timedelta(days=40)  # type: ignore[union-attr]
    again = replan(first, occasion("jane", late))
    assert not again.is_unchanged
    assert again.plan.start.on >= late  # type: ignore[union-attr]
    assert "due on" in again.why


def test_the_same_chart_gives_the_same_plan() -> None:
    assert plan(occasion("mark")) == plan(occasion("mark"))


def test_an_unknown_drug_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(UnknownDrugError, match="zoledronic_acid"):
        plan(occasion("jane"), drug="zometa")


def test_the_day_is_an_argument_and_not_the_clock() -> None:
    assert plan(occasion("jane", date(2026, 11, 24))).on == date(2026, 11, 24)
