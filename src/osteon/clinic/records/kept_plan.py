"""A plan as it is kept in the database, and back."""

from __future__ import annotations

import msgspec

from osteon.clinic.records.models import CarePlan, Patient
from osteon.pathway.on_request import plain
from osteon.pathway.plan import Plan


def plan_as_json(made: Plan) -> str:
    """A plan with all its reasons, as JSON."""
    return msgspec.json.encode(made, enc_hook=plain).decode()


def plan_of(kept: CarePlan) -> Plan:
    """The plan that was kept."""
    return msgspec.json.decode(kept.content, type=Plan)


def current_plan(patient: Patient) -> Plan | None:
    """The newest plan of a patient; None where none could be made yet."""
    newest = patient.plans.order_by("-pk").first()
    return plan_of(newest) if newest else None
