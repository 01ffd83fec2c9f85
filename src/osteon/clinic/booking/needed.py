"""Which visit does a patient need next, how long does it take, and within which days?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet

from osteon.clinic.booking.models import Visit
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import today
from osteon.clinic.schedule.grid import on_grid
from osteon.clinic.schedule.harm import harm
from osteon.knowledge.drug import Drug
from osteon.knowledge.spans import DAYS
from osteon.knowledge.types import Quantity
from osteon.pathway.calendar import after

SETUP_MIN = 20
CLEANING_MIN = 10
"""Minutes before and after the dose during which the chair is taken (design defaults)."""

SHORTEST_GIVING_MIN = 5


def visit_for(patient: Patient) -> Visit | None:
    """The visit for this patient's next dose: the open one, or a new one that is not saved yet; None where none is due.

    The window opens when the drug may be given again at the earliest, and closes, hard, on the day before waiting does
    harm. Times are those of the label where it names them.
    """
    waiting = patient.visits.exclude(state__in=Visit.OVER).order_by("due_on").first()
    if waiting is not None:
        return waiting
    summary = getattr(patient, "summary", None)
    if summary is None or summary.due_on is None or not summary.drug:
        return None
    drug = knowledge_on(today()).drugs[summary.drug]
    latest = summary.harmful_from - timedelta(days=1) if summary.harmful_from else None
    weight = harm(drug.id, doses_given=summary.doses_given, dangerous_from=summary.harmful_from)
    return Visit(
        patient=patient,
        drug=drug.id,
        title=drug.name,
        due_on=summary.due_on,
        earliest=max(_earliest(drug, summary.last_given, summary.because_of, summary.due_on), today()),
        latest=latest if latest is not None and latest >= today() else None,
        window_is_hard=latest is not None and latest >= today(),
        harm_per_day=float(weight.per_day_in_danger if latest and latest < today() else weight.per_day),
        features=["recliner"] if drug.route.value.is_intravenous else [],
        **phases(drug),
    )


def to_place(listed: QuerySet[Summary], most: int) -> Iterator[Visit]:
    """The visits of the first so many on a due list that have no place yet, in its order; about a query for each."""
    for row in listed.select_related("patient__summary", "patient__availability")[:most]:
        visit = visit_for(row.patient)
        if visit is not None and (visit.starts_at is None or visit.chair_id is None):
            yield visit


def phases(drug: Drug) -> dict[str, int]:
    """How long a dose of this drug takes, phase by phase, in minutes on the grid of the schedule."""
    how = drug.administration
    giving = _minutes(how.usual_time or how.maximum_time or how.minimum_time)
    return {
        "setup_min": on_grid(SETUP_MIN),
        "giving_min": on_grid(max(giving, SHORTEST_GIVING_MIN)),
        "observing_min": on_grid(_minutes(how.observation)),
        "cleaning_min": on_grid(CLEANING_MIN),
    }


def _earliest(drug: Drug, last: date | None, running: str, due_on: date) -> date:
    """The first day on which the dose may be given: the drug's own least interval, or the day it is due."""
    if last is None or running != drug.id or drug.minimum_interval is None:
        return due_on if last is not None else today()
    return after(last, drug.minimum_interval)


def _minutes(span: Quantity | None) -> int:
    return 0 if span is None else round(span.value * DAYS[span.unit] * 1440)
