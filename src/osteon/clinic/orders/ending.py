"""End an order: it stays as it was signed, and a row beside it says why it is valid no more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.orders.models import Order, OrderEnd
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient


def end_order(order: Order, kind: OrderEnd.Kind, reason: str, by: User) -> OrderEnd | None:
    """End one order; None where it has ended already."""
    with transaction.atomic():
        end, is_new = OrderEnd.objects.get_or_create(
            order=order, defaults={"kind": kind, "at": timezone.now(), "by": by, "reason": reason[:300]}
        )
        if not is_new:
            return None
        record(by, f"ended an order ({kind.label})", patient=order.patient, order=str(order.pk), reason=reason)
        return end


def end_orders(patient: Patient, kind: OrderEnd.Kind, reason: str, by: User) -> int:
    """End every order of a patient that has not ended; returns how many."""
    return sum(end_order(order, kind, reason, by) is not None for order in patient.orders.filter(end__isnull=True))
