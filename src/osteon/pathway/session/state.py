"""Where does a session stand? What follows from its events, and nothing else."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from osteon.pathway.gate import Readiness
from osteon.pathway.session.events import (
    Company,
    DrugChecked,
    Injected,
    LinePlaced,
    LineTroubled,
    OrderFound,
    OrderSpoken,
    ReactionKind,
    ReactionStepped,
    VitalsTaken,
)
from osteon.pathway.session.pump import Stretch


class Phase(StrEnum):
    """The phases of a session, in the order of the hour."""

    EXPECTED = "expected"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    OBSERVING = "observing"
    DISCHARGED = "discharged"
    NOT_GIVEN = "not given"
    CLOSED = "closed"


class Reaction(Struct, frozen=True, kw_only=True):
    """A reaction: which button, since when, what was done, how bad it was. `grade` 0 is not graded yet."""

    kind: ReactionKind
    began: datetime
    steps: tuple[ReactionStepped, ...] = ()
    grade: int = 0
    is_over: bool = False


class Trouble(Struct, frozen=True, kw_only=True):
    """Trouble with a line, and which of its steps were done."""

    event: LineTroubled
    steps: tuple[str, ...] = ()


class State(Struct, frozen=True, kw_only=True):
    """A session as it stands. `owner` is who looks after it; `seen` are the keys of the events it was made of."""

    phase: Phase = Phase.EXPECTED
    owner: str = ""
    identifiers: tuple[str, ...] = ()
    verdict: Readiness | None = None
    open_stops: tuple[str, ...] = ()
    open_holds: tuple[str, ...] = ()
    only_a_result_clears: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    weight_kg: float | None = None
    is_pregnant: bool | None = None
    company: tuple[Company, ...] = ()
    order: OrderFound | None = None
    has_consented: bool = False
    line: LinePlaced | None = None
    troubles: tuple[Trouble, ...] = ()
    drug: DrugChecked | None = None
    scale_2_ordered: bool = False
    injected: tuple[Injected, ...] = ()
    vitals: tuple[VitalsTaken, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    given_ml: float | None = None
    wasted_ml: float | None = None
    reactions: tuple[Reaction, ...] = ()
    restart_rate_ml_h: float | None = None
    spoken: tuple[OrderSpoken, ...] = ()
    signed: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()

    @property
    def reaction(self) -> Reaction | None:
        """The reaction that is not over yet, if there is one."""
        return next((each for each in reversed(self.reactions) if not each.is_over), None)

    @property
    def worst_grade(self) -> int:
        """The worst grade of any reaction so far; 0: none, or none graded."""
        return max((each.grade for each in self.reactions), default=0)

    @property
    def confirmed_vitals(self) -> tuple[VitalsTaken, ...]:
        """The sets that a person took or accepted."""
        return tuple(each for each in self.vitals if each.is_confirmed)

    @property
    def unsigned(self) -> tuple[OrderSpoken, ...]:
        """The orders given by voice that their prescriber has not signed yet."""
        return tuple(each for each in self.spoken if each.key not in self.signed)

    @property
    def set_aside(self) -> tuple[str, ...]:
        """The holds of the gate that a prescriber has set aside: here, or beforehand in the order."""
        return (*self.overridden, *(self.order.overrides if self.order else ()))
