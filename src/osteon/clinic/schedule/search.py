"""The goals of a day, one after the other: each is made as good as it can be without spoiling those before it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from msgspec import Struct
from ortools.sat.python import cp_model

from osteon.clinic.schedule.cost import looked_at, steps_of_load, waits_from
from osteon.clinic.schedule.grid import GRID_MINUTES
from osteon.clinic.schedule.model import DayModel, Place
from osteon.clinic.schedule.types import StoppedBy, Visit

Terms = list[tuple[cp_model.IntVar, int]]

_SEED = 20261123
"""Any number; the same gives the same schedule."""

_SHARES = (0.5, 0.8, 1.0)
"""Which part of the work that is left may each goal use (design)? The last one has all the rest."""


class Effort(Struct, frozen=True):
    """How hard is the search?

    `work` is in the solver's units of deterministic time (about a second each on an idle core), the same on every
    machine: a search that it ends finds the same again. `seconds` is the guard for a slow machine; if it strikes
    first, the answer says `stopped_by="clock"`, and may differ from run to run.
    """

    work: float
    seconds: float


class Found(Struct, frozen=True):
    """Where is everyone, what is the least that each goal could be, and why did the search end?"""

    placed: dict[str, Place]
    bounds: tuple[int, int, int]
    stopped_by: StoppedBy


def search(
    day_model: DayModel,
    visits: Mapping[str, Visit],
    draft: Mapping[str, Place],
    cost_of_leaving_out: Mapping[str, int],
    effort: Effort,
) -> Found:
    """Which is the best schedule found, beginning with a draft? Never a worse one.

    The bounds are those of lateness (of those left out), waiting and unevenness, of the visits in the program alone.
    """
    run = _Run(day_model, draft, effort)
    left_out = [(chosen, cost_of_leaving_out[visit_id]) for visit_id, chosen in day_model.left_out.items()]
    bounds = [run.reach(left_out, _SHARES[0]), run.reach(_waiting(day_model, visits), _SHARES[1])]
    steps, constant = _unevenness(day_model)
    bounds.append(run.reach(steps, _SHARES[2]) + constant)
    return Found(run.placed, (bounds[0], bounds[1], bounds[2]), run.stopped_by)


class _Run:
    """The draft, and what is left to improve it with."""

    def __init__(self, day_model: DayModel, draft: Mapping[str, Place], effort: Effort) -> None:
        self.day_model = day_model
        self.placed = dict(draft)
        self.stopped_by: StoppedBy = "proof"
        self._work = effort.work
        self._until = time.monotonic() + effort.seconds

    def reach(self, terms: Terms, share: float) -> int:
        """Make the sum of these as small as possible, then keep it: what is the least that it could be?"""
        day_model = self.day_model
        if not terms:
            return 0
        yes = day_model.chosen_in(self.placed)
        day_model.hint(yes)
        now = sum(cost for chosen, cost in terms if chosen.index in yes)
        bound = 0
        goal = cp_model.LinearExpr.weighted_sum([chosen for chosen, _ in terms], [cost for _, cost in terms])
        if now:
            day_model.model.minimize(goal)
            now, bound = self._solve(now, share)
        day_model.model.add(goal <= now)
        return bound

    def _solve(self, now: int, share: float) -> tuple[int, int]:
        seconds = (self._until - time.monotonic()) * share
        if seconds <= 0 or self._work <= 0:
            self.stopped_by = "clock" if seconds <= 0 else "work"
            return now, 0
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = _SEED
        # Measured: the program is tight as written; presolve takes longer than the whole search without it.
        solver.parameters.cp_model_presolve = False
        solver.parameters.max_deterministic_time = self._work * share
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.day_model.model)
        self._work -= solver.deterministic_time
        if status != cp_model.OPTIMAL:
            self.stopped_by = "clock" if solver.wall_time >= seconds * 0.98 else "work"
        bound = round(max(0.0, solver.best_objective_bound))
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} and round(solver.objective_value) <= now:
            self.placed = self.day_model.read(solver)
            return round(solver.objective_value), bound
        return now, min(now, bound)


def _waiting(day_model: DayModel, visits: Mapping[str, Visit]) -> Terms:
    terms = []
    for visit_id, found in day_model.places.items():
        since = waits_from(visits[visit_id], day_model.offered.on)
        if since is not None:
            waits = ((chosen, place.start * GRID_MINUTES - since) for place, chosen in found.items())
            terms += [(chosen, minutes) for chosen, minutes in waits if minutes > 0]
    return terms


def _unevenness(day_model: DayModel) -> tuple[Terms, int]:
    """Each patient at once costs more than the one before: the steps of a square."""
    terms, constant = [], 0
    for slot in looked_at(day_model.offered):
        fixed, users = day_model.load_at(slot)
        most = min(fixed + len(users), max(fixed, day_model.offered.care[slot]))
        costs = steps_of_load(day_model.offered, slot, most)
        constant += sum(costs[:fixed])
        if users and most > fixed:
            terms += list(zip(day_model.steps(users, most - fixed), costs[fixed:], strict=True))
    return terms, constant
