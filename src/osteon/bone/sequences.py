"""Which sequences of drugs does the label allow, year by year, within a budget?

A sequence is one drug (or none) per year. The rules say why a step is not allowed, so that the search can tell what it
ruled out; they are read from `Label`, and what is a default of the program says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

import msgspec

from osteon.bone.label import NOTHING, Label
from osteon.bone.regimen import Course, Regimen
from osteon.bone.tested import table
from osteon.knowledge.spans import DAYS_PER_MONTH

Yearly = tuple[str, ...]
"""One drug, or `none`, for each year."""

YEAR = 12.0

LONGEST_TABLET_GAP_D = 31.0
"""A drug taken at home that was taken within a month still runs: a design default."""

MOST_CHANGES = 2
"""How often a sequence may change the drug: a design default that keeps plans that a person can live."""


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be spent over the whole time? None is no limit.

    `visits` are doses given at a clinic; `treated_months` months with a drug; `cost` is in the unit of
    `cost_per_year`, which holds the cost of a year of each drug (a drug without a cost cannot be bought).
    """

    visits: float | None = None
    treated_months: float | None = None
    cost: float | None = None
    cost_per_year: dict[str, float] = {}


class Spent(msgspec.Struct, frozen=True):
    """What does a sequence ask for? `cost` is None where a cost is not known."""

    visits: float
    treated_months: float
    cost: float | None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Within which limits is searched?

    `drugs` are those allowed; `before` the treatment so far (months before today); `start_month` the month in which
    the first year begins: today, or when the next dose of the clinic is due; `tested`, where given, the only changes
    from one drug to another that are allowed.
    """

    labels: dict[str, Label]
    drugs: tuple[str, ...]
    years: int
    budget: Budget
    male: bool
    before: Regimen
    start_month: float
    most_changes: int = MOST_CHANGES
    tested: frozenset[tuple[str, str]] | None = None

    def why_not(self, so_far: Yearly, drug: str) -> str | None:
        """Why may this drug (or `none`) not fill the next year? None if it may."""
        last = so_far[-1] if so_far else self.still_with()
        reasons = (
            check(so_far, drug, last)
            for check in (self._start, self._follows, self._length, self._changes, self._afford)
        )
        return next((reason for reason in reasons if reason is not None), None)

    def why_unfinished(self, whole: Yearly) -> str | None:
        """Why is a sequence of full length no plan? What a bone-building drug has built is lost if nothing follows."""
        last = whole[-1]
        if last != NOTHING and self.labels[last].anabolic:
            return "no time is left for what must follow a bone-building drug"
        return None

    def spent(self, so_far: Yearly) -> Spent:
        """What does this sequence ask for?"""
        visits = treated = 0.0
        cost: float | None = 0.0
        for drug in so_far:
            if drug == NOTHING:
                continue
            label = self.labels[drug]
            visits += YEAR / label.interval_months if label.at_clinic else 0.0
            treated += YEAR
            each = self.budget.cost_per_year.get(drug)
            cost = None if cost is None or each is None else cost + each
        return Spent(visits, treated, cost)

    def effort(self, whole: Yearly) -> tuple[float, int]:
        """What does this sequence ask of the patient: visits, then changes of drug?"""
        return self.spent(whole).visits, sum(1 for _ in runs(whole))

    def regimen(self, whole: Yearly) -> Regimen:
        """Which regimen is this sequence, after what was given before?"""
        return Regimen((*self.before.courses, *self.courses(whole)))

    def courses(self, whole: Yearly) -> tuple[Course, ...]:
        """Which courses does this sequence add to what was given before?"""
        return tuple(
            self.labels[drug].course(self.start_month + YEAR * first, self.start_month + YEAR * last)
            for drug, first, last in runs(whole)
            if drug != NOTHING
        )

    def still_with(self) -> str | None:
        """With which drug does the first year have to reckon? None after a treatment that may just end, and has."""
        return still_with(self.before, self.labels)

    def _start(self, _so_far: Yearly, drug: str, last: str | None) -> str | None:
        if drug == NOTHING:
            return "a sequence begins with a drug" if last is None else None
        label = self.labels[drug]
        if self.male and not label.for_men:
            return f"{drug} is not for men"
        return f"{drug} is off label" if label.off_label else None

    def _follows(self, so_far: Yearly, drug: str, last: str | None) -> str | None:
        if last is None or drug == last or last == NOTHING:
            return None
        before = self.labels[last]
        if drug != NOTHING:
            if drug not in before.may_follow:
                return f"knowledge names no change from {last} to {drug}"
            untested = self.tested is not None and (last, drug) not in self.tested
            return f"no trial known here has tested {drug} after {last}" if untested else None
        if before.must_be_followed:
            return f"{last} may not just end"
        needed = before.review_months or 0.0
        entry = next((each for each in reversed(so_far) if each != last), self._entry(last))
        if entry is not None and entry != NOTHING and self._is_way_out(entry, last):
            needed = min(needed, YEAR)
        if not before.nothing_may_follow or self._used(so_far, last, run_only=True) < needed - 1e-6:
            return f"{last} is not paused before {needed:g} months"
        return None

    def _length(self, so_far: Yearly, drug: str, _last: str | None) -> str | None:
        if drug == NOTHING or (longest := self.labels[drug].longest_months) is None:
            return None
        used = self._used(so_far, drug)
        return f"{drug} is given for {longest:g} months at most" if used + YEAR > longest + 1e-6 else None

    def _changes(self, so_far: Yearly, drug: str, _last: str | None) -> str | None:
        made = sum(one != two for one, two in pairwise((*so_far, drug)))
        return f"more than {self.most_changes} changes of drug" if made > self.most_changes else None

    def _afford(self, so_far: Yearly, drug: str, _last: str | None) -> str | None:
        spent, budget = self.spent((*so_far, drug)), self.budget
        if budget.visits is not None and spent.visits > budget.visits + 1e-6:
            return "more visits than the budget"
        if budget.treated_months is not None and spent.treated_months > budget.treated_months + 1e-6:
            return "more months of treatment than the budget"
        if budget.cost is not None and (spent.cost is None or spent.cost > budget.cost + 1e-6):
            return "dearer than the budget" if spent.cost is not None else f"the cost of {drug} is not known"
        return None

    def _used(self, so_far: Yearly, drug: str, *, run_only: bool = False) -> float:
        """Months of this drug so far, or of its class where the class builds bone: the limit is for a lifetime."""
        label = self.labels[drug]
        alike = {
            other for other, each in self.labels.items()
            if other == drug or (label.anabolic and each.drug_class == label.drug_class)
        }  # fmt: skip
        years = 0
        for each in reversed(so_far):
            if each in alike:
                years += 1
            elif run_only:
                return YEAR * years
        return YEAR * years + sum(_months_before(self.before, other) for other in alike)

    def _is_way_out(self, of: str, drug: str) -> bool:
        """Is this drug the way out of an antiresorptive? Then a year of it is enough (tablets: one to two)."""
        return drug in self.labels[of].exit_drugs and not self.labels[of].anabolic

    def _entry(self, last: str) -> str | None:
        earlier = [course for course in self.before.courses if course.drug != last]
        return max(earlier, key=lambda course: course.start_month).drug if earlier else None


def known_changes() -> frozenset[tuple[str, str]]:
    """Which changes from one drug to another has a trial tested (data/tested_sequences.csv)?"""
    return frozenset((row.first, row.second) for row in table().values() if row.kind == "then")


def runs(whole: Yearly) -> Iterator[tuple[str, int, int]]:
    """Which drug fills which years? (drug, first, one past the last)."""
    first = 0
    for place in range(1, len(whole) + 1):
        if place == len(whole) or whole[place] != whole[first]:
            yield whole[first], first, place
            first = place


def still_with(before: Regimen, labels: Mapping[str, Label]) -> str | None:
    """Which drug of the treatment so far still counts: one that runs, or one that may not just end, though it has?"""
    last = _last_dose(before)
    if last is None:
        return None
    drug, day, interval = last
    runs_on = day + max(interval or labels[drug].interval_months * DAYS_PER_MONTH, LONGEST_TABLET_GAP_D) >= -1e-6
    return drug if runs_on or labels[drug].must_be_followed else None


def next_due_month(before: Regimen, labels: Mapping[str, Label]) -> float:
    """In which month does the first year begin: today (0), or when the next dose from the clinic falls due?"""
    last = _last_dose(before)
    if last is None or not labels[last[0]].at_clinic:
        return 0.0
    drug, day, interval = last
    return max(0.0, (day + (interval or labels[drug].interval_months * DAYS_PER_MONTH)) / DAYS_PER_MONTH)


def _last_dose(before: Regimen) -> tuple[str, float, float | None] | None:
    """Which drug was given last, on which day, at which interval (d)?"""
    last = [(course.doses()[-1].day, course.drug, course.interval_days) for course in before.courses]
    if not last:
        return None
    day, drug, interval = max(last, key=lambda each: each[0])
    return drug, day, interval


def enumerate_sequences(rules: Rules, most: int, ruled_out: Counter[str]) -> list[Yearly] | None:
    """Which sequences of full length do the rules allow? None if there are more than `most`.

    `ruled_out` counts, for each reason, the branches that were cut.
    """
    found: list[Yearly] = []

    def grow(so_far: Yearly) -> bool:
        if len(so_far) == rules.years:
            reason = rules.why_unfinished(so_far)
            if reason is not None:
                ruled_out[reason] += 1
            else:
                found.append(so_far)
            return len(found) <= most
        for drug in (*rules.drugs, NOTHING):
            reason = rules.why_not(so_far, drug)
            if reason is not None:
                ruled_out[reason] += 1
            elif not grow((*so_far, drug)):
                return False
        return True

    return found if grow(()) else None


def _months_before(before: Regimen, drug: str) -> float:
    return sum(
        min(course.stop_month, 0.0) - course.start_month
        for course in before.courses
        if course.drug == drug and course.stop_month is not None
    )
