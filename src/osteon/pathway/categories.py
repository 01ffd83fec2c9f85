"""In which risk category does each guideline put this patient? Side by side, never mixed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from osteon.knowledge.types import Category, Framework
from osteon.pathway.finding import Finding
from osteon.pathway.logic import truth_of
from osteon.pathway.occasion import Occasion
from osteon.pathway.on_request import OnRequest
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth


class RiskCategory(Struct, frozen=True, kw_only=True):
    """One guideline's answer.

    `verdict` says whether the category can be told at all. `category` is the highest whose rule holds, `open_above`
    those higher ones that cannot be ruled out: with any of them the category is a floor ("at least"). `findings` are
    the categories' rules, from the highest. `applies` is no where the guideline does not speak of this patient.
    """

    framework: str
    name: str
    applies: Truth
    verdict: Truth
    category: str = ""
    label: str = ""
    is_floor: bool = False
    open_above: tuple[str, ...] = ()
    first_choice: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    findings: Sequence[Finding] = ()


def risk_categories(at: Occasion) -> tuple[RiskCategory, ...]:
    """Every guideline's category, in the order of the knowledge."""
    return tuple(risk_category(framework, at) for framework in at.knowledge.frameworks.values() if framework.categories)


def risk_category(framework: Framework, at: Occasion) -> RiskCategory:
    """The highest category of this guideline whose rule holds, and which higher ones are still open."""
    applies = truth_of(framework.applies, at) if framework.applies else Truth.YES
    answer = RiskCategory(framework=framework.id, name=framework.name, applies=applies, verdict=Truth.NO)
    if applies is Truth.NO:
        return answer
    chosen, open_above = _highest(framework, at)
    found = replace(
        answer,
        verdict=Truth.YES if chosen else Truth.CANNOT_TELL if open_above else Truth.NO,
        open_above=tuple(open_above),
        findings=OnRequest(_findings, framework, at),
    )
    if chosen is None:
        return found
    return replace(
        found,
        category=chosen.id,
        label=chosen.label,
        is_floor=bool(open_above),
        first_choice=chosen.first_choice.value if chosen.first_choice else (),
        alternatives=chosen.alternatives.value if chosen.alternatives else (),
        advice=tuple(each.value for each in chosen.advice),
    )


def _highest(framework: Framework, at: Occasion) -> tuple[Category | None, list[str]]:
    """The first category, from the top, whose rule holds, and the labels of those above it that cannot be told."""
    open_above: list[str] = []
    for category in framework.categories:
        truth = truth_of(category.rule, at)
        if truth is Truth.YES:
            return category, open_above
        if truth is Truth.CANNOT_TELL:
            open_above.append(category.label)
    return None, open_above


def _findings(framework: Framework, at: Occasion) -> tuple[Finding, ...]:
    return tuple(judge(at.knowledge.rules[category.rule], at) for category in framework.categories)
