"""A session in the database: nothing is lost, nothing counts twice, and any tampering shows."""

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from osteon.clinic.audit.models import Entry
from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.models import Session, SessionEvent
from osteon.clinic.infusion.store import broken_sessions, enter, events_of, open_session, state_in
from osteon.clinic.people.roles import Role
from osteon.pathway.session import events as e
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.state import Phase
from tests.clinic.conftest import TODAY
from tests.pathway.session.told import WELL, prepared, told


@pytest.fixture
def visit(jane) -> Visit:
    return Visit.objects.create(
        patient=jane, drug="zoledronic_acid", title="zoledronic acid", state=Visit.State.ARRIVED,
        setup_min=20, giving_min=30, observing_min=15, cleaning_min=10, due_on=TODAY, earliest=TODAY,
    )  # fmt: skip


@pytest.fixture
def nurse(person):
    return person(Role.NURSE)


@pytest.fixture
def session(visit) -> Session:
    return open_session(visit)


def test_opening_twice_is_opening_once(visit):
    assert open_session(visit) == open_session(visit)
    assert Session.objects.count() == 1


def test_what_was_entered_comes_back_and_the_board_follows(session, nurse, visit):
    for event in [*prepared(), told(e.Started, 10, rate_ml_h=200)]:
        enter(session, event, by=nurse)
    assert state_in(session).phase is Phase.RUNNING
    visit.refresh_from_db()
    assert visit.state == Visit.State.INFUSING
    assert [each.kind for each in visit.events.all()] == ["in_chair", "infusing"]


def test_the_same_entry_again_changes_nothing(session, nurse):
    arrived = told(e.Arrived, 0)
    assert enter(session, arrived, by=nurse).is_new
    assert not enter(session, arrived, by=nurse).is_new
    assert len(events_of(session)) == 1


def test_what_is_refused_is_not_kept(session, nurse):
    with pytest.raises(RefusedError):
        enter(session, told(e.Started, 1, rate_ml_h=200), by=nurse)
    assert events_of(session) == ()


def test_a_correction_that_makes_the_story_impossible_is_not_kept(session, nurse):
    story = [*prepared(), told(e.Started, 10, rate_ml_h=200)]
    for event in story:
        enter(session, event, by=nurse)
    consent = next(event for event in story if isinstance(event, e.Consented))
    with pytest.raises(RefusedError, match="consent"):
        enter(session, told(e.Corrected, 12, wrong=consent.key, reason="no"), by=nurse)
    assert len(events_of(session)) == len(story)


def test_the_head_of_a_closed_session_stands_in_the_audit_log(session, nurse):
    enter(session, told(e.GivenUp, 1, reason="fever"), by=nurse)
    enter(session, told(e.Closed, 2), by=nurse)
    session.refresh_from_db()
    assert not session.is_open
    assert Entry.objects.get(act="closed a session").detail["head"] == session.head


def test_the_database_refuses_to_change_an_event(session, nurse):
    enter(session, told(e.Arrived, 0), by=nurse)
    with pytest.raises(DatabaseError, match="never changed"):
        SessionEvent.objects.update(content="{}")


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        ("UPDATE infusion_sessionevent SET content = replace(content, '61.5', '65.1') WHERE number = 4", "changed"),
        ("DELETE FROM infusion_sessionevent WHERE number = 3", "removed"),
        ("DELETE FROM infusion_sessionevent WHERE number > 5", "end"),
    ],
)
def test_tampering_shows(session, nurse, tamper: str, why: str):
    for event in [*prepared(), told(e.VitalsTaken, 9.5, signs=WELL)]:
        enter(session, event, by=nurse)
    assert list(broken_sessions()) == []
    with connection.cursor() as cursor:
        on = " ON infusion_sessionevent" if connection.vendor == "postgresql" else ""
        for verb in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER infusion_sessionevent_no_{verb}{on}")
        cursor.execute(tamper)
    assert [why in broken.why for broken in broken_sessions()] == [True]
