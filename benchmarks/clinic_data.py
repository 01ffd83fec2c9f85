"""A large clinic for benchmarks: thousands of patients like those of the demo, and years of visits behind them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from osteon.clinic.booking.models import Chair, Visit, VisitEvent
from osteon.clinic.demo.make import make_demo
from osteon.clinic.demo.names import FAMILY, MEN, WOMEN
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import CarePlan, Entry, Patient, Summary, plain

_STATES = (
    Visit.State.CONFIRMED,
    Visit.State.ARRIVED,
    Visit.State.IN_CHAIR,
    Visit.State.INFUSING,
    Visit.State.OBSERVING,
    Visit.State.GONE,
)
_AT_ONCE = 2_000


def fill(*, patients: int, events: int, seed: int = 1) -> None:
    """Make the demo clinic and copy its patients until there are so many, with so many past events of visits.

    Charts, plans and summaries are copies of real ones, so that pages do the work that they do for real.
    """
    make_demo()
    draw = Random(seed)
    models = list(Patient.objects.select_related("summary").prefetch_related("entries", "plans"))
    copies = patients - len(models)
    for batch in _batches(zip(range(copies), cycle(models), strict=False)):
        with transaction.atomic():
            _copy(batch, draw)
    _past(events, draw)


def _copy(batch: tuple[tuple[int, Patient], ...], draw: Random) -> None:
    people, entries, plans, summaries = [], [], [], []
    for number, model in batch:
        patient = Patient(
            id=uuid.UUID(int=draw.getrandbits(128), version=4),
            record_number=f"COPY-{number}",
            family_name=f"{draw.choice(FAMILY)}-{draw.choice(FAMILY)}",
            given_name=draw.choice(MEN if model.sex == "male" else WOMEN),
            birth_date=model.birth_date + timedelta(days=draw.randint(-900, 900)),
            sex=model.sex,
            phone=f"555-{draw.randint(1000, 9999)}",
        )
        patient.search_name = plain(f"{patient.family_name} {patient.given_name}")
        people.append(patient)
        entries += [_like(each, patient) for each in model.entries.all()]
        plans += [_like(each, patient) for each in model.plans.all()]
        summaries.append(_like(model.summary, patient))
    Patient.objects.bulk_create(people)
    Entry.objects.bulk_create(entries, batch_size=_AT_ONCE)
    CarePlan.objects.bulk_create(plans, batch_size=_AT_ONCE)
    Summary.objects.bulk_create(summaries, batch_size=_AT_ONCE)


Row = TypeVar("Row", Entry, CarePlan, Summary)
T = TypeVar("T")


def _like(row: Row, patient: Patient) -> Row:
    given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    return type(row)(**{**given, "patient_id": patient.pk})


def _past(events: int, draw: Random) -> None:
    """Visits on the days before today, each lived through from coming to gone."""
    people = list(Patient.objects.values_list("pk", flat=True))
    chairs = list(Chair.objects.values_list("pk", flat=True))
    nurses = list(User.objects.filter(role=Role.NURSE).values_list("pk", flat=True))
    now = timezone.now()
    for batch in _batches(range(events // len(_STATES))):
        visits = [_past_visit(number, people, chairs, nurses, now, draw) for number in batch]
        with transaction.atomic():
            Visit.objects.bulk_create(visits, batch_size=_AT_ONCE)
            VisitEvent.objects.bulk_create(list(_events(visits)), batch_size=_AT_ONCE)


def _past_visit(
    number: int, people: list[uuid.UUID], chairs: list[int], nurses: list[int], now: datetime, draw: Random
) -> Visit:
    starts = now - timedelta(days=1 + number // 40, minutes=15 * draw.randint(0, 30))
    return Visit(
        patient_id=draw.choice(people), drug="zoledronic_acid", title="zoledronic acid", state=Visit.State.GONE,
        setup_min=20, giving_min=30, observing_min=15, cleaning_min=10, due_on=starts.date(), earliest=starts.date(),
        chair_id=draw.choice(chairs), nurse_id=draw.choice(nurses), starts_at=starts,
    )  # fmt: skip


def _events(visits: list[Visit]) -> Iterator[VisitEvent]:
    for visit in visits:
        assert visit.starts_at
        for step, state in enumerate(_STATES):
            at = visit.starts_at + timedelta(minutes=15 * step)
            yield VisitEvent(visit=visit, at=at, by_id=visit.nurse_id, kind=state)


def _batches(many: Iterator[T] | range) -> Iterator[tuple[T, ...]]:
    rest = iter(many)
    while batch := tuple(islice(rest, 250)):
        yield batch
