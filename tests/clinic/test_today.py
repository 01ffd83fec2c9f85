"""The board: who is here, who needs a hand next, and silence while nothing changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from osteon.clinic.booking.acts import ImpossibleError, arrive, stay_away
from osteon.clinic.booking.book import book
from osteon.clinic.booking.models import Shift, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.schedule.types import Slot
from osteon.clinic.today.board import board
from osteon.clinic.today.morning import each_morning
from tests.clinic.conftest import TODAY


def visit(patient: Patient, minutes: int = 30, state: Visit.State = Visit.State.CONFIRMED) -> Visit:
    return Visit.objects.create(
        patient=patient, drug="zoledronic_acid", title="zoledronic acid", state=state, setup_min=20, giving_min=30,
        observing_min=15, cleaning_min=10, due_on=TODAY, earliest=TODAY,
        starts_at=timezone.now() + timedelta(minutes=minutes),
    )  # fmt: skip


def test_who_waits_ready_stands_first_and_who_has_gone_last(jane, mark, person):
    Summary.objects.filter(patient=mark).update(readiness="ready")
    visit(jane, 0, Visit.State.GONE)
    coming, waiting = visit(jane, 60), visit(mark, -5, Visit.State.ARRIVED)
    late = visit(jane, -20)
    rows = [row.visit for row in board(person(Role.NURSE))]
    assert rows[:3] == [waiting, late, coming]


def test_it_names_the_one_thing_that_is_missing(signed_in, jane):
    visit(jane)
    page = signed_in(Role.NURSE).get("/today/").content.decode()
    assert jane.summary.one_thing in page


def test_a_summary_of_another_day_is_not_shown_as_todays(signed_in, jane):
    Summary.objects.update(on=TODAY - timedelta(days=1))
    visit(jane)
    assert "being worked out" in signed_in(Role.NURSE).get("/today/").content.decode()


def test_a_poll_is_answered_304_until_something_changes(signed_in, jane):
    shown = visit(jane)
    nurse = signed_in(Role.NURSE)
    tag = nurse.get("/today/", headers={"HX-Request": "true"})["ETag"]
    poll = {"HX-Request": "true", "If-None-Match": tag}
    assert nurse.get("/today/", headers=poll).status_code == 304
    Visit.objects.filter(pk=shown.pk).update(
        state=Visit.State.ARRIVED, changed_at=timezone.now() + timedelta(seconds=1)
    )
    answer = nurse.get("/today/", headers=poll)
    assert answer.status_code == 200
    assert b"<html" not in answer.content


def test_a_poll_that_changes_nothing_is_one_query(signed_in, jane, django_assert_max_num_queries):
    visit(jane)
    nurse = signed_in(Role.NURSE)
    tag = nurse.get("/today/", headers={"HX-Request": "true"})["ETag"]
    with django_assert_max_num_queries(4):  # session, user, mark, alarms
        nurse.get("/today/", headers={"HX-Request": "true", "If-None-Match": tag})


def test_the_board_is_few_queries_however_many_come(signed_in, jane, mark, django_assert_max_num_queries):
    for minutes in range(20):
        visit(jane if minutes % 2 else mark, minutes)
    nurse = signed_in(Role.NURSE)
    with django_assert_max_num_queries(8):
        nurse.get("/today/")


def test_the_coordinator_records_who_came(signed_in, jane):
    shown = visit(jane)
    signed_in(Role.COORDINATOR).post(f"/patients/{jane.pk}/visits/{shown.pk}/act/", {"act": "arrived"})
    shown.refresh_from_db()
    assert shown.state == Visit.State.ARRIVED
    assert shown.events.get().kind == "arrived"


def test_who_did_not_come_may_still_arrive_and_who_sits_cannot(jane, person):
    by, shown = person(Role.COORDINATOR), visit(jane)
    stay_away(shown, by)
    arrive(shown, by)
    arrive(shown, by)
    assert [each.kind for each in shown.events.all()] == ["no_show", "arrived"]
    Visit.objects.update(state=Visit.State.INFUSING)
    with pytest.raises(ImpossibleError, match="infusing"):
        stay_away(shown, by)


def test_who_did_not_come_is_called_and_can_be_booked_anew(signed_in, jane):
    shown = visit(jane, -40)
    signed_in(Role.COORDINATOR).post(f"/patients/{jane.pk}/visits/{shown.pk}/act/", {"act": "no_show"})
    assert "Did not come on 23 November: call" in signed_in(Role.COORDINATOR).get("/tasks/").content.decode()
    assert visit_for(jane).pk != shown.pk


def test_a_confidential_patient_is_not_on_the_board_of_others(signed_in, jane):
    visit(jane)
    Patient.objects.update(is_confidential=True)
    assert "Jane" not in signed_in(Role.NURSE).get("/today/").content.decode()


def test_every_morning_summaries_are_made_for_the_day(jane):
    Summary.objects.update(on=TODAY - timedelta(days=1))
    each_morning.enqueue(TODAY.isoformat())
    assert Summary.objects.get().on == TODAY


def test_a_morning_that_is_over_is_left_alone(jane):
    Summary.objects.update(on=TODAY - timedelta(days=3))
    each_morning.enqueue((TODAY - timedelta(days=1)).isoformat())
    assert Summary.objects.get().on == TODAY - timedelta(days=3)


def test_an_empty_day_says_so(signed_in, db):
    assert "Nobody is booked for today." in signed_in(Role.NURSE).get("/today/").content.decode()


def test_yesterday_and_tomorrow_are_not_today(signed_in, jane):
    visit(jane, -60 * 24)
    visit(jane, 60 * 24)
    assert "Nobody is booked for today." in signed_in(Role.NURSE).get("/today/").content.decode()


def test_it_says_how_long_somebody_has_been_waiting(signed_in, jane, person, monkeypatch):
    here = visit(jane, 0)
    arrive(here, person(Role.COORDINATOR))
    later = timezone.now() + timedelta(minutes=25)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "waits 25 min" in signed_in(Role.NURSE).get("/today/").content.decode()


def test_a_visit_of_yesterday_that_nobody_recorded_is_asked_for(signed_in, jane):
    forgotten = visit(jane, -24 * 60)
    nurse = signed_in(Role.NURSE)
    page = nurse.get("/today/").content.decode()
    assert "Not recorded on the days before" in page
    nurse.post(f"/patients/{jane.pk}/visits/{forgotten.pk}/act/", {"act": "no_show"})
    assert "Not recorded" not in nurse.get("/today/").content.decode()
    assert "Did not come on 22 November" in signed_in(Role.COORDINATOR).get("/tasks/").content.decode()


def test_who_is_booked_for_today_is_judged_by_today(jane, chairs, person, django_capture_on_commit_callbacks):
    nurse = person(Role.NURSE)
    Shift.objects.create(nurse=nurse, day=TODAY, starts="08:00", ends="17:00")
    Summary.objects.filter(patient=jane).update(on=TODAY - timedelta(days=3))
    jane.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        book(visit_for(jane), Slot(TODAY, 12 * 60, str(chairs[0].pk)), nurse)
    assert Summary.objects.get(patient=jane).on == TODAY
