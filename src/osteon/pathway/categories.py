"""In which risk category does each guideline put this patient? Side by side, never mixed."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.types import Category, Framework
from osteon.pathway.finding import Finding
from osteon.pathway.occasion import Occasion
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
    findings: tuple[Finding, ...] = ()


def risk_categories(at: Occasion) -> tuple[RiskCategory, ...]:
    """Every guideline's category, in the order of the knowledge."""
    return tuple(risk_category(framework, at) for framework in at.knowledge.frameworks.values() if framework.categories)


def risk_category(framework: Framework, at: Occasion) -> RiskCategory:
    """The highest category of this guideline whose rule holds, and which higher ones are still open."""
    rules = at.knowledge.rules
    applies = judge(rules[framework.applies], at).verdict if framework.applies else Truth.YES
    if applies is Truth.NO:
        return RiskCategory(framework=framework.id, name=framework.name, applies=applies, verdict=Truth.NO)
    findings = tuple(judge(rules[category.rule], at) for category in framework.categories)
    held = next((index for index, finding in enumerate(findings) if finding.verdict is Truth.YES), None)
    open_above = tuple(
        category.label
        for category, finding in zip(framework.categories[:held], findings, strict=False)
        if finding.verdict is Truth.CANNOT_TELL
    )
    chosen: Category | None = None if held is None else framework.categories[held]
    if chosen is None:
        verdict = Truth.CANNOT_TELL if open_above else Truth.NO
        return RiskCategory(
            framework=framework.id,
            name=framework.name,
            applies=applies,
            verdict=verdict,
            open_above=open_above,
            findings=findings,
        )
    return RiskCategory(
        framework=framework.id,
        name=framework.name,
        applies=applies,
        verdict=Truth.YES,
        category=chosen.id,
        label=chosen.label,
        is_floor=bool(open_above),
        open_above=open_above,
        first_choice=chosen.first_choice.value if chosen.first_choice else (),
        alternatives=chosen.alternatives.value if chosen.alternatives else (),
        advice=tuple(each.value for each in chosen.advice),
        findings=findings,
    )
