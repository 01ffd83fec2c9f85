"""The schedule of a day, and a proposal that is accepted as a whole."""

import re
from datetime import timedelta

from osteon.clinic.booking.book import best_slots, book
from osteon.clinic.booking.engine import days_from
from osteon.clinic.booking.models import Closure, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.schedule.check import check
from osteon.clinic.schedule.types import Booking
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import late, patient, staffed  # noqa: F401 - fixtures

TOMORROW = TODAY + timedelta(days=1)


def test_it_shows_who_sits_where(signed_in, late, staffed, person):  # noqa: F811
    visit = book(visit_for(late), best_slots(visit_for(late))[0].slot, person(Role.COORDINATOR))
    page = signed_in(Role.NURSE).get(f"/schedule/?day={visit.starts_at.date()}").content.decode()
    in_the_list = page.split('id="chair-')
    assert "Example LATE" in next(part for part in in_the_list if "Chair 1" in part.split("</h2>")[0])
    assert "Example LATE" in page.split('id="daygrid"')[1].split("</table>")[0]


def test_a_closed_day_says_why(signed_in, staffed):  # noqa: F811
    Closure.objects.create(day=TOMORROW, reason="moving house")
    assert "moving house" in signed_in(Role.NURSE).get(f"/schedule/?day={TOMORROW}").content.decode()
    assert "Thanksgiving" in signed_in(Role.NURSE).get("/schedule/?day=2026-11-26").content.decode()


def test_nonsense_for_a_day_is_today(signed_in, staffed):  # noqa: F811
    assert "Monday, 23 November 2026" in signed_in(Role.NURSE).get("/schedule/?day=soon").content.decode()


def test_a_proposal_is_booked_and_satisfies_the_independent_checker(signed_in, staffed):  # noqa: F811
    for number in range(12):
        patient(f"P{number}", TODAY - timedelta(days=188 + number))
    coordinator = signed_in(Role.COORDINATOR)
    page = coordinator.get(f"/schedule/proposal/?day={TOMORROW}").content.decode()
    places = re.findall(r'name="place" value="([^"]+)"', page)
    assert len(places) == 12
    assert re.search(r"proved to be the best possible|% from the best possible", page)
    done = coordinator.post("/schedule/proposal/", {"day": str(TOMORROW), "place": places}, follow=True)
    assert "Booked: 12 visits." in done.content.decode()
    known = days_from(TOMORROW, TOMORROW)
    assert check([Booking(each, each.booked) for each in known.booked], known.clinic) == []


def test_what_was_taken_meanwhile_is_left_and_said(signed_in, late, staffed, person):  # noqa: F811
    coordinator = signed_in(Role.COORDINATOR)
    page = coordinator.get(f"/schedule/proposal/?day={TOMORROW}").content.decode()
    place = re.search(r'name="place" value="([^"]+)"', page)[1]
    Closure.objects.create(day=TOMORROW, reason="moving house")
    done = coordinator.post("/schedule/proposal/", {"day": str(TOMORROW), "place": [place]}, follow=True)
    assert "Booked: 0 visits." in done.content.decode()
    assert not Visit.objects.exists()


def test_a_confidential_patient_is_not_shown_to_others(signed_in, late, staffed, person):  # noqa: F811
    visit = book(visit_for(late), best_slots(visit_for(late))[0].slot, person(Role.COORDINATOR))
    Patient.objects.update(is_confidential=True)
    page = signed_in(Role.NURSE).get(f"/schedule/?day={visit.starts_at.date()}").content.decode()
    assert "Example LATE" not in page


def test_the_page_is_few_queries(signed_in, late, staffed, person, django_assert_max_num_queries):  # noqa: F811
    by = person(Role.COORDINATOR)
    for number in range(6):
        each = patient(f"Q{number}", TODAY - timedelta(days=190))
        book(visit_for(each), best_slots(visit_for(each))[0].slot, by)
    nurse = signed_in(Role.NURSE)
    with django_assert_max_num_queries(10):
        nurse.get("/schedule/")
