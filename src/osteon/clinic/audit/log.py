"""Write down what somebody saw or did."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from osteon.clinic.audit.chain import START, linked
from osteon.clinic.audit.models import Entry

if TYPE_CHECKING:
    from osteon.clinic.people.models import User
    from osteon.clinic.records.models import Patient

_LOCK = 0x05_7E0_A0D17
"""The number of the lock that keeps two writers of the chain apart on PostgreSQL."""


def record(user: User | None, act: str, *, patient: Patient | None = None, **detail: Any) -> Entry:
    """Add one entry to the chain, in the transaction that is open. `user` None is the program itself."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        head = Entry.objects.order_by("-number").values_list("number", "hash").first() or (0, START)
        entry = Entry(
            number=head[0] + 1,
            at=timezone.now(),
            user_id=user.pk if user else None,
            user_name=user.name if user else "Osteon",
            role=user.role if user else "",
            act=act,
            patient_id=patient.pk if patient else None,
            detail=detail,
            previous=head[1],
        )
        entry.hash = linked(entry.previous, content(entry))
        entry.save(force_insert=True)
        return entry


def content(entry: Entry) -> dict[str, Any]:
    """What of an entry its hash covers: everything but the hashes."""
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "user_id": entry.user_id,
        "user_name": entry.user_name,
        "role": entry.role,
        "act": entry.act,
        "patient_id": str(entry.patient_id) if entry.patient_id else None,
        "detail": entry.detail,
    }
