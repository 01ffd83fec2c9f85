"""Which order stands for a patient? What a session asks before a dose is given."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from osteon.clinic.orders.models import Order
from osteon.clinic.records.models import Patient


def orders_of(patient: Patient) -> QuerySet[Order]:
    """Every order of a patient, those of records merged into hers too, the latest first."""
    hers = Q(patient=patient) | Q(patient__merged_into=patient)
    return Order.objects.filter(hers).select_related("signed_by", "end__by").order_by("-signed_at")


def standing_orders(patient: Patient, on: date) -> QuerySet[Order]:
    """The orders that have neither ended nor expired on a day."""
    return orders_of(patient).filter(end__isnull=True, last_day__gte=on)


def standing_order(patient: Patient, drug: str, on: date) -> Order | None:
    """The order under which this drug may be given on a day; None: no prescriber has signed one that stands.

    Its `override_ids` name the holds of the gate that the prescriber has set aside; a stop is never among them.
    """
    return standing_orders(patient, on).filter(drug=drug).first()
