"""What a plan is made of: dated steps, each with its reasons."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from osteon.knowledge.types import Quantity, Sourced
from osteon.pathway.finding import Finding
from osteon.pathway.order import DoseOrder, Note


class StepKind(StrEnum):
    """What is to be done in a step?"""

    TEST = "test"
    PREPARATION = "preparation"
    DOSE = "dose"
    CALL = "call"
    CHECK = "check"
    REVIEW = "review"
    EXIT = "exit"


class PlanStep(Struct, frozen=True, kw_only=True):
    """One dated step.

    `on` is the day it is planned for and `by` the last day that still serves (None: the day itself). `notes` carry
    the sentences and their citations; `order` the full order of a dose; `findings` the ids of the findings behind it.
    `is_provisional` marks what depends on a result that is still open.
    """

    id: str
    kind: StepKind
    on: date
    title: str
    by: date | None = None
    notes: tuple[Note, ...] = ()
    order: DoseOrder | None = None
    findings: tuple[str, ...] = ()
    is_provisional: bool = False
    is_urgent: bool = False


def timing_note(span: Sourced[float], words: str) -> Note:
    """Why a step falls when it does, with the source of the interval."""
    return Note(" ".join(filter(None, [words, span.note])), span.cite, span.verified.value)


def finding_note(finding: Finding) -> Note:
    """What a finding says, as the reason for a step."""
    return Note(finding.text, finding.citations, finding.verified.value)


def check_step(name: str, day: date, title: str, span: Quantity, kind: StepKind = StepKind.CHECK) -> PlanStep:
    """A step that looks at something, at a time that has a source of its own."""
    return PlanStep(id=name, kind=kind, on=day, title=title, notes=(timing_note(span, ""),))
