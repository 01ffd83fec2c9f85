"""What would a prescriber sign, what stands against it, and the signature.

A *stop* of the gate cannot be signed away. A *hold* can be set aside by the prescriber with a reason, unless only a
result clears it. What can only be asked on the day of the dose stays for that day and is not set aside beforehand.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.audit.log import record
from osteon.clinic.orders.ending import end_order
from osteon.clinic.orders.models import Order, OrderEnd
from osteon.clinic.people.models import User
from osteon.clinic.records.models import CarePlan, Patient
from osteon.knowledge.types import Severity
from osteon.pathway.clearing import standing_against
from osteon.pathway.finding import Finding
from osteon.pathway.gate import gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.order import DoseOrder
from osteon.pathway.plan import Plan
from osteon.pathway.truth import Truth

LASTS = timedelta(days=365)
"""How long an order is valid: twelve months (a design default)."""


class SignError(ValueError):
    """This order cannot be signed. The message says why."""


class Draft(Struct, frozen=True, kw_only=True):
    """An order as it would be signed. `stops` forbid it; `holds` can be set aside with a reason; `results` are holds
    that only a result clears; `on_the_day` is asked when the dose is given. `days` are the doses that the plan names.
    """

    order: DoseOrder
    days: tuple[date, ...]
    last_day: date
    stops: tuple[Finding, ...]
    holds: tuple[Finding, ...]
    results: tuple[Finding, ...]
    on_the_day: tuple[Finding, ...]


def drafts(plan: Plan, at: Occasion) -> list[Draft]:
    """The orders that the plan asks for, one for each drug that this clinic gives, in the order of the plan."""
    found: dict[str, tuple[DoseOrder, list[date]]] = {}
    for step in plan.steps:
        if step.order is not None:
            found.setdefault(step.order.drug, (step.order, []))[1].append(step.on)
    last_day = at.on + LASTS
    return [_draft(order, [day for day in days if day <= last_day], last_day, at) for order, days in found.values()
            if days[0] <= last_day]  # fmt: skip


def _draft(order: DoseOrder, days: list[date], last_day: date, at: Occasion) -> Draft:
    checks = gate(at.knowledge.drugs[order.drug], at)
    against = standing_against(checks, due_on=max(days[0], at.on))
    stops = [each for each in against if each.severity is Severity.STOP]
    holds = [each for each in against if each.severity is Severity.HOLD]
    asked = [each for each in (*stops, *holds) if each.verdict is Truth.CANNOT_TELL and _is_asked(each, at)]
    result = [each for each in holds if each.only_a_result_clears and each not in asked]
    unknown_stops = [each for each in stops if each.verdict is Truth.CANNOT_TELL and each not in asked]
    return Draft(
        order=order,
        days=tuple(days),
        last_day=last_day,
        stops=tuple(each for each in stops if each.verdict is Truth.YES),
        holds=tuple(each for each in holds if each not in asked and each not in result),
        results=(*unknown_stops, *result),
        on_the_day=tuple(asked),
    )


def _is_asked(finding: Finding, at: Occasion) -> bool:
    return bool(finding.missing) and all(
        at.knowledge.facts[each.fact].record == "answer" for each in finding.missing if each.fact in at.knowledge.facts
    )


def sign(
    patient: Patient,
    kept: CarePlan,
    draft: Draft,
    overrides: dict[str, str],
    by: User,
) -> Order:
    """Sign an order. `overrides` are reasons by the id of the hold. Raises `SignError`.

    An order of the same drug that still stands is replaced by the new one.
    """
    if draft.stops:
        message = f"This cannot be signed: {draft.stops[0].text}"
        raise SignError(message)
    may = {each.id: each for each in draft.holds}
    if unknown := set(overrides) - set(may):
        message = f"Only a hold can be set aside: {', '.join(sorted(unknown))} is none."
        raise SignError(message)
    with transaction.atomic():
        earlier = patient.orders.filter(drug=draft.order.drug, end__isnull=True).first()
        if earlier is not None and end_order(earlier, OrderEnd.Kind.REPLACED, "a new order was signed", by) is None:
            message = "The order that this one was to replace has ended meanwhile. Look at the orders again."
            raise SignError(message)
        made = Order.objects.create(
            patient=patient,
            plan=kept,
            drug=draft.order.drug,
            content=msgspec.to_builtins(draft.order),
            first_dose_on=draft.days[0],
            signed_by=by,
            signed_at=timezone.now(),
            last_day=draft.last_day,
            overrides=[
                {"finding": name, "text": may[name].text, "reason": reason} for name, reason in overrides.items()
            ],
            replaces=earlier,
        )
        record(by, "signed an order", patient=patient, order=str(made.pk), drug=made.drug, overrides=len(overrides))
    return made
