"""Sessions in the database: open one, add an event to it, read it back, hold its chain to account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Struct, structs

from osteon.clinic.audit.chain import START, first_break, linked
from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit, VisitEvent
from osteon.clinic.infusion.alarms import settle_alarms
from osteon.clinic.infusion.flow import write_into_chart
from osteon.clinic.infusion.follow import ask_what_follows
from osteon.clinic.infusion.models import Session, SessionEvent
from osteon.clinic.infusion.shelf import refuse_wrong_lot, take_from_shelf
from osteon.clinic.people.models import User
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.records.refresh import today
from osteon.pathway.session.events import Corrected, Event
from osteon.pathway.session.path import following, state_of
from osteon.pathway.session.policy import Policy, policy_of
from osteon.pathway.session.state import Phase, State

_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_POLICY = msgspec.json.Decoder(Policy)

_STATES = {
    Phase.PREPARING: Visit.State.IN_CHAIR,
    Phase.RUNNING: Visit.State.INFUSING,
    Phase.PAUSED: Visit.State.INFUSING,
    Phase.STOPPED: Visit.State.INFUSING,
    Phase.OBSERVING: Visit.State.OBSERVING,
    Phase.DISCHARGED: Visit.State.GONE,
    Phase.NOT_GIVEN: Visit.State.GONE,
    Phase.CLOSED: Visit.State.GONE,
}
"""What the board says of a visit in each phase of its session."""


class Entered(Struct, frozen=True):
    """What came of an entry: where the session stands now, and whether the entry was new."""

    state: State
    is_new: bool


def open_session(visit: Visit, **how: bool) -> Session:
    """The session of a visit, opened if it is not there yet; `how` goes to `policy_of`.

    Raises `NotGivenHereError` for a drug taken at home.
    """
    if (kept := Session.objects.filter(pk=visit.pk).first()) is not None:
        kept.visit = visit
        return kept
    knowledge = knowledge_on(today())
    policy = policy_of(knowledge.drugs[visit.drug], knowledge, **how)
    session, _ = Session.objects.get_or_create(
        visit=visit,
        defaults={"policy": msgspec.json.encode(policy).decode(), "opened_at": timezone.now(), "head": START},
    )
    return session


def policy_in(session: Session) -> Policy:
    """How the dose of this session is given."""
    return _POLICY.decode(session.policy)


def events_of(session: Session) -> tuple[Event, ...]:
    """Every event of a session, in the order in which they were taken in."""
    rows = SessionEvent.objects.filter(session=session).order_by("number").values_list("content", flat=True)
    return tuple(_EVENT.decode(content) for content in rows)


def state_in(session: Session) -> State:
    """Where the session stands."""
    return state_of(events_of(session), policy_in(session))


def enter(session: Session, event: Event, *, by: User | None, second: User | None = None) -> Entered:
    """Add one event; it is on the disk when this returns. The same key again changes nothing.

    Raises `RefusedError` for what cannot happen now, a correction among it that would make the story impossible.
    """
    with transaction.atomic():
        kept = Session.objects.select_for_update().get(pk=session.pk)
        policy, before = policy_in(kept), events_of(kept)
        if any(each.key == event.key for each in before):
            return Entered(state_of(before, policy), is_new=False)
        event = _never_back(event, kept.last_at)
        refuse_wrong_lot(kept.visit, event)
        if isinstance(event, Corrected):
            state = state_of((*before, event), policy)
        else:
            state = following(state_of(before, policy), event, policy)
        _keep(kept, event, state, by, second)
        settle_alarms(kept, state, policy, event.recorded_at)
        take_from_shelf(kept.visit, state, policy, event, by)
        ask_what_follows(kept, state, policy, event)
        write_into_chart(kept, (*before, event), policy, event, by)
    return Entered(state, is_new=True)


def _never_back(event: Event, last: datetime | None) -> Event:
    """The event at a time not before the last one was taken in: a server's clock may be set back, an hour may not be.

    What happened earlier and is entered late keeps the time at which it happened.
    """
    if last is None or event.recorded_at >= last:
        return event
    at = event.at + (last - event.recorded_at) if event.at == event.recorded_at else event.at
    return structs.replace(event, at=at, recorded_at=last)


def _keep(session: Session, event: Event, state: State, by: User | None, second: User | None) -> None:
    content = msgspec.json.encode(event).decode()
    number = session.count + 1
    row = SessionEvent(
        session=session,
        number=number,
        key=event.key,
        content=content,
        by=by,
        second=second,
        previous=session.head,
        hash=linked(session.head, _hashed(session, number, content)),
    )
    row.save(force_insert=True)
    session.count, session.head, session.is_open = number, row.hash, state.phase is not Phase.CLOSED
    session.last_at = event.recorded_at
    session.save(update_fields=["count", "head", "is_open", "last_at"])
    _tell_the_board(session.visit, state, event, by)
    if not session.is_open:
        record(
            by, "closed a session", patient=session.visit.patient, session=str(session.pk), head=row.hash, count=number
        )


def _tell_the_board(visit: Visit, state: State, event: Event, by: User | None) -> None:
    shown = _STATES.get(state.phase)
    if shown is None or visit.state == shown:
        visit.save(update_fields=["changed_at"])
        return
    visit.state = shown
    visit.version += 1
    visit.save(update_fields=["state", "version", "changed_at"])
    VisitEvent.objects.create(visit=visit, at=event.at, by=by, kind=shown, detail={"session": True})


def _hashed(session: Session, number: int, content: str) -> dict[str, object]:
    return {"session": str(session.pk), "number": number, "content": content}


class Broken(Struct, frozen=True):
    """A session whose chain does not hold: at which event, and what is wrong."""

    session: str
    number: int
    why: str


def broken_sessions() -> Iterator[Broken]:
    """Every session whose events are not what they were: changed, removed, or cut off at the end."""
    for session in Session.objects.order_by("pk").iterator(chunk_size=500):
        rows = SessionEvent.objects.filter(session=session).order_by("number")
        chain = [(row.number, row.previous, row.hash, _hashed(session, row.number, row.content)) for row in rows]
        if (number := first_break(chain)) is not None:
            yield Broken(str(session.pk), number, "this event was changed, or one before it was removed")
        elif len(chain) != session.count or (chain[-1][2] if chain else START) != session.head:
            yield Broken(str(session.pk), len(chain) + 1, "events at the end were removed")
