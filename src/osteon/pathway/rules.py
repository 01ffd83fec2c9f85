"""Hold a rule against an occasion: the verdict, the facts it rests on, and what is missing."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.types import Expression, FactTest, Rule, RuleHolds
from osteon.pathway.finding import Finding, Missing, Reason
from osteon.pathway.logic import deciding, truth_of, walk
from osteon.pathway.occasion import Occasion
from osteon.pathway.on_request import OnRequest
from osteon.pathway.step import Step
from osteon.pathway.truth import Truth
from osteon.pathway.wording import question, said


def judge(rule: Rule, at: Occasion) -> Finding:
    """Does this rule hold for this patient on this day, and why?"""
    verdict = truth_of(rule.id, at)
    return Finding(
        id=rule.id,
        verdict=verdict,
        severity=rule.severity,
        text=_text(rule, verdict),
        because=OnRequest(_because, rule, at),
        missing=OnRequest(_missing, rule, at),
        citations=rule.cite,
        verified=rule.verified,
        remedy="" if verdict is Truth.NO else rule.remedy,
        only_a_result_clears=rule.only_a_result_clears,
        note=rule.note,
    )


def _because(rule: Rule, at: Occasion) -> tuple[Reason, ...]:
    return tuple(reason(name, at) for name in deciding(walk(rule.when, at)) if at[name].is_known)


def _missing(rule: Rule, at: Occasion) -> tuple[Missing, ...]:
    return tuple(missing(name, at) for name in deciding(walk(rule.when, at)) if not at[name].is_known)


def _text(rule: Rule, truth: Truth) -> str:
    if truth is Truth.YES:
        return rule.says
    if truth is Truth.NO:
        return rule.otherwise or f"Does not hold: {rule.says}"
    return f"Cannot tell yet whether this holds: {rule.says}"


def reason(name: str, at: Occasion) -> Reason:
    """A fact as a reason: what it said, when, and on which entries of the chart it rests."""
    found = at.reasons.get(name)
    if found is None:
        known, entry = at[name], at.knowledge.facts[name]
        found = at.reasons[name] = Reason(
            fact=name,
            label=entry.label,
            value=sorted(known.value) if isinstance(known.value, frozenset) else known.value,
            unit=entry.unit,
            as_of=known.as_of,
            sources=known.sources,
        )
    return found


def missing(name: str, at: Occasion) -> Missing:
    """A fact that is not there: why not, and what to do about it."""
    entry = at.knowledge.facts[name]
    return Missing(name, entry.label, entry.obtain, at[name].why_not)


# --- the tree of reasons --------------------------------------------------------------------------------------------


class Branch(Struct, frozen=True):
    """One node of the tree of reasons, in words. `fact` is empty for a node that only joins others."""

    asked: str
    truth: Truth
    answer: str = ""
    fact: str = ""
    below: tuple[Branch, ...] = ()


def explain(rule: Rule, at: Occasion) -> Branch:
    """The walk through a rule as a tree in words: what was asked at each turn, and what the chart answered."""
    step = walk(rule.when, at)
    return Branch(rule.says, step.truth, "", "", (_branch(step, at),))


def _branch(step: Step, at: Occasion) -> Branch:
    asked = question(step.expression, at.knowledge)
    if isinstance(step.expression, FactTest):
        return Branch(asked, step.truth, _answer(step.expression, at), step.expression.fact)
    return Branch(asked, step.truth, "", "", tuple(_branch(each, at) for each in step.below))


def _answer(test: FactTest, at: Occasion) -> str:
    known = at[test.fact]
    if known.value is None:
        return f"not known: {known.why_not}" if known.why_not else "not known"
    words = said(known.value, at.knowledge.facts[test.fact].unit)
    grounds = "; ".join(
        ground.text + (f", {ground.when}" if ground.when else "") for ground in known.grounds if ground.text
    )
    return f"{words} ({grounds})" if grounds else words


def facts_of(expression: Expression, knowledge: Knowledge) -> frozenset[str]:
    """Every named fact that an expression may ask for, through other rules too."""
    if isinstance(expression, FactTest):
        return frozenset({expression.fact})
    if isinstance(expression, RuleHolds):
        rule = knowledge.rules.get(expression.rule)
        return facts_of(rule.when, knowledge) if rule else frozenset()
    inner = expression.of if isinstance(expression.of, tuple) else (expression.of,)
    return frozenset().union(*(facts_of(each, knowledge) for each in inner))
