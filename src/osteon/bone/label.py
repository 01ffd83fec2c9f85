"""What do label and guidelines allow of each drug: dose, interval, longest course, what may follow?

Read from `osteon.knowledge`; nothing is known here that is not written there.
"""

import re

import msgspec

from osteon.bone.regimen import Course, parse_regimen
from osteon.knowledge import Knowledge
from osteon.knowledge.drug import Drug, DrugClass
from osteon.knowledge.spans import DAYS, DAYS_PER_MONTH
from osteon.knowledge.types import Quantity

NOTHING = "none"
"""Stands among drugs for a time without any, on calcium and vitamin D alone."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """How is this drug given, for how long, and what may follow it?

    `written` is dose and interval in the notation of regimens (`denosumab:60mg/6mo`); times in months, None where no
    limit is known. `may_follow` are the drugs that knowledge names after it, without a pause; `nothing_may_follow` says
    that it may be paused after `review_months`; `must_be_followed` that it may never just end.
    """

    drug: str
    written: str
    interval_months: float
    drug_class: DrugClass
    at_clinic: bool
    anabolic: bool
    for_men: bool
    off_label: bool
    longest_months: float | None
    review_months: float | None
    may_follow: tuple[str, ...]
    exit_drugs: tuple[str, ...]
    nothing_may_follow: bool
    must_be_followed: bool

    def course(self, start_month: float, stop_month: float) -> Course:
        """Which course is this drug from one month to another?"""
        (course,) = parse_regimen(f"{self.written}@0-1").courses
        return msgspec.structs.replace(course, start_month=start_month, stop_month=stop_month)

    def one_dose(self, month: float) -> Course:
        """Which course is a single dose of this drug?"""
        (course,) = parse_regimen(f"{self.written}@0-1").courses
        return msgspec.structs.replace(course, start_month=month, stop_month=None, interval=None, interval_unit="mo")


def labels(knowledge: Knowledge) -> dict[str, Label]:
    """What do label and guidelines in force allow, drug by drug?

    `for_men` is true where an indication names men. A follower of denosumab counts as a way out only where knowledge
    gives the time at which it begins (a bisphosphonate six months after the last injection).
    """
    return {drug.id: _label(drug) for drug in knowledge.drugs.values()}


def _label(drug: Drug) -> Label:
    written = drug.regimen.value.split("@")[0]
    timed = tuple(other for way in drug.exits if way.after is not None for other in way.to)
    untimed = tuple(other for way in drug.exits if way.after is None for other in way.to)
    return Label(
        drug=drug.id,
        written=written,
        interval_months=_months(drug.interval) or 1.0,
        drug_class=drug.drug_class,
        at_clinic=not drug.is_taken_at_home,
        anabolic=drug.anabolic,
        for_men=any(re.search(r"\bmen\b", indication.value) for indication in drug.indications),
        off_label=drug.off_label,
        longest_months=_months(drug.maximum_course),
        review_months=_months(drug.review_after),
        may_follow=timed if drug.no_holiday is not None and timed else (*timed, *untimed),
        exit_drugs=timed,
        nothing_may_follow=any(not way.to for way in drug.exits),
        must_be_followed=drug.no_holiday is not None,
    )


def _months(span: Quantity | None) -> float | None:
    if span is None:
        return None
    months = span.value * DAYS[span.unit] / DAYS_PER_MONTH
    return round(months, 6)
