"""The day as a whole-number program: one yes or no for each visit, start and kind of chair.

For every slot of the day and every limit (chairs of a kind, nurses' eyes, nurses' hands, company) there is one row:
those who would use it then are no more than there are. Written by starts, and not by intervals, the program without its
whole-number condition is nearly whole already, so that the solver's bound is close and the gap printed means something.

Chairs that are open at the same times and have the same features are one kind. Who gets which of them is settled
afterwards (`seating`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from ortools.sat.python import cp_model

from osteon.clinic.schedule.allowed import allowed_starts
from osteon.clinic.schedule.day import Day
from osteon.clinic.schedule.grid import GRID_MINUTES, SLOTS, members, span, starts_of_runs
from osteon.clinic.schedule.types import Booking, Clinic, Visit


class Kind(Struct, frozen=True):
    """Which chairs are alike on this day? Their indices, what they can do and when they are open."""

    features: frozenset[str]
    opened: int
    chairs: tuple[int, ...]


class Place(NamedTuple):
    """A start (slot) in a kind of chair (index)."""

    start: int
    kind: int


class Limit:
    """How much is there of one thing, slot by slot, and who would use it?"""

    def __init__(self, capacity: Sequence[int]) -> None:
        self.left = list(capacity)
        self.users: list[list[cp_model.IntVar]] = [[] for _ in range(SLOTS)]

    def take(self, start: int, slots: int) -> None:
        """Use it for good. What is used beyond the capacity has happened, and leaves nothing."""
        for slot in range(start, min(start + slots, SLOTS)):
            self.left[slot] = max(0, self.left[slot] - 1)

    def room(self, slots: int) -> int:
        """From which slots is there room for so long? A set of slots."""
        free = 0
        for slot, left in enumerate(self.left):
            free |= (left > 0) << slot
        return starts_of_runs(free, slots)

    def use(self, by: cp_model.IntVar, start: int, slots: int) -> None:
        """Use it if this is chosen."""
        for slot in range(start, start + slots):
            self.users[slot].append(by)

    def add_to(self, model: cp_model.CpModel) -> None:
        """Write the rows; a slot needs none if its users all use an earlier one that has no more room."""
        before: set[int] = set()
        left_before = -1
        for slot, users in enumerate(self.users):
            if len(users) <= self.left[slot]:
                before, left_before = set(), -1
                continue
            indices = {user.index for user in users}
            if not (indices <= before and self.left[slot] >= left_before >= 0):
                model.add(cp_model.LinearExpr.sum(users) <= self.left[slot])
                before, left_before = indices, self.left[slot]


def kinds(clinic: Clinic, offered: Day) -> list[Kind]:
    """Which chairs are alike on this day? Those that are not open at all are left out."""
    alike: dict[tuple[frozenset[str], int], list[int]] = defaultdict(list)
    for index, chair in enumerate(clinic.chairs):
        if offered.chairs[index]:
            alike[chair.features, offered.chairs[index]].append(index)
    return [Kind(features, opened, tuple(chairs)) for (features, opened), chairs in alike.items()]


class DayModel:
    """The program of one day."""

    def __init__(self, clinic: Clinic, offered: Day, fixed: Iterable[Booking]) -> None:
        self.model = cp_model.CpModel()
        self.kinds = kinds(clinic, offered)
        self.offered = offered
        self.places: dict[str, dict[Place, cp_model.IntVar]] = {}
        self.left_out: dict[str, cp_model.IntVar] = {}
        self._steps: list[tuple[list[cp_model.IntVar], list[cp_model.IntVar]]] = []
        self._care = Limit(offered.care)
        self._hands = Limit(offered.starts)
        self._company = {kind: Limit(capacity) for kind, capacity in offered.company.items()}
        self._chairs = [
            Limit([len(kind.chairs) * (kind.opened >> slot & 1) for slot in range(SLOTS)]) for kind in self.kinds
        ]
        self.fixed_load = [0] * SLOTS
        self._kind_of = {
            clinic.chairs[chair].id: number for number, kind in enumerate(self.kinds) for chair in kind.chairs
        }
        for booking in fixed:
            self._fix(booking)

    def _fix(self, booking: Booking) -> None:
        phases, start = booking.visit.phases, booking.slot.start // GRID_MINUTES
        kind = self._kind_of.get(booking.slot.chair)
        if kind is not None:
            self._chairs[kind].take(start, phases.in_chair // GRID_MINUTES)
        for limit in self._in_care(booking.visit):
            limit.take(start, phases.in_care // GRID_MINUTES)
        self._hands.take(start, phases.hands_on // GRID_MINUTES)
        for slot in range(start, min(start + phases.in_care // GRID_MINUTES, SLOTS)):
            self.fixed_load[slot] += 1

    def _in_care(self, visit: Visit) -> list[Limit]:
        nobody = Limit([0] * SLOTS)
        return [self._care, *(self._company.get(kind, nobody) for kind in sorted(visit.wishes.needs))]

    def add(self, visit: Visit, *, earliest: int, latest: int, must: bool) -> None:
        """Let this visit start between two minutes, the later one included. Who must be there cannot be left out."""
        phases = visit.phases
        hands, care = phases.hands_on // GRID_MINUTES, phases.in_care // GRID_MINUTES
        starts = allowed_starts(visit) & span(earliest, latest + GRID_MINUTES) & self._hands.room(hands)
        for limit in self._in_care(visit):
            starts &= limit.room(care)
        found: dict[Place, cp_model.IntVar] = {}
        for number, kind in enumerate(self.kinds):
            if visit.features <= kind.features:
                in_chair = phases.in_chair // GRID_MINUTES
                for start in members(
                    starts & starts_of_runs(kind.opened, in_chair) & self._chairs[number].room(in_chair)
                ):
                    chosen = self.model.new_bool_var("")
                    found[Place(start, number)] = chosen
                    self._chairs[number].use(chosen, start, in_chair)
                    self._hands.use(chosen, start, hands)
                    for limit in self._in_care(visit):
                        limit.use(chosen, start, care)
        self.places[visit.id] = found
        if must:
            self.model.add_exactly_one(found.values())
        else:
            self.left_out[visit.id] = self.model.new_bool_var("")
            self.model.add_exactly_one([*found.values(), self.left_out[visit.id]])

    def close(self) -> None:
        """Write the limits, after the last visit."""
        for limit in (self._care, self._hands, *self._company.values(), *self._chairs):
            limit.add_to(self.model)

    def load_at(self, slot: int) -> tuple[int, list[cp_model.IntVar]]:
        """How many are in care there for sure, and who would be there if chosen?"""
        return self.fixed_load[slot], self._care.users[slot]

    def steps(self, users: list[cp_model.IntVar], most: int) -> list[cp_model.IntVar]:
        """New yes or no for "at least one of them", "at least two" and so on; only their sum is held to it."""
        steps = [self.model.new_bool_var("") for _ in range(most)]
        self.model.add(cp_model.LinearExpr.sum(users) == cp_model.LinearExpr.sum(steps))
        self._steps.append((users, steps))
        return steps

    def chosen_in(self, placed: Mapping[str, Place]) -> set[int]:
        """Which variables (by index) are yes in this schedule?"""
        chosen = {found[placed[visit_id]].index for visit_id, found in self.places.items() if visit_id in placed}
        chosen |= {left_out.index for visit_id, left_out in self.left_out.items() if visit_id not in placed}
        for users, steps in self._steps:
            chosen |= {step.index for step in steps[: sum(user.index in chosen for user in users)]}
        return chosen

    def hint(self, chosen: set[int]) -> None:
        """Begin the search from the schedule in which these variables are yes."""
        self.model.proto.clear_solution_hint()
        rows = [list(found.values()) for found in self.places.values()]
        for row in [*rows, list(self.left_out.values()), *(steps for _, steps in self._steps)]:
            for variable in row:
                self.model.add_hint(variable, variable.index in chosen)

    def read(self, solver: cp_model.CpSolver) -> dict[str, Place]:
        """Where is everyone in the solver's schedule? Who is left out is not in it."""
        return {
            visit_id: place
            for visit_id, found in self.places.items()
            for place, chosen in found.items()
            if solver.boolean_value(chosen)
        }

    def kind_of(self, chair: str) -> int | None:
        """Which kind is this chair of?"""
        return self._kind_of.get(chair)
