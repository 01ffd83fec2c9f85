"""Lay a chosen course out in time: preparation, doses, checks, reviews and the way out, in the order of days."""

from __future__ import annotations

from osteon.pathway.dosing import doses
from osteon.pathway.follow_up import follow_up
from osteon.pathway.gate import Gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option
from osteon.pathway.preparation import preparation
from osteon.pathway.start import Start
from osteon.pathway.steps import PlanStep, StepKind


def schedule(option: Option, start: Start, gate: Gate, at: Occasion, *, is_provisional: bool) -> tuple[PlanStep, ...]:
    """Every dated step of this option, in the order of time."""
    steps = [
        *preparation(option, start, gate, at),
        *doses(option, start, at, is_provisional=is_provisional),
        *follow_up(option, start, at),
    ]
    return in_order(steps)


def in_order(steps: list[PlanStep]) -> tuple[PlanStep, ...]:
    """Steps by day; on one day in the order in which they are done."""
    kinds = list(StepKind)
    return tuple(sorted(steps, key=lambda step: (step.on, kinds.index(step.kind), step.id)))
