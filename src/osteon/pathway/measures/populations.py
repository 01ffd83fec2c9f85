"""In which populations of a measure is a patient: yes, no, or cannot tell?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from osteon.pathway.truth import Truth, every

INITIAL = "initial-population"
DENOMINATOR = "denominator"
EXCLUSION = "denominator-exclusion"
NUMERATOR = "numerator"
NUMERATOR_EXCLUSION = "numerator-exclusion"
EXCEPTION = "denominator-exception"

Judgement: TypeAlias = Callable[[], Truth]


class Populations(NamedTuple):
    """Where one patient stands, by the name of the population; in a measure of several indicators `kpi-4.numerator`."""

    truths: Mapping[str, Truth]

    @property
    def counts(self) -> dict[str, int | None]:
        """1 where the patient is in, 0 where not, None where it cannot be told."""
        return {name: COUNTS[truth] for name, truth in self.truths.items()}


COUNTS: Mapping[Truth, int | None] = {Truth.YES: 1, Truth.NO: 0, Truth.CANNOT_TELL: None}


def proportion(
    initial: Truth,
    *,
    numerator: Judgement,
    exclusion: Judgement | None = None,
    numerator_exclusion: Judgement | None = None,
    exception: Judgement | None = None,
) -> Populations:
    """Where a patient stands in a proportion measure whose denominator is its initial population.

    One population rests on another, as FHIR's Clinical Reasoning has it: only who is in the denominator and not
    excluded can be in the numerator, only who is in the numerator can be excluded from it, only who is not can be an
    exception. What is not asked for is not judged.
    """
    truths = {INITIAL: initial, DENOMINATOR: initial}
    counted = initial
    if exclusion:
        truths[EXCLUSION] = _within(initial, exclusion)
        counted = every((initial, ~truths[EXCLUSION]))
    truths[NUMERATOR] = _within(counted, numerator)
    if numerator_exclusion:
        truths[NUMERATOR_EXCLUSION] = _within(truths[NUMERATOR], numerator_exclusion)
    if exception:
        truths[EXCEPTION] = _within(every((counted, ~truths[NUMERATOR])), exception)
    return Populations(truths)


def _within(outer: Truth, inner: Judgement) -> Truth:
    return outer if outer is Truth.NO else every((outer, inner()))
