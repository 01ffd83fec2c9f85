"""Visits in a calendar: right across the change of the clock, without a name, and off until somebody switches it on."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from osteon.clinic.booking.models import Chair, Visit
from osteon.clinic.calendars.models import Feed
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from tests.clinic.conftest import TODAY


@pytest.fixture
def visit(jane) -> Visit:
    chair = Chair.objects.create(name="Chair 3")
    return Visit.objects.create(
        patient=jane, drug="denosumab", title="denosumab", state=Visit.State.CONFIRMED, setup_min=5, giving_min=5,
        observing_min=15, cleaning_min=5, due_on=TODAY, earliest=TODAY, chair=chair,
        starts_at=datetime(2026, 11, 30, 14, 0, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def address(signed_in, settings) -> str:
    settings.CALENDAR_FEED = True
    page = signed_in(Role.NURSE).post("/calendar/", {"whose": "all"}).content.decode()
    return re.search(r'value="https?://[^/]+(/calendar/[^"]+)"', page)[1]


def events(path: str) -> list:
    return list(Calendar.from_ical(Client().get(path).content).walk("VEVENT"))


def test_it_is_off_until_it_is_switched_on(signed_in, visit):
    nurse = signed_in(Role.NURSE)
    assert "has not switched it on" in nurse.get("/calendar/").content.decode()
    nurse.post("/calendar/", {"whose": "all"})
    assert not Feed.objects.exists()


def test_whoever_knows_the_address_reads_days_and_chairs_and_no_name(address, visit):
    content = Client().get(address).content.decode()
    [event] = events(address)
    assert event.decoded("dtstart") == visit.starts_at
    assert event.decoded("dtend") == visit.ends_at
    assert str(event["summary"]) == "Visit, Chair 3"
    for word in ("Jane", "Doyle", "denosumab", "OST-", "osteoporosis", str(visit.patient_id)):
        assert word not in content


def test_the_address_is_not_kept_and_not_shown_again(address, signed_in):
    token = address.split("key=")[1]
    assert Feed.objects.get().token_hash != token
    assert token not in signed_in(Role.NURSE).get("/calendar/").content.decode()


def test_local_time_is_right_before_and_after_the_clock_is_set(address, visit):
    zone = ZoneInfo("America/New_York")
    for moment, hour in ((datetime(2027, 3, 12, 15, tzinfo=UTC), 10), (datetime(2027, 3, 15, 14, tzinfo=UTC), 10)):
        Visit.objects.update(starts_at=moment)
        [event] = events(address)
        assert event.decoded("dtstart").astimezone(zone).hour == hour
        assert event["dtstart"].params["TZID"] == "America/New_York"
    assert b"BEGIN:VTIMEZONE" in Client().get(address).content


def test_a_change_counts_up_and_a_cancelled_visit_says_so(address, visit):
    visit.state, visit.version = Visit.State.CANCELLED, 4
    visit.save()
    [event] = events(address)
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 4)


def test_nothing_is_sent_again_while_nothing_changed(address, visit):
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    visit.version += 1
    visit.save()
    Visit.objects.update(changed_at=visit.changed_at + timedelta(seconds=1))
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_withdrawn_address_a_closed_account_and_a_guess_read_nothing(address, visit, signed_in, settings):
    assert Client().get("/calendar/visits.ics?key=guess").status_code == 404
    User.objects.filter(role=Role.NURSE).update(is_active=False)
    assert Client().get(address).status_code == 404
    User.objects.update(is_active=True)
    settings.CALENDAR_FEED = False
    assert Client().get(address).status_code == 404
    settings.CALENDAR_FEED = True
    assert Client().get(address).status_code == 200
    signed_in(Role.NURSE).post("/calendar/", {"act": "withdraw"})
    assert Client().get(address).status_code == 404


def test_mine_are_those_that_i_look_after(settings, signed_in, visit):
    settings.CALENDAR_FEED = True
    page = signed_in(Role.NURSE).post("/calendar/", {"whose": "mine"}).content.decode()
    path = re.search(r'value="https?://[^/]+(/calendar/[^"]+)"', page)[1]
    assert events(path) == []
    Visit.objects.update(nurse=User.objects.get(role=Role.NURSE))
    assert len(events(path)) == 1


def test_one_date_is_handed_out_as_a_file(signed_in, visit):
    answer = signed_in(Role.COORDINATOR).get(f"/patients/{visit.patient_id}/visits/{visit.pk}/visit.ics")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Appointment"
    assert answer["Content-Disposition"] == 'attachment; filename="visit.ics"'
