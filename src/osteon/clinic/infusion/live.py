"""The part of a session's page that lives: where it stands, what calls out, what runs. It is asked for again and again.

Looking at the page was written down when it was opened; a poll by itself is not another look.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.access.sight import Sight, sight
from osteon.clinic.infusion.models import RaisedAlarm, Session
from osteon.clinic.infusion.shown import form_of, next_of, running_of
from osteon.clinic.infusion.store import policy_in, state_in
from osteon.clinic.infusion.trend import SIGNS, lines_of, sets_of
from osteon.clinic.people.roles import Role
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.knowledge import Knowledge
from osteon.pathway.session import events as happened
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State
from osteon.pathway.session.watch import Alarm, alarms, next_check


@open_to(get={Role.NURSE, Role.PRESCRIBER, Role.COORDINATOR})
def live(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The living part, or 304 where nothing has changed since the browser's last question."""
    kept = Session.objects.select_related("visit__patient").filter(pk=visit_id).first()
    if kept is None or sight(user_of(request), kept.visit.patient) is not Sight.FULL:
        raise Http404
    policy, state, knowledge, now = policy_in(kept), state_in(kept), knowledge_on(today()), timezone.now()
    page = live_part(kept, state, policy, knowledge, now)
    tag = f'"{sha256(repr((kept.count, page["alarm_ids"], now.hour, now.minute)).encode()).hexdigest()[:24]}"'
    answer: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponseNotModified()
    else:
        answer = render(request, "infusion/live.html", {**page, "patient": kept.visit.patient})
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def live_part(kept: Session, state: State, policy: Policy, knowledge: Knowledge, now: datetime) -> dict[str, Any]:
    """What the living part shows."""
    calling = alarms(state, policy, knowledge, now)
    levels = dict(RaisedAlarm.objects.filter(session=kept, over_at__isnull=True).values_list("alarm", "level"))
    return {
        "visit": kept.visit,
        "policy": policy,
        "state": state,
        "now": now,
        "next": next_of(state, policy, knowledge),
        "next_at": next_check(state, policy, knowledge),
        "alarms": [(each, _mark(each), levels.get(each.id, 0), _answer(each, policy)) for each in calling],
        "alarm_ids": [(each.id, levels.get(each.id, 0)) for each in calling],
        "running": running_of(state, policy, knowledge, now),
        "sets": sets_of(state, policy, knowledge),
        "signs": SIGNS,
        "trend": lines_of(state),
    }


def _mark(alarm: Alarm) -> str:
    """An id for the page: the same for the same alarm."""
    return "alarm-" + sha256(alarm.id.encode()).hexdigest()[:12]


def _answer(alarm: Alarm, policy: Policy) -> Any:
    form = form_of(happened.AlarmAnswered, policy, alarm=alarm.id)
    form.auto_id = f"{_mark(alarm)}-%s"
    return form
