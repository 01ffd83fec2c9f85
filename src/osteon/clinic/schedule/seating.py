"""Who gets which chair, once starts and kinds of chair are settled?

Chairs of a kind are alike, and no more people are in them at once than there are: taking starts in order, a chair is
free for each. Those already in a chair came before all others, so they stay where they are. On top of that this keeps
people in the chair in which they were booked, told ones first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from osteon.clinic.schedule.model import Kind
from osteon.clinic.schedule.types import Booking, Clinic, Slot, Visit

_TOLD_COUNTS = 100
"""How much more it counts that someone told keeps the chair than that someone else does (design)."""

_WORK = 0.5
"""Budget of the search, in the solver's units of work (design): thousands of times what a day was seen to need."""


def seated(
    starts: Mapping[str, tuple[Visit, Slot]], kind: Kind, fixed: Sequence[Booking], clinic: Clinic, told: frozenset[str]
) -> dict[str, str] | None:
    """Which chair does each get in this kind of chair? None where there is none for all of them.

    `starts` gives the visit and its slot by id, the chair of the slot being that in which it was booked, or "". `fixed`
    are those in the same kind of chair who cannot change.
    """
    model = cp_model.CpModel()
    chairs = [clinic.chairs[index].id for index in kind.chairs]
    taken: dict[str, list[tuple[int, int, cp_model.IntVar]]] = {chair: [] for chair in chairs}
    sits: dict[str, dict[str, cp_model.IntVar]] = {}
    regret: list[cp_model.LinearExpr | cp_model.IntVar] = []
    for visit_id, (visit, slot) in starts.items():
        end = slot.start + visit.phases.in_chair
        free = [chair for chair in chairs if not _clashes(chair, slot.start, end, fixed)]
        sits[visit_id] = {chair: model.new_bool_var("") for chair in free}
        model.add_exactly_one(sits[visit_id].values())
        for chair, choice in sits[visit_id].items():
            taken[chair].append((slot.start, end, choice))
        if slot.chair in sits[visit_id]:
            regret.append((_TOLD_COUNTS if visit_id in told else 1) * ~sits[visit_id][slot.chair])
    for people in taken.values():
        _one_at_a_time(model, people)
    model.minimize(cp_model.LinearExpr.sum(regret))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = _WORK
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return {
        visit_id: next(chair for chair, choice in choices.items() if solver.boolean_value(choice))
        for visit_id, choices in sits.items()
    }


def _clashes(chair: str, start: int, end: int, fixed: Sequence[Booking]) -> bool:
    return any(other.slot.chair == chair and other.slot.start < end and start < other.ends for other in fixed)


def _one_at_a_time(model: cp_model.CpModel, people: list[tuple[int, int, cp_model.IntVar]]) -> None:
    """Of those who would sit here at the start of somebody, one at most."""
    for moment in sorted({start for start, _, _ in people}):
        there = [choice for start, end, choice in people if start <= moment < end]
        if len(there) > 1:
            model.add_at_most_one(there)
