"""Plan today again, propose a month, and find who comes at short notice."""

import re
from datetime import timedelta

import pytest

from osteon.clinic.booking.book import best_slots, book
from osteon.clinic.booking.engine import days_from
from osteon.clinic.booking.models import Availability, MonthProposal, Visit
from osteon.clinic.booking.month import ask_for_month, work_out
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.check import check
from osteon.clinic.schedule.types import Booking, Slot
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import patient, staffed  # noqa: F401 - a fixture

MONDAY = TODAY


@pytest.fixture
def coordinator(person) -> User:
    return person(Role.COORDINATOR)


def places(page: str) -> list[str]:
    return re.findall(r'name="place" value="([^"]+)"', page)


def test_one_who_comes_late_is_put_later_and_another_could_come_too(signed_in, staffed, chairs, coordinator):  # noqa: F811
    late = book(
        visit_for(patient("LATE", TODAY - timedelta(days=190))), Slot(TODAY, 11 * 60, str(chairs[0].pk)), coordinator
    )
    patient("MORE", TODAY - timedelta(days=195))
    client = signed_in(Role.COORDINATOR)
    page = client.get(f"/schedule/again/?plan=1&{late.pk}=14:00").content.decode()
    chosen = places(page)
    assert len(chosen) == 2
    assert "proved to be the best possible" in page
    client.post("/schedule/again/", {"place": chosen})
    late.refresh_from_db()
    assert f"{late.starts_at:%H:%M}" >= "14:00"
    assert Visit.objects.filter(state="confirmed").count() == 2
    known = days_from(TODAY, TODAY)
    assert check([Booking(each, each.booked) for each in known.booked], known.clinic) == []


def test_what_changed_meanwhile_makes_the_whole_of_it_nothing(signed_in, staffed, chairs, coordinator):  # noqa: F811
    late = book(
        visit_for(patient("LATE", TODAY - timedelta(days=190))), Slot(TODAY, 11 * 60, str(chairs[0].pk)), coordinator
    )
    patient("MORE", TODAY - timedelta(days=195))
    client = signed_in(Role.COORDINATOR)
    chosen = places(client.get(f"/schedule/again/?plan=1&{late.pk}=14:00").content.decode())
    book(late, Slot(TODAY, 12 * 60, str(chairs[0].pk)), coordinator)
    page = client.post("/schedule/again/", {"place": chosen}, follow=True).content.decode()
    assert "Nothing was changed." in page
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("value", ["", "moved x y z", "moved 7 1 2 3", "more 0 0 0 0"])
def test_nonsense_is_refused(signed_in, staffed, value):  # noqa: F811
    page = signed_in(Role.COORDINATOR).post("/schedule/again/", {"place": [value]}, follow=True).content.decode()
    assert "Nothing was changed." in page


def test_a_confidential_patient_is_not_named_to_others(signed_in, staffed, chairs, coordinator):  # noqa: F811
    book(visit_for(patient("HIDDEN", TODAY - timedelta(days=190))), Slot(TODAY, 660, str(chairs[0].pk)), coordinator)
    Patient.objects.update(is_confidential=True)
    page = signed_in(Role.COORDINATOR).get("/schedule/again/?plan=1").content.decode()
    assert "HIDDEN" not in page
    assert "a patient" in page


def test_a_month_is_worked_out_by_the_worker_and_booked_day_by_day(signed_in, staffed):  # noqa: F811
    for number in range(20):
        patient(f"M{number}", TODAY - timedelta(days=170 + number))
    client = signed_in(Role.COORDINATOR)
    assert "Nobody has asked" in client.get("/schedule/month/").content.decode()
    client.post("/schedule/month/ask/", {"day": str(TODAY)})
    asked = MonthProposal.objects.get()
    assert "hx-get" in client.get("/schedule/month/").content.decode()
    work_out.func(str(asked.pk))
    page = client.get("/schedule/month/").content.decode()
    assert "Of 20 without a date 20 find a place" in page
    days = re.findall(r'name="on" value="([^"]+)"', page)
    assert days
    assert min(days) > str(TODAY)
    first = client.post("/schedule/month/accept/", {"day": str(TODAY), "on": days[:1]}, follow=True).content.decode()
    count = int(re.search(r"Booked: (\d+) visit", first)[1])
    assert count == Visit.objects.count() > 0
    client.post("/schedule/month/accept/", {"day": str(TODAY), "on": days})
    assert Visit.objects.count() == 20
    known = days_from(TODAY, TODAY + timedelta(days=27))
    assert check([Booking(each, each.booked) for each in known.booked], known.clinic) == []


def test_a_proposal_keeps_no_name(staffed, coordinator):  # noqa: F811
    patient("NAME", TODAY - timedelta(days=185))
    asked = ask_for_month(MONDAY, coordinator)
    work_out.func(str(asked.pk))
    asked.refresh_from_db()
    assert asked.places
    assert "NAME" not in str(asked.places) + str(asked.left_out)


def test_a_proposal_that_fails_says_so(signed_in, staffed, coordinator, monkeypatch):  # noqa: F811
    asked = ask_for_month(MONDAY, coordinator)
    monkeypatch.setattr("osteon.clinic.booking.month.propose_month", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work_out.func(str(asked.pk))
    assert "could not be worked out" in signed_in(Role.COORDINATOR).get("/schedule/month/").content.decode()


def test_who_comes_at_short_notice_is_offered_the_soonest_place(signed_in, staffed, coordinator):  # noqa: F811
    waiting = patient("QUICK", TODAY - timedelta(days=190))
    patient("NOT-ASKED", TODAY - timedelta(days=190))
    nurse = signed_in(Role.NURSE)
    assert "Nobody who may be called" in nurse.get("/schedule/short-notice/").content.decode()
    Availability.objects.create(patient=waiting, at_short_notice=True)
    page = nurse.get("/schedule/short-notice/").content.decode()
    assert "NOT-ASKED" not in page
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    nurse.post(f"/patients/{waiting.pk}/book/", {"slot": slot, "version": "0"})
    assert Visit.objects.get().patient == waiting
    assert "QUICK" not in nurse.get("/schedule/short-notice/").content.decode()


def test_a_busy_month_counts_each_day(signed_in, staffed, coordinator):  # noqa: F811
    visit = visit_for(patient("ONE", TODAY - timedelta(days=190)))
    booked = book(visit, best_slots(visit)[0].slot, coordinator)
    page = signed_in(Role.SERVICE_LEAD).get("/schedule/month/").content.decode()
    cell = page.split(f"day={booked.starts_at:%Y-%m-%d}")[1].split("</td>")[0]
    assert cell.rstrip().endswith("1")
    assert "Propose these weeks" not in page
