"""What does the schedule speak of?

Dates are local dates, times are minutes since local midnight on a grid of five minutes (see `grid`). Ids are opaque:
nothing here says who somebody is, and no word that the engine makes up names a person.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from osteon.clinic.schedule.grid import GRID_MINUTES, is_on_grid

VisitState = Literal["proposed", "confirmed", "arrived", "in_chair"]
"""`proposed`: nobody has told the patient; `confirmed`: told; `arrived`: waits in the clinic; `in_chair`: has begun."""


class Phases(msgspec.Struct, frozen=True):
    """How long does a visit take, in minutes, part by part? Multiples of five; `grid.on_grid` rounds up.

    A nurse's hands are needed for `set_up`, her eyes until the end of `observation`; `cleaning` needs the chair alone.
    """

    set_up: int
    giving: int
    observation: int
    cleaning: int = 0

    def __post_init__(self) -> None:
        if not all(is_on_grid(minutes) for minutes in (self.set_up, self.giving, self.observation, self.cleaning)):
            raise ValueError(f"phases of a visit are multiples of {GRID_MINUTES} minutes, not {self}")
        if self.in_care <= 0:
            raise ValueError("a visit takes some time")

    @property
    def in_care(self) -> int:
        """Minutes from the start until the patient leaves."""
        return self.set_up + self.giving + self.observation

    @property
    def in_chair(self) -> int:
        """Minutes from the start until the chair is ready for the next."""
        return self.in_care + self.cleaning

    @property
    def hands_on(self) -> int:
        """Minutes at the start during which one nurse has no hand free: the set-up, five at least."""
        return max(self.set_up, GRID_MINUTES)


class Harm(msgspec.Struct, frozen=True):
    """How bad is a day of delay? In units of a late yearly zoledronate (`harm`); more per day from the danger on."""

    per_day: int = 1
    danger_from: date | None = None
    per_day_in_danger: int = 0


class Window(msgspec.Struct, frozen=True):
    """Between which dates may it be given? None is no end. A hard end is never crossed; a soft one costs harm."""

    earliest: date | None = None
    latest: date | None = None
    is_earliest_hard: bool = True
    is_latest_hard: bool = False


class Wishes(msgspec.Struct, frozen=True):
    """What binds the patient? All of it is kept, always.

    She does not start before `not_before` and is out by `gone_by`. Weekdays count from 0, Monday; none named is any.
    `needs` names the company that she needs from start to leaving (an interpreter, an escort), as `Company.kind`.
    `comes_at` is the minute from which she waits: she is here, is brought, or asked for that time. Nobody starts before
    it, and every minute after it is waiting. None: she comes when told, and does not wait.
    """

    not_before: int | None = None
    gone_by: int | None = None
    weekdays: frozenset[int] = frozenset()
    needs: frozenset[str] = frozenset()
    comes_at: int | None = None


class Slot(msgspec.Struct, frozen=True, order=True):
    """Which day, which minute, which chair?"""

    on: date
    start: int
    chair: str


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """Which visit is to be placed? `label` is the drug or the kind of visit, in words for a person."""

    id: str
    label: str
    phases: Phases
    due: date
    window: Window = Window()
    harm: Harm = Harm()
    wishes: Wishes = Wishes()
    features: frozenset[str] = frozenset()
    state: VisitState = "proposed"
    booked: Slot | None = None

    def __post_init__(self) -> None:
        if self.state in {"confirmed", "in_chair"} and self.booked is None:
            raise ValueError(f"visit {self.id} is {self.state} but has no booked slot")


class Booking(msgspec.Struct, frozen=True):
    """Who sits where, and when?"""

    visit: Visit
    slot: Slot

    @property
    def leaves(self) -> int:
        """The minute at which the patient leaves."""
        return self.slot.start + self.visit.phases.in_care

    @property
    def ends(self) -> int:
        """The minute at which the chair is ready for the next."""
        return self.slot.start + self.visit.phases.in_chair


class Closed(msgspec.Struct, frozen=True):
    """From when to when is a chair out of use? On one date, or every day where none is named."""

    start: int
    end: int
    on: date | None = None
    why: str = ""


class Chair(msgspec.Struct, frozen=True):
    """Which chair is it, what can it do, and when is it out of use?"""

    id: str
    features: frozenset[str] = frozenset()
    closed: tuple[Closed, ...] = ()


class NurseShift(msgspec.Struct, frozen=True):
    """Which nurse is there from when to when, and how much at once can she do?

    She sets up `starts_at_once` people at a time and looks after `patients_at_once`, set-up to leaving. The nurses of a
    moment are one team: their limits are added, and who is still infusing at the end of a shift is handed over.
    """

    id: str
    on: date
    start: int
    end: int
    starts_at_once: int = 1
    patients_at_once: int = 4


class Company(msgspec.Struct, frozen=True):
    """Who else can be there (interpreter, escort), when, and for how many patients at once?"""

    kind: str
    on: date
    start: int
    end: int
    patients_at_once: int = 1


class OpeningHours(msgspec.Struct, frozen=True):
    """When is the clinic open on this weekday (0 is Monday)? Several spans a day leave a break between them.

    Everything lies within one span, cleaning included.
    """

    weekday: int
    start: int
    end: int


class Clinic(msgspec.Struct, frozen=True, kw_only=True):
    """What is there to work with?"""

    chairs: tuple[Chair, ...]
    nurses: tuple[NurseShift, ...]
    hours: tuple[OpeningHours, ...]
    holidays: frozenset[date] = frozenset()
    company: tuple[Company, ...] = ()


class Refused(StrEnum):
    """Why can a visit not be there?"""

    HOLIDAY = "holiday"
    CLOSED = "closed"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    WEEKDAY = "weekday"
    PATIENT_TIME = "patient_time"
    PAST = "past"
    NO_SUCH_CHAIR = "no_such_chair"
    FEATURE = "feature"
    CHAIR_CLOSED = "chair_closed"
    CHAIR_TAKEN = "chair_taken"
    NO_NURSE = "no_nurse"
    NURSE_STARTING = "nurse_starting"
    NURSE_FULL = "nurse_full"
    COMPANY = "company"
    OFF_GRID = "off_grid"
    KEPT = "kept"
    NO_ROOM = "no_room"
    NOT_COMING = "not_coming"


class Refusal(msgspec.Struct, frozen=True):
    """Why not, in words for a person? `until`: the minute of that day from which this reason no longer stands."""

    why: Refused
    words: str
    until: int | None = None


class LeftOut(msgspec.Struct, frozen=True):
    """Which visit found no place, and why?"""

    visit: Visit
    reasons: tuple[Refusal, ...]


class Violation(msgspec.Struct, frozen=True):
    """What is wrong with a schedule? `visits` are those concerned."""

    why: Refused
    visits: tuple[str, ...]
    words: str


class Goal(msgspec.Struct, frozen=True):
    """How well is one goal met? Lower is better, and nothing can be below `bound` once the goals before it are met."""

    name: Literal["lateness", "waiting", "unevenness"]
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far from the best possible it may be at most, as a share of the value: 0 is proved best."""
        return max(0.0, (self.value - self.bound) / self.value) if self.value > 0 else 0.0


StoppedBy = Literal["proof", "work", "clock"]
"""Why did the search end? `proof`: every goal is at its best. `work`: the budget of work is used up, the same on any
machine. `clock`: seconds ran out first, so that a faster machine may find another answer."""


class Proposal(msgspec.Struct, frozen=True):
    """What is proposed, who is left out, how good is it, and how good could it be?

    `goals` in order of weight: one counts only among schedules that are equally good in all before it. `moved` are
    those whose booked day or time changed, `other_chair` those who keep it and change the chair.
    """

    bookings: tuple[Booking, ...]
    left_out: tuple[LeftOut, ...]
    goals: tuple[Goal, ...]
    moved: tuple[str, ...]
    other_chair: tuple[str, ...]
    seconds: float
    stopped_by: StoppedBy

    @property
    def gap(self) -> float:
        """The largest gap of the goals: 0 where all are proved best."""
        return max((goal.gap for goal in self.goals), default=0.0)


class OpenSlot(msgspec.Struct, frozen=True):
    """Which slot is free for her, and what speaks for or against it? `words` is empty where nothing speaks against."""

    slot: Slot
    harm: int
    waiting_minutes: int
    words: str = ""
