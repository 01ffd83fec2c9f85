"""What does this patient have, how high is the risk, and what is still missing to say so?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from osteon.pathway.categories import RiskCategory, risk_categories
from osteon.pathway.finding import Finding
from osteon.pathway.occasion import Occasion
from osteon.pathway.on_request import OnRequest
from osteon.pathway.risk.scores import Score, scores
from osteon.pathway.rules import judge
from osteon.pathway.truth import Truth, some
from osteon.pathway.wanted import Wanted, wanted

DIAGNOSTIC = ("dx1", "dx2", "dx3", "dx4", "dx5", "recorded")
"""The rules of which one is enough: those of the guidelines, and a diagnosis that a clinician has recorded."""


class Assessment(Struct, frozen=True, kw_only=True):
    """The answer to the first question of the pathway, with every reason.

    `osteoporosis` is yes where at least one diagnostic rule holds (each names its guideline). `categories` stand side
    by side, one a guideline. `work_up`, `imaging`, `screening` and `monitoring` hold what is to be done, still or
    again. `missing` ranks what would settle most. The scores and the lists are worked out when they are read.
    """

    on: date
    jurisdiction: str
    osteoporosis: Truth
    diagnosis: tuple[Finding, ...]
    categories: tuple[RiskCategory, ...]
    scores: Sequence[Score]
    fall_risk: tuple[Finding, ...]
    failure: tuple[Finding, ...]
    work_up: Sequence[Finding]
    imaging: Sequence[Finding]
    screening: Sequence[Finding]
    monitoring: Sequence[Finding]
    missing: Sequence[Wanted]

    def category(self, framework: str) -> RiskCategory | None:
        """The category of one guideline, or None where it has none."""
        return next((each for each in self.categories if each.framework == framework), None)


def assess(at: Occasion) -> Assessment:
    """Judge the patient of this occasion against every guideline in force."""
    diagnosis = _book(at, "diagnosis")
    categories = risk_categories(at)
    fall_risk = _book(at, "fall_risk")
    failure = _book(at, "treatment_failure")
    return Assessment(
        on=at.on,
        jurisdiction=at.knowledge.jurisdiction.value,
        osteoporosis=osteoporosis(diagnosis),
        diagnosis=diagnosis,
        categories=categories,
        scores=OnRequest(scores, at),
        fall_risk=fall_risk,
        failure=failure,
        work_up=OnRequest(_book, at, "work_up"),
        imaging=OnRequest(_book, at, "vertebral_imaging"),
        screening=OnRequest(_book, at, "screening"),
        monitoring=OnRequest(_book, at, "monitoring"),
        missing=OnRequest(_wanted, diagnosis, categories, fall_risk, failure),
    )


def _wanted(
    diagnosis: tuple[Finding, ...],
    categories: tuple[RiskCategory, ...],
    fall_risk: tuple[Finding, ...],
    failure: tuple[Finding, ...],
) -> tuple[Wanted, ...]:
    of_categories = (finding for category in categories for finding in category.findings)
    return wanted((*diagnosis, *of_categories, *fall_risk, *failure))


def osteoporosis(diagnosis: tuple[Finding, ...]) -> Truth:
    """Does at least one diagnostic rule hold?"""
    return some(each.verdict for each in diagnosis if each.id.removeprefix("diagnosis.") in DIAGNOSTIC)


def _book(at: Occasion, name: str) -> tuple[Finding, ...]:
    return tuple(judge(rule, at) for rule in at.knowledge.books[name].rules)
