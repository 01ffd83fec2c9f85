"""What is known of one patient: typed, dated facts, each with where it came from.

A chart holds what was said, not what follows from it: no threshold, no judgement, no clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")


class When(Struct, frozen=True, order=True):
    """On which day? A partial date stays partial: it is every day from `earliest` to `latest`."""

    earliest: date
    latest: date

    @classmethod
    def on(cls, day: date) -> When:
        """The one day."""
        return cls(day, day)

    @property
    def is_exact(self) -> bool:
        """Is it one day?"""
        return self.earliest == self.latest

    def later(self, days: float) -> When:
        """The same span of days, so many days later."""
        return When(day_after(self.earliest, days), day_after(self.latest, days))

    def __str__(self) -> str:
        """The date as it was given: 2025, 2025-03 or 2025-03-14; a span that is neither by its two ends."""
        first, last = self.earliest.isoformat(), self.latest.isoformat()
        if self.is_exact:
            return first
        if first.endswith("-01-01") and last == f"{first[:4]}-12-31":
            return first[:4]
        days = monthrange(self.earliest.year, self.earliest.month)[1]
        if first.endswith("-01") and last == f"{first[:7]}-{days}":
            return first[:7]
        return f"{first} to {last}"


def day_after(day: date, days: float) -> date:
    """The day so many days later (or earlier, below 0); it stays within the calendar, from year 1 to 9999."""
    span = round(max(-1e7, min(days, 1e7)))
    return date.fromordinal(max(1, min(day.toordinal() + span, date.max.toordinal())))


class Sex(StrEnum):
    """Sex as it matters for reference ranges and risk equations."""

    FEMALE = "female"
    MALE = "male"


class Patient(Struct, frozen=True, kw_only=True):
    """Who is this? `record_number` is the clinic's own number."""

    id: str
    birth_date: When
    sex: Sex | None = None
    name: str = ""
    record_number: str = ""
    deceased: When | bool = False
    address_state: str = ""
    ethnicity: str = ""


