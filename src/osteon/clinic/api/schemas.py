"""What the API answers: the shapes, with their units."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class VisitAnswer(Schema):
    """One visit of a day."""

    id: UUID
    patient: UUID = Field(description="The patient's opaque id.")
    title: str
    state: str = Field(description="waiting, proposed, confirmed, arrived, in_chair, infusing, observing, gone, …")
    starts_at: datetime | None
    minutes: int = Field(description="How long the chair is taken, in minutes.")
    chair: str | None
    nurse: str | None
    readiness: str = Field(description="ready, not_ready, cannot_tell, or empty where no dose is planned.")
    one_thing: str = Field(description="The act that clears the gate, in words.")


class DueAnswer(Schema):
    """One patient whose next dose has a date."""

    patient: UUID
    drug: str
    due_on: date
    late_from: date | None
    harmful_from: date | None = Field(description="The first day on which waiting does harm.")
    overdue_days: int = Field(ge=0)
    days_to_harm: int | None = Field(description="Below 0 when that day has passed; null where the drug knows none.")
    readiness: str
    one_thing: str


class SummaryAnswer(Schema):
    """What the patient strip and the lists show, worked out from the chart on one day."""

    patient: UUID
    on: date
    diagnosis: str
    drug: str
    readiness: str
    one_thing: str
    open_checks: int
    due_on: date | None
    harmful_from: date | None
    last_given: date | None
    doses_given: int
    forecast: str = Field(description="The forecast in a sentence; empty until the worker has made it.")


class Problem(Schema):
    """Why there is no answer."""

    detail: str


class Unreadable(Schema):
    """Which part of the question could not be read, and why."""

    detail: list[dict[str, Any]]
