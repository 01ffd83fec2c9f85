"""What the invented prescriber has signed: an order for whoever comes today, where nothing forbids one."""

from __future__ import annotations

from collections.abc import Iterable

from osteon.clinic.orders.sign import drafts, sign
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import occasion_of, today
from osteon.pathway.plan import plan

_NOT_SIGNED_YET = 7
"""One in so many waits for the signature, so that the page of orders and the gate show what that looks like."""


def sign_orders(coming: Iterable[Patient]) -> int:
    """Sign what the plan asks for; returns how many."""
    prescriber, on, count = User.objects.filter(role=Role.PRESCRIBER).order_by("pk")[0], today(), 0
    for number, patient in enumerate(coming):
        kept = patient.plans.order_by("-pk").first()
        if kept is None or number % _NOT_SIGNED_YET == _NOT_SIGNED_YET - 1:
            continue
        at = occasion_of(patient, on)
        for draft in drafts(plan(at), at):
            if not draft.stops:
                sign(patient, kept, draft, {}, prescriber)
                count += 1
    return count
