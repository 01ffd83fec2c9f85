"""What changes in a plan when new facts arrive, or a day passes on which something was due?"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import Plan, plan
from osteon.pathway.steps import PlanStep, StepKind


class Moved(Struct, frozen=True):
    """A step that both plans hold, on another day."""

    step: PlanStep
    before: date


class Revision(Struct, frozen=True, kw_only=True):
    """The plan that now stands, and how it differs from the one before."""

    plan: Plan
    why: str
    added: tuple[PlanStep, ...] = ()
    dropped: tuple[PlanStep, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Does the earlier plan still stand?"""
        return not (self.added or self.dropped or self.moved)


_BINDING = (StepKind.DOSE, StepKind.EXIT)
"""A plan is laid out anew when one of these was due and is not on the chart."""


def replan(previous: Plan, at: Occasion, *, drug: str = "") -> Revision:
    """Does the earlier plan still stand, and if not, which one does?

    It stands while the chart and the knowledge are the same, nobody asks for another drug, and no dose that it names
    has been missed. A pure function: nothing is stored.
    """
    wanted = drug or previous.chosen
    missed = next((step for step in previous.steps if step.kind in _BINDING and (step.by or step.on) < at.on), None)
    same = (
        previous.chart == at.chart.fingerprint
        and previous.knowledge == at.knowledge.version
        and previous.jurisdiction == at.knowledge.jurisdiction.value
        and wanted == previous.chosen
    )
    if same and missed is None:
        return Revision(plan=previous, why="No new fact, and nothing was missed: the plan stands.")
    new = plan(at, drug=drug, framework=previous.framework)
    before = {step.id: step for step in previous.steps}
    after = {step.id: step for step in new.steps}
    why = (
        f"{missed.title} was due on {missed.on} and is not on the chart." if same and missed else "There are new facts."
    )
    return Revision(
        plan=new,
        why=why,
        added=tuple(step for name, step in after.items() if name not in before),
        dropped=tuple(step for name, step in before.items() if name not in after and step.on >= at.on),
        moved=tuple(
            Moved(step, before[name].on)
            for name, step in after.items()
            if name in before and before[name].on != step.on
        ),
    )