class Measurement(Struct, frozen=True, kw_only=True):
    """What was measured, when, in the analyte's own unit?

    `kind` is a key of `Knowledge.analytes`. `comparator` is `<` or `>` where the laboratory gave a limit and not a
    value. `low` and `high` are the laboratory's own range in the same unit. `site` is a skeletal site for densities:
    lumbar_spine, total_hip, femoral_neck, femur (the part not said), radius_33, radius, calcaneus or other; it is empty
    where it cannot be told. `machine` tells which scanner.
    """

    kind: str
    value: float
    unit: str
    when: When
    source: str
    comparator: str = ""
    low: float | None = None
    high: float | None = None
    site: str = ""
    side: str = ""
    machine: str = ""
    reference: str = ""
    note: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What did someone say or tick, when? `kind` is a named fact, or a value set of questions."""

    kind: str
    value: bool | str
    when: When
    source: str


class Condition(Struct, frozen=True, kw_only=True):
    """What does the problem list say?

    `kinds` are the value sets that hold its code. `is_active` is None where the status was not given.
    """

    kinds: frozenset[str]
    text: str
    source: str
    code: str = ""
    onset: When | None = None
    ended: When | None = None
    recorded: When | None = None
    is_active: bool | None = None
    is_history: bool = False

    @property
    def began(self) -> When | None:
        """When did it start, as far as is known? The day of recording is the latest it can have been."""
        return self.onset or self.recorded


class Cause(StrEnum):
    """What broke the bone?"""

    FRAGILITY = "fragility"
    TRAUMA = "trauma"
    PATHOLOGICAL = "pathological"
    ATYPICAL = "atypical"
    UNSTATED = "unstated"


class Fracture(Struct, frozen=True, kw_only=True):
    """Which bone broke, when, and why?

    `site`: hip, vertebra, forearm, humerus, pelvis, femur_shaft, rib, tibia, ankle, foot, hand, skull, clavicle,
    sternum or other. `count` is how many (vertebrae). `is_history` marks an old fracture of unknown date.
    """

    site: str
    cause: Cause
    text: str
    source: str
    when: When | None = None
    side: str = ""
    count: int = 1
    is_history: bool = False


class Dose(Struct, frozen=True, kw_only=True):
    """Which drug was given, when, how much?"""

    drug: str
    when: When
    source: str
    amount: float | None = None
    unit: str = ""
    product: str = ""


class Course(Struct, frozen=True, kw_only=True):
    """From when to when was one drug taken, with which doses and gaps?

    `drug` is an id of the formulary, or a value set of other drugs (`loop_diuretic`, `glucocorticoid`).
    `is_active` is None where it cannot be told. `gaps` are stretches longer than the drug's supply or interval.
    `amount_per_day` is in `unit` (mg/d) where the dose was given. `covered_days` counts days with supply.
    """

    drug: str
    text: str
    sources: tuple[str, ...]
    start: When | None = None
    stop: When | None = None
    is_active: bool | None = None
    doses: tuple[Dose, ...] = ()
    gaps: tuple[tuple[date, date], ...] = ()
    amount_per_day: float | None = None
    unit: str = ""
    covered_days: int | None = None
    stop_reason: str = ""
    product: str = ""
    is_oncology: bool = False

    @property
    def began(self) -> When | None:
        """When did it begin: its start, or else its first dose?"""
        return self.start or min((dose.when for dose in self.doses), default=None)

    @property
    def last_dose(self) -> Dose | None:
        """The latest dose given, where doses are recorded."""
        return max(self.doses, key=lambda dose: dose.when, default=None)


class Allergy(Struct, frozen=True, kw_only=True):
    """To what did the patient react, and how? `kinds` holds drugs and value sets; `none_known` says there are none."""

    kinds: frozenset[str]
    text: str
    source: str
    is_intolerance: bool = False
    criticality: str = ""
    reactions: tuple[str, ...] = ()
    when: When | None = None
    none_known: bool = False


class Procedure(Struct, frozen=True, kw_only=True):
    """What was done, when?"""

    kinds: frozenset[str]
    text: str
    source: str
    when: When | None = None
    is_done: bool = True
    site: str = ""


class Order(Struct, frozen=True, kw_only=True):
    """What was asked for, and does it stand? `forbids` marks an order *not* to do it."""

    kinds: frozenset[str]
    text: str
    source: str
    when: When | None = None
    status: str = ""
    intent: str = ""
    forbids: bool = False


class Encounter(Struct, frozen=True, kw_only=True):
    """When was the patient seen, and where?"""

    text: str
    source: str
    kinds: frozenset[str] = frozenset()
    status: str = ""
    setting: str = ""
    start: When | None = None
    end: When | None = None


class Coverage(Struct, frozen=True, kw_only=True):
    """Who pays, from when to when?"""

    payer: str
    source: str
    kind: str = ""
    status: str = ""
    start: When | None = None
    end: When | None = None


class Relative(Struct, frozen=True, kw_only=True):
    """What happened to a relative? `relation`: mother, father, parent, sibling or other."""

    relation: str
    kinds: frozenset[str]
    text: str
    source: str


class Skipped(Struct, frozen=True, kw_only=True):
    """What was not understood or left out, and why? `what` names the resource, `reason` is one of a few sentences.

    Equal entries stand once, with their `count`.
    """

    what: str
    reason: str
    detail: str = ""
    count: int = 1


class Chart(Struct, frozen=True, kw_only=True, dict=True):
    """One patient, as known. Every list is in a fixed order (by date, then source), whatever order it was read in.

    `lists` names the lists that the source held at all (conditions, medications, allergies, procedures): a chart
    without a medication list says nothing about drugs. `understood` counts the entries that became facts.
    """

    patient: Patient
    measurements: tuple[Measurement, ...] = ()
    answers: tuple[Answer, ...] = ()
    conditions: tuple[Condition, ...] = ()
    fractures: tuple[Fracture, ...] = ()
    courses: tuple[Course, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    orders: tuple[Order, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    relatives: tuple[Relative, ...] = ()
    lists: frozenset[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()
    understood: int = 0

    @cached_property
    def fingerprint(self) -> str:
        """A short digest of all that is known: equal for equal charts, whatever order they were read in."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()[:16]

    @cached_property
    def by_measure(self) -> dict[str, tuple[Measurement, ...]]:
        """Measurements of each kind, oldest first."""
        return _grouped((item.kind, item) for item in self.measurements)

    @cached_property
    def by_question(self) -> dict[str, tuple[Answer, ...]]:
        """Answers of each kind, oldest first."""
        return _grouped((item.kind, item) for item in self.answers)

    @cached_property
    def by_condition(self) -> dict[str, tuple[Condition, ...]]:
        """Conditions by the value sets that hold them."""
        return _grouped((kind, item) for item in self.conditions for kind in item.kinds)

    @cached_property
    def by_procedure(self) -> dict[str, tuple[Procedure, ...]]:
        """Procedures by the value sets that hold them."""
        return _grouped((kind, item) for item in self.procedures for kind in item.kinds)

    @cached_property
    def by_drug(self) -> dict[str, tuple[Course, ...]]:
        """Courses of each drug, oldest first."""
        return _grouped((item.drug, item) for item in self.courses)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}
