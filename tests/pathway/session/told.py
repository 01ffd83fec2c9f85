"""A session for tests: its events, minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from osteon.knowledge.in_force import load
from osteon.pathway.gate import Readiness
from osteon.pathway.risk.news2 import VitalSigns
from osteon.pathway.session import events as e
from osteon.pathway.session.policy import Policy, policy_of

KNOWLEDGE = load(date(2026, 11, 23))
BEGIN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
WELL = VitalSigns(
    respiration_rate=16, spo2=98, oxygen=False, systolic_pressure=128, pulse=72, consciousness="alert", temperature=36.6
)
_keys = count()


def policy(drug: str = "zoledronic_acid", **given: Any) -> Policy:
    return policy_of(KNOWLEDGE.drugs[drug], KNOWLEDGE, **given)


def told(
    kind: type, minute: float, *, role: e.Role = e.Role.NURSE, by: str = "rivera", key: str = "", **what: Any
) -> Any:
    """An event so many minutes after the patient came."""
    at = BEGIN + timedelta(minutes=minute)
    return kind(key=key or f"key-{next(_keys)}", at=at, recorded_at=at, by=by, role=role, **what)


def prepared(drug: str = "zoledronic_acid") -> list[e.Event]:
    """Everything up to the start."""
    how = policy(drug)
    steps = [
        told(e.Arrived, 0, role=e.Role.COORDINATOR),
        told(e.Identified, 2, identifiers=("name", "birth date")),
        told(e.GateJudged, 3, role=e.Role.PROGRAM, drug=drug, verdict=Readiness.READY),
        told(e.Weighed, 4, weight_kg=61.5),
        told(e.Consented, 5),
        told(e.VitalsTaken, 6, signs=WELL),
        told(e.DrugChecked, 9, drug=drug, product="generic", lot="A1", expires="2027-06-30", dose_mg=how.dose_mg,
             volume_ml=how.volume_ml),
    ]  # fmt: skip
    if how.needs_line:
        steps.insert(6, told(e.LinePlaced, 8, site="left forearm", gauge=22))
    return steps


def running() -> list[e.Event]:
    return [*prepared(), told(e.Started, 10, rate_ml_h=200)]
