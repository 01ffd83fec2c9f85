"""Which course of treatment, from first dose to the way out, does choosing this drug mean?"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.drug import Drug
from osteon.pathway.calendar import months_of


class Segment(Struct, frozen=True, kw_only=True):
    """One drug from one month to another, counted from the first dose. `stop_mo` is exclusive; times in months."""

    drug: str
    start_mo: float
    stop_mo: float
    interval_mo: float
    is_exit: bool = False

    @property
    def dose_months(self) -> tuple[float, ...]:
        """The months at which a dose falls: start, start + interval, ... strictly before stop."""
        count = 0
        months = []
        while (month := self.start_mo + count * self.interval_mo) < self.stop_mo - 1e-9:
            months.append(month)
            count += 1
        return tuple(months)


class Sequence(Struct, frozen=True, kw_only=True):
    """A course and what must follow it. `review_mo` is when the course is reviewed, not when it ends by itself."""

    drug: str
    segments: tuple[Segment, ...]
    review_mo: float
    exit_to: tuple[str, ...] = ()

    def notation(self, knowledge: Knowledge) -> str:
        """The course in the notation of regimens: `romosozumab:210mg/1mo@0-12,zoledronic_acid:5mg/12mo@12-48`."""
        return ",".join(_written(segment, knowledge.drugs[segment.drug]) for segment in self.segments)


def sequence(drug: Drug, knowledge: Knowledge, *, barred: Collection[str] = (), doses_before: float = 0) -> Sequence:
    """The course of this drug up to its limit or first review, then the way out where the drug must have one.

    `barred` are drugs that this patient may not have; the way out avoids them. `doses_before` is the part of a limited
    course (in months) that the patient has already had.
    """
    interval = months_of(drug.interval)
    limit = months_of(drug.maximum_course) if drug.maximum_course else None
    review = months_of(drug.review_after) if drug.review_after else months_of(knowledge.parameter("plan.horizon"))
    length = max(min(review, limit - doses_before) if limit is not None else review, interval)
    first = Segment(drug=drug.id, start_mo=0, stop_mo=length, interval_mo=interval)
    ways = sorted((way for way in drug.exits if way.after is not None), key=lambda way: not way.preferred)
    for way in ways:
        for follower in way.to:
            if follower in barred or follower not in knowledge.drugs or way.after is None:
                continue
            after = knowledge.drugs[follower]
            start = length if drug.self_administered else first.dose_months[-1] + months_of(way.after)
            span = months_of(after.review_after) if after.review_after and drug.anabolic else months_of(after.interval)
            follow = Segment(
                drug=follower, start_mo=round(start, 2), stop_mo=round(start + span, 2),
                interval_mo=months_of(after.interval), is_exit=True,
            )  # fmt: skip
            return Sequence(drug=drug.id, segments=(first, follow), review_mo=length, exit_to=way.to)
    return Sequence(drug=drug.id, segments=(first,), review_mo=length)


def _written(segment: Segment, drug: Drug) -> str:
    dose = drug.regimen.value.split("@")[0]
    if len(segment.dose_months) == 1 and not drug.self_administered:
        return f"{dose.split('/')[0]}@{segment.start_mo:g}"
    return f"{dose}@{segment.start_mo:g}-{segment.stop_mo:g}"
