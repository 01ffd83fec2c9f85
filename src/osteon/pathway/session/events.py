"""What can happen in a session? Each event says who, when and what; a session is nothing but its events.

Events are only ever added. `key` is made by whoever enters the event, once: an event whose key is there already is the
same entry sent twice and counts once. `at` is when it happened, `recorded_at` when the server took it in.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeAlias

from msgspec import Struct

from osteon.pathway.gate import Readiness
from osteon.pathway.risk.news2 import VitalSigns


class Role(StrEnum):
    """In which role does somebody act?"""

    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    COORDINATOR = "coordinator"
    PROGRAM = "program"


class Happened(Struct, frozen=True, kw_only=True):
    """What every event says. `by` is the opaque id of a person; `second` of the second one, where two must check."""

    key: str
    at: datetime
    recorded_at: datetime
    by: str
    role: Role
    second: str = ""
    device_at: datetime | None = None

    words: ClassVar[str]

    @property
    def is_late(self) -> bool:
        """Was it entered more than two minutes after it happened?"""
        return (self.recorded_at - self.at).total_seconds() > 120


class Arrived(Happened, frozen=True, tag="arrived"):
    """The patient is here."""

    words = "arrived"


class Identified(Happened, frozen=True, tag="identified"):
    """The patient said who she is. `identifiers` are the kinds that agreed: name, birth date, record number."""

    words = "identity checked"
    identifiers: tuple[str, ...]


class GateJudged(Happened, frozen=True, tag="gate_judged"):
    """The gate with today's facts. `open_stops` and `open_holds` are the ids of the checks that do not let through."""

    words = "gate judged"
    drug: str
    verdict: Readiness
    open_stops: tuple[str, ...] = ()
    open_holds: tuple[str, ...] = ()
    only_a_result_clears: tuple[str, ...] = ()


class HoldOverridden(Happened, frozen=True, tag="hold_overridden"):
    """A prescriber lets through one check that only holds, with a reason, after signing in anew."""

    words = "hold overridden"
    check: str
    reason: str


class Weighed(Happened, frozen=True, tag="weighed"):
    """The weight of the day, in kg."""

    words = "weighed"
    weight_kg: float
    measured_twice: bool = False


class Tested(Happened, frozen=True, tag="tested"):
    """A pregnancy test was done today, where the gate asks for one."""

    words = "pregnancy test"
    is_positive: bool


class Company(StrEnum):
    """Who has to be with the patient, if her record says so?"""

    INTERPRETER = "interpreter"
    ESCORT = "escort"


class Accompanied(Happened, frozen=True, tag="accompanied"):
    """The interpreter is here, or the way home is settled; `how` says by whom, or why it goes without."""

    words = "company"
    company: Company
    how: str


class OrderFound(Happened, frozen=True, tag="order_found"):
    """Which signed order stands for this drug today? `order` is empty where none stands, and `why` says so.

    `overrides` are the holds of the gate that its prescriber set aside in writing; `last_day` is an ISO date.
    """

    words = "order looked up"
    order: str
    overrides: tuple[str, ...] = ()
    last_day: str = ""
    why: str = ""


class Consented(Happened, frozen=True, tag="consented"):
    """The patient agrees to this dose."""

    words = "consent given"


class LinePlaced(Happened, frozen=True, tag="line_placed"):
    """A cannula is in: where, which gauge."""

    words = "line placed"
    site: str
    gauge: int


class LineTrouble(StrEnum):
    """What can go wrong with a line?"""

    FAILED = "failed attempt"
    INFILTRATION = "infiltration"
    EXTRAVASATION = "extravasation"
    PHLEBITIS = "phlebitis"
    VASOVAGAL = "vasovagal reaction"


class LineTroubled(Happened, frozen=True, tag="line_troubled"):
    """Something went wrong with the line; whether it was taken out."""

    words = "trouble with the line"
    trouble: LineTrouble
    site: str
    removed: bool


class TroubleStepped(Happened, frozen=True, tag="trouble_stepped"):
    """One step of what is done for a troubled line."""

    words = "step for the line done"
    step: str


class DrugChecked(Happened, frozen=True, tag="drug_checked"):
    """The drug in hand is the drug of the order: product, lot, expiry, dose in mg, volume in mL."""

    words = "drug checked"
    drug: str
    product: str
    lot: str
    expires: str
    dose_mg: float
    volume_ml: float
    ndc: str = ""


class ScaleTwoOrdered(Happened, frozen=True, tag="scale_two_ordered"):
    """A prescriber orders the second scale of oxygen saturation: her target is 88 to 92 %."""

    words = "saturation on scale 2 ordered"
    reason: str


class VitalsTaken(Happened, frozen=True, tag="vitals_taken"):
    """One set of vital signs. `is_confirmed` is False for what a device sent and no nurse has accepted yet."""

    words = "vital signs"
    signs: VitalSigns
    is_confirmed: bool = True


