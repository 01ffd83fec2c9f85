"""Alarms are raised by the server, whether or not a page is open, and call out until somebody answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from osteon.clinic.audit.models import Entry
from osteon.clinic.infusion.alarms import open_alarms, raise_alarms
from osteon.clinic.infusion.models import RaisedAlarm, Session
from osteon.clinic.people.roles import Role
from tests.clinic.infusion.test_pages import WELL, Nurse, nurse, visit  # noqa: F401 - fixtures


@pytest.fixture
def running(nurse: Nurse) -> Nurse:  # noqa: F811
    nurse.prepares()
    nurse.does("started", minutes="30")
    return nurse


def words(at) -> list[str]:
    return [each.words for each in open_alarms(at)]


def test_a_missed_set_is_raised_by_the_clock_alone(running: Nurse):
    raise_alarms(running.at + timedelta(minutes=9))
    assert words(running.at) == []
    raise_alarms(running.at + timedelta(minutes=11))
    assert words(running.at) == ["a set of vital signs was missed"]


def test_a_bad_set_is_raised_with_the_entry_itself(running: Nurse):
    running.does("vitals_taken", after=5, **{**WELL, "pulse": "135"})
    (alarm,) = open_alarms(running.at)
    assert (alarm.words, alarm.level, alarm.escalated) == ("one sign alone scores 3: pulse", 0, False)
    assert alarm.patient == running.visit.patient
    assert alarm.address == running.address


def test_nobody_answers_and_more_people_are_called_and_that_is_written_down(running: Nurse):
    running.does("vitals_taken", after=5, **{**WELL, "pulse": "135"})
    for minutes, called in ((1, "her nurse"), (2.5, "every nurse"), (4.5, "every nurse and every prescriber")):
        now = running.at + timedelta(minutes=minutes)
        raise_alarms(now)
        assert open_alarms(now)[0].called == called
    noted = Entry.objects.filter(act__contains="nobody answered")
    assert [each.detail["called"] for each in noted] == ["every nurse", "every nurse and every prescriber"]


def test_an_answer_ends_it_and_the_next_set_calls_again(running: Nurse):
    running.does("vitals_taken", after=5, **{**WELL, "pulse": "135"})
    running.does("alarm_answered", alarm=RaisedAlarm.objects.get().alarm, answer="prescriber called")
    raise_alarms(running.at)
    assert words(running.at) == []
    running.does("vitals_taken", **{**WELL, "pulse": "136"})
    assert len(words(running.at)) == 1


def test_the_board_shows_the_emergency_first(running: Nurse):
    running.does("vitals_taken", after=12, **{**WELL, "pulse": "135"})
    running.does("reaction_began", reaction="anaphylaxis")
    assert words(running.at)[0] == "anaphylaxis"


def test_looking_again_raises_nothing_twice_and_costs_few_queries(running: Nurse, django_assert_max_num_queries):
    now = running.at + timedelta(minutes=11)
    raise_alarms(now)
    with django_assert_max_num_queries(4):
        raise_alarms(now)
    assert RaisedAlarm.objects.count() == 1


def test_one_broken_session_does_not_silence_the_others(running: Nurse, jane):
    broken = type(running.visit).objects.create(
        patient=jane, drug="zoledronic_acid", title="x", state="arrived", due_on=running.at.date(),
        setup_min=1, giving_min=1, observing_min=1, cleaning_min=1, earliest=running.at.date(),
    )  # fmt: skip
    Session.objects.create(visit=broken, policy="{}", opened_at=timezone.now(), head="0", count=1)
    with pytest.raises(Exception, match="Object missing"):
        raise_alarms(running.at + timedelta(minutes=11))
    assert words(running.at) == ["a set of vital signs was missed"]


def test_the_living_part_is_304_while_nothing_changes(running: Nurse, signed_in):
    address = f"/sessions/{running.visit.pk}/live/"
    first = running.client.get(address)
    again = running.client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    running.does("vitals_taken", after=5, **{**WELL, "pulse": "135"})
    third = running.client.get(address, headers={"If-None-Match": first["ETag"]})
    assert third.status_code == 200
    assert "one sign alone scores 3" in third.content.decode()
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 403


def test_the_living_part_of_a_confidential_record_is_not_for_everybody(running: Nurse):
    type(running.visit.patient).objects.update(is_confidential=True)
    assert running.client.get(f"/sessions/{running.visit.pk}/live/").status_code == 404


def test_a_clock_that_is_set_back_an_hour_neither_refuses_an_entry_nor_runs_the_infusion_backwards(running: Nurse):
    running.does("vitals_taken", after=5, **WELL)
    running.at -= timedelta(hours=1)
    assert "stopped" in running.does("stopped", reason="rash").content.decode()
    session = Session.objects.get()
    ran = session.events.order_by("number").last()
    assert ran.key
    raise_alarms(running.at)
    from osteon.clinic.infusion.store import state_in

    assert state_in(session).stretches[-1].minutes(session.last_at) == 5
