"""What a session asks for once the patient has gone: calls, a look at an arm, a signature; each a task with a day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from osteon.clinic.infusion.models import Session
from osteon.clinic.people.roles import Role
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.clinic.tasks.acts import ask_for
from osteon.knowledge import Knowledge
from osteon.knowledge.drug import POTENT_ANTIRESORPTIVES
from osteon.pathway.session.events import Discharged, Event, LineTrouble, OrderSpoken
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State


def ask_what_follows(session: Session, state: State, policy: Policy, event: Event) -> None:
    """After a discharge, or an order given by voice: ask for what has to follow, each thing once.

    The nurse calls within three days; where the drug can lower calcium she calls again after ten to fourteen.
    """
    if isinstance(event, OrderSpoken):
        _task(session, "sign", "Sign an order that you gave by voice", Role.PRESCRIBER, days=1, is_urgent=True)
    if not isinstance(event, Discharged):
        return
    knowledge = knowledge_on(today())
    if state.given_ml:
        _task(session, "first", _FIRST, Role.NURSE, days=_days(knowledge, "check_in_until"))
        if knowledge.drugs[policy.drug].drug_class in POTENT_ANTIRESORPTIVES:
            _task(session, "calcium", _CALCIUM, Role.NURSE, days=_days(knowledge, "calcium_check_in_until"))
    if any(each.event.trouble in _LOOKED_AT for each in state.troubles):
        _task(session, "site", "Look at the arm again: the line was in trouble", Role.NURSE, days=2, is_urgent=True)
    if any(each.grade >= _REPORTED for each in state.reactions):
        _task(session, "report", "Report the reaction, and record it as an allergy if it was one", Role.PRESCRIBER,
              days=1, is_urgent=True)  # fmt: skip


_FIRST = "Call: fever, pain, urine, tingling, cramps, eye, jaw, thigh, breath; calcium and vitamin D taken?"
_CALCIUM = "Call: tingling or cramps? Calcium measured, where it was at risk?"
_LOOKED_AT = (LineTrouble.EXTRAVASATION, LineTrouble.INFILTRATION, LineTrouble.PHLEBITIS)
_REPORTED = 3


def _days(knowledge: Knowledge, name: str) -> int:
    return int(knowledge.parameter(f"session.{name}").value)


def _task(session: Session, key: str, title: str, role: Role, *, days: int, is_urgent: bool = False) -> None:
    ask_for(
        title,
        role=role,
        due_on=timezone.localdate() + timedelta(days=days),
        key=f"session:{session.pk}:{key}",
        patient=session.visit.patient,
        is_urgent=is_urgent,
    )