class Started(Happened, frozen=True, tag="started"):
    """The dose begins: an infusion at a rate in mL/h, or an injection (rate 0)."""

    words = "started"
    rate_ml_h: float


class Injected(Happened, frozen=True, tag="injected"):
    """One syringe under the skin: where. A dose of two syringes is two of these, at two sites."""

    words = "injected"
    site: str


class RateChanged(Happened, frozen=True, tag="rate_changed"):
    """The infusion runs on at another rate."""

    words = "rate changed"
    rate_ml_h: float


class Paused(Happened, frozen=True, tag="paused"):
    """The infusion stands still, to go on."""

    words = "paused"
    reason: str


class Resumed(Happened, frozen=True, tag="resumed"):
    """The infusion goes on after a pause."""

    words = "resumed"
    rate_ml_h: float


class Stopped(Happened, frozen=True, tag="stopped"):
    """The infusion is stopped; it goes on only by an order, if at all."""

    words = "stopped"
    reason: str


class ReactionKind(StrEnum):
    """The two buttons."""

    ANAPHYLAXIS = "anaphylaxis"
    OTHER = "other"


class ReactionBegan(Happened, frozen=True, tag="reaction_began"):
    """The patient reacts. Whatever runs is stopped by this very entry."""

    words = "reaction"
    reaction: ReactionKind


class ReactionStepped(Happened, frozen=True, tag="reaction_stepped"):
    """One step of the protocol was done; for adrenaline the dose in mg."""

    words = "step done"
    step: str
    dose_mg: float | None = None


class ReactionGraded(Happened, frozen=True, tag="reaction_graded"):
    """How bad it was (CTCAE v5, 1 to 5), how it came (causality), and whether it is over."""

    words = "reaction graded"
    grade: int
    causality: str
    is_over: bool
    term: str = ""


class RestartOrdered(Happened, frozen=True, tag="restart_ordered"):
    """A prescriber orders the infusion to go on after a reaction of grade 2, at most at this rate in mL/h."""

    words = "restart ordered"
    rate_ml_h: float


class OrderSpoken(Happened, frozen=True, tag="order_spoken"):
    """A prescriber gave an order by voice; the nurse wrote it down and read it back.

    `prescriber` is the id of who gave it. With a rate in mL/h it is the order to go on after a reaction.
    """

    words = "verbal order"
    prescriber: str
    order: str
    read_back: bool
    rate_ml_h: float | None = None


class OrderSigned(Happened, frozen=True, tag="order_signed"):
    """The prescriber signs what was ordered by voice. `order` is the key of the `OrderSpoken`."""

    words = "verbal order signed"
    order: str


class Restarted(Happened, frozen=True, tag="restarted"):
    """The infusion goes on after it was stopped."""

    words = "restarted"
    rate_ml_h: float


class Flushed(Happened, frozen=True, tag="flushed"):
    """The line was flushed, with so many mL."""

    words = "flushed"
    volume_ml: float


class Ended(Happened, frozen=True, tag="ended"):
    """The dose is over: so many mL were given, so many wasted.

    `reason` is asked where it ended sooner than the volume can have run at the label's fastest rate.
    """

    words = "ended"
    given_ml: float
    wasted_ml: float
    reason: str = ""


class Discharged(Happened, frozen=True, tag="discharged"):
    """The patient goes home. `criteria` are those that were met; the card says what was handed over."""

    words = "discharged"
    criteria: tuple[str, ...]
    card_given: bool


class GivenUp(Happened, frozen=True, tag="given_up"):
    """No dose today."""

    words = "not given"
    reason: str


class Closed(Happened, frozen=True, tag="closed"):
    """The record is closed."""

    words = "record closed"


class AlarmAnswered(Happened, frozen=True, tag="alarm_answered"):
    """Somebody has seen an alarm and says what she does."""

    words = "alarm answered"
    alarm: str
    answer: str


class HandedOver(Happened, frozen=True, tag="handed_over"):
    """Another nurse looks after this session from now on."""

    words = "handed over"
    to: str


class Corrected(Happened, frozen=True, tag="corrected"):
    """An earlier event was wrong. What it should have said stands in `right`; None: it did not happen at all."""

    words = "corrected"
    wrong: str
    reason: str
    right: Event | None = None


Event: TypeAlias = (
    Arrived
    | Identified
    | GateJudged
    | HoldOverridden
    | Weighed
    | Tested
    | Accompanied
    | OrderFound
    | Consented
    | LinePlaced
    | LineTroubled
    | TroubleStepped
    | DrugChecked
    | ScaleTwoOrdered
    | VitalsTaken
    | Started
    | Injected
    | RateChanged
    | Paused
    | Resumed
    | Stopped
    | ReactionBegan
    | ReactionStepped
    | ReactionGraded
    | RestartOrdered
    | OrderSpoken
    | OrderSigned
    | Restarted
    | Flushed
    | Ended
    | Discharged
    | GivenUp
    | Closed
    | AlarmAnswered
    | HandedOver
    | Corrected
)
"""Any event of a session."""
