"""Alarms that the server raises, whether or not a page is open; they call out to more people until one answers.

raise_alarms(timezone.now())    the worker's clock calls this
open_alarms(timezone.now())     what the Today board shows
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from msgspec import Struct

from osteon.clinic.audit.log import record
from osteon.clinic.infusion.models import RaisedAlarm, Session, SessionEvent
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.knowledge import Knowledge
from osteon.pathway.session.events import Event
from osteon.pathway.session.path import state_of
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State
from osteon.pathway.session.watch import Alarm, Urgency, alarms

CALLED = ("her nurse", "every nurse", "every nurse and every prescriber")
"""Whom an alarm calls, by its level."""

_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_POLICY = msgspec.json.Decoder(Policy)
_ORDER = [each.value for each in Urgency][::-1]


class OpenAlarm(Struct, frozen=True, kw_only=True):
    """An alarm that nobody has answered yet, as the Today board shows it.

    `chair` is empty where none is booked; `level` says how often it has called out to more people, `called` to whom.
    """

    id: int
    patient: Patient
    chair: str
    words: str
    urgency: Urgency
    since: datetime
    level: int
    called: str
    address: str

    @property
    def escalated(self) -> bool:
        """Has it called out to more people than her nurse?"""
        return self.level > 0


def raise_alarms(now: datetime) -> int:
    """Look at every open session, raise what calls out, escalate what nobody answered; returns how many are open.

    Two queries where nothing changes. A session that cannot be read does not keep the others from being looked at:
    the first such error is raised at the end.
    """
    knowledge = knowledge_on(today())
    events = Prefetch("events", queryset=SessionEvent.objects.order_by("number"), to_attr="told")
    still = Prefetch("alarms", queryset=RaisedAlarm.objects.all(), to_attr="raised")
    count, wrong = 0, None
    for session in Session.objects.filter(is_open=True, count__gt=0).prefetch_related(events, still):
        try:
            policy = _POLICY.decode(session.policy)
            state = state_of((_EVENT.decode(each.content) for each in session.told), policy)
            count += _settle(session, state, policy, knowledge, now, session.raised)
        except Exception as error:  # one broken session must not silence the alarms of the others
            wrong = wrong or error
    if wrong is not None:
        raise wrong
    return count


def settle_alarms(session: Session, state: State, policy: Policy, now: datetime) -> None:
    """Raise and end the alarms of one session, in the transaction of the event that changed it."""
    _settle(session, state, policy, knowledge_on(today()), now, session.alarms.all())


def _settle(
    session: Session, state: State, policy: Policy, knowledge: Knowledge, now: datetime, rows: Iterable[RaisedAlarm]
) -> int:
    now = max(now, session.last_at or now)
    calling = {each.id: each for each in alarms(state, policy, knowledge, now)} if session.is_open else {}
    known = {row.alarm: row for row in rows}
    new = [each for name, each in calling.items() if name not in known]
    changed = list(_changed(known.values(), calling, now, _again_after(knowledge)))
    if new or changed:
        with transaction.atomic():
            RaisedAlarm.objects.bulk_create((_raised(session, each, now) for each in new), ignore_conflicts=True)
            for row in changed:
                row.save(update_fields=["over_at", "level", "raised_at"])
                if row.level and row.over_at is None:
                    _note_escalation(session, row)
    return len(calling)


def _changed(
    rows: Iterable[RaisedAlarm], calling: dict[str, Alarm], now: datetime, again_after: timedelta
) -> Iterator[RaisedAlarm]:
    """The rows that are over, that call again, or that call more people now."""
    for row in rows:
        if row.alarm not in calling:
            if row.over_at is None:
                row.over_at = now
                yield row
        elif row.over_at is not None:
            row.over_at, row.raised_at, row.level = None, now, 0
            yield row
        elif (level := min(int((now - row.raised_at) / again_after), len(CALLED) - 1)) > row.level:
            row.level = level
            yield row


def _raised(session: Session, alarm: Alarm, now: datetime) -> RaisedAlarm:
    return RaisedAlarm(
        session=session,
        alarm=alarm.id,
        words=alarm.words[:200],
        urgency=alarm.urgency.value,
        since=alarm.since,
        raised_at=now,
    )


def _note_escalation(session: Session, row: RaisedAlarm) -> None:
    """Write down that nobody had answered."""
    record(
        None,
        "called more people to an alarm that nobody answered",
        patient=session.visit.patient,
        session=str(session.pk),
        alarm=row.alarm,
        called=CALLED[row.level],
    )


def _again_after(knowledge: Knowledge) -> timedelta:
    return timedelta(minutes=knowledge.parameter("session.alarm_again_after").value)


def open_alarms(now: datetime | None = None) -> list[OpenAlarm]:
    """The alarms that nobody has answered, the most urgent and the oldest first. One query."""
    now, again_after = now or timezone.now(), _again_after(knowledge_on(today()))
    rows = RaisedAlarm.objects.filter(over_at__isnull=True).select_related(
        "session__visit__patient", "session__visit__chair"
    )
    found = [_open(row, now, again_after) for row in rows]
    return sorted(found, key=lambda each: (_ORDER.index(each.urgency.value), each.since))


def _open(row: RaisedAlarm, now: datetime, again_after: timedelta) -> OpenAlarm:
    visit = row.session.visit
    level = max(row.level, min(int((now - row.raised_at) / again_after), len(CALLED) - 1))
    return OpenAlarm(
        id=row.pk,
        patient=visit.patient,
        chair=visit.chair.name if visit.chair else "",
        words=row.words,
        urgency=Urgency(row.urgency),
        since=row.since,
        level=level,
        called=CALLED[level],
        address=reverse("session", args=[visit.patient_id, visit.pk]),
    )
