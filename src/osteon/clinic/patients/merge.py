"""Make one record of two that are of one person. Nothing is deleted, and what moved is written down."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import DatabaseError, transaction
from msgspec import Struct

from osteon.clinic.audit.log import record
from osteon.clinic.orders.ending import end_orders
from osteon.clinic.orders.models import OrderEnd
from osteon.clinic.patients.models import Merge
from osteon.clinic.patients.take_in import fitted
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.records.refresh import refresh

_STAYS = {
    "records.entry", "records.careplan", "records.summary", "records.brokenglass", "records.patient",
    "orders.order", "letters.document", "stock.movement", "patients.merge", "patients.notthesame", "people.user",
}  # fmt: skip
"""What stays with the record that is merged away: its own chart and plans, and what is only ever added to."""


class MergeError(ValueError):
    """These two cannot be merged. The message says why."""


class Side(Struct, frozen=True):
    """One of the two records, counted, for the preview."""

    patient: Patient
    entries: int
    visits_to_come: int
    visits_over: int
    orders: int
    documents: int


def side(patient: Patient) -> Side:
    """How much is in a record?"""
    from osteon.clinic.booking.models import Visit

    over = patient.visits.filter(state__in=Visit.OVER).count()
    return Side(
        patient,
        entries=patient.entries.filter(replaced_at__isnull=True).count(),
        visits_to_come=patient.visits.count() - over,
        visits_over=over,
        orders=patient.orders.filter(end__isnull=True).count(),
        documents=patient.documents.count(),
    )


def merge(stands: Patient, double: Patient, *, reason: str, by: User) -> Merge:
    """Merge a record into the one that stands. Raises `MergeError`, and `ChartError` where the whole makes no chart.

    The chart of the double is written into the one that stands, with ids of its own; its visits, tasks and whatever
    else points to it move; orders end, because they were signed on half a chart. Documents, plans and movements of
    stock stay where they are, and are shown with the record that stands.
    """
    if stands.pk == double.pk or stands.merged_into_id or double.merged_into_id:
        message = "One of the two records has been merged already."
        raise MergeError(message)
    with transaction.atomic():
        entries = write(stands, _chart(double, stands), source=f"merged from {double.record_number}"[:80], by=by)
        moved = _move(double, stands)
        end_orders(double, OrderEnd.Kind.MERGED, "two records became one: sign again on the whole chart", by)
        Patient.objects.filter(merged_into=double).update(merged_into=stands)
        double.merged_into = stands
        double.save(update_fields=["merged_into"])
        _share(stands, double)
        Summary.objects.filter(patient=double).delete()  # worked out from the chart; nothing of its own is in it
        made = Merge.objects.create(
            stands=stands,
            double=double,
            by=by,
            reason=reason,
            moved={**moved, "entries": [each.pk for each in entries]},
        )
        record(by, "merged another record into this one", patient=stands, double=str(double.pk), reason=reason)
        record(by, "merged this record into another", patient=double, stands=str(stands.pk), reason=reason)
        refresh(stands)
    return made


def _chart(double: Patient, stands: Patient) -> list[Received]:
    standing = double.entries.filter(replaced_at__isnull=True).order_by("pk").values_list("content", "full_url")
    resources = [Received(msgspec.json.decode(content), url) for content, url in standing]
    person = next((each for each in resources if each.resource["resourceType"] == "Patient"), None)
    if person is None:
        person = Received({"resourceType": "Patient", "id": str(double.pk)})
    known = stands.entries.filter(kind="Patient", replaced_at__isnull=True).order_by("pk").first()
    if known is not None and known.resource_id == person.resource["id"]:  # both came from one system
        return _without_older(resources, stands)
    return fitted(resources, person, stands)


def _without_older(resources: list[Received], stands: Patient) -> list[Received]:
    """Of two versions of one resource of one system, the one that stands is kept."""
    there = set(stands.entries.filter(replaced_at__isnull=True).values_list("kind", "resource_id"))
    return [each for each in resources if (each.resource["resourceType"], each.resource["id"]) not in there]


def _move(double: Patient, stands: Patient) -> dict[str, list[str]]:
    """Point everything else from the double to the record that stands; returns what moved, by kind."""
    moved: dict[str, list[str]] = {}
    for relation in Patient._meta.related_objects:
        model, field = relation.related_model, relation.field
        assert not isinstance(model, str)  # noqa: S101 - every app is loaded
        label = model._meta.label_lower
        if label in _STAYS or relation.many_to_many:
            continue
        rows = model._default_manager.filter(**{field.name: double})
        keys = [str(key) for key in rows.values_list("pk", flat=True)]
        if keys and _pointed(rows, field.name, stands):
            moved[label] = keys
    return moved


def _pointed(rows: Any, field: str, stands: Patient) -> bool:
    """Did the rows move? Those of a table to which rows are only added stay, and so does a second of what is unique."""
    try:
        with transaction.atomic():
            rows.update(**{field: stands})
    except DatabaseError:
        return False
    return True


def _share(stands: Patient, double: Patient) -> None:
    """What either record says of the person holds for both: confidential, escort, interpreter, how to be reached."""
    for name in ("is_confidential", "needs_escort", "needs_interpreter", "deceased"):
        setattr(stands, name, getattr(stands, name) or getattr(double, name))
    for name in ("phone", "email", "constraints", "sex", "deceased_on"):
        setattr(stands, name, getattr(stands, name) or getattr(double, name))
    stands.save()
    stands.care_team.add(*double.care_team.all())
    account = User.objects.filter(patient=double).first()
    if account is None:
        return
    if User.objects.filter(patient=stands).exists():
        User.objects.filter(pk=account.pk).update(is_active=False)
    else:
        User.objects.filter(pk=account.pk).update(patient=stands)


def family(patient: Patient) -> list[object]:
    """The keys of a record and of those merged into it: whose documents, orders and doses are hers."""
    return [patient.pk, *patient.doubles.values_list("pk", flat=True)]
