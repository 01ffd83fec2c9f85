"""Set the clinic up; and nobody loses a place unseen."""

from datetime import timedelta

import pytest

from osteon.clinic.audit.models import Entry
from osteon.clinic.booking.book import best_slots, book
from osteon.clinic.booking.models import Chair, Closure, OpeningHours, Shift, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.schedule.types import Slot
from osteon.clinic.tasks.models import Task
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import patient, staffed  # noqa: F401 - a fixture

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def coordinator(signed_in):
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def booked(staffed, chairs, person) -> Visit:  # noqa: F811
    visit = visit_for(patient("FIRST", TODAY - timedelta(days=190)))
    return book(visit, Slot(TOMORROW, 9 * 60, str(chairs[0].pk)), person(Role.COORDINATOR, "booker"))


def test_a_new_clinic_is_led_from_nothing_to_the_first_booking(coordinator, person):
    page = coordinator.get("/set-up/").content.decode()
    assert page.count("to do") == 4
    hours = {f"{end}-{day}": clock for day in range(5) for end, clock in (("opens", "08:00"), ("closes", "17:00"))}
    coordinator.post("/set-up/hours/", hours)
    coordinator.post("/set-up/chairs/", {"name": "Chair 1", "features": ["recliner"], "is_in_use": "on"})
    nurse = person(Role.NURSE)
    shift = {"act": "add", "nurse": nurse.pk, "day": str(TOMORROW), "starts": "08:00", "ends": "16:00",
             "starts_at_once": 1, "patients_at_once": 4}  # fmt: skip
    coordinator.post("/set-up/shifts/", shift)
    assert "to do" not in coordinator.get("/set-up/").content.decode()
    waiting = patient("NEW", TODAY - timedelta(days=190))
    assert {each.slot.on for each in best_slots(visit_for(waiting))} == {TOMORROW}
    assert Entry.objects.filter(act="set up the clinic: opening hours").exists()


def test_hours_that_end_before_they_begin_are_refused(coordinator):
    assert coordinator.post("/set-up/hours/", {"opens-0": "17:00", "closes-0": "08:00"}).status_code == 422
    assert coordinator.post("/set-up/hours/", {"opens-0": "17:00"}).status_code == 422
    assert not OpeningHours.objects.exists()


def test_a_chair_under_a_booked_visit_is_not_taken_away_unseen(coordinator, booked, chairs):
    fields = {"name": chairs[0].name, "features": ["recliner"]}
    page = coordinator.post(f"/set-up/chairs/{chairs[0].pk}/", fields)
    assert page.status_code == 409
    assert "Ruth Example FIRST" in page.content.decode()
    assert Chair.objects.get(pk=chairs[0].pk).is_in_use
    coordinator.post(f"/set-up/chairs/{chairs[0].pk}/", {**fields, "confirmed": "1"})
    assert not Chair.objects.get(pk=chairs[0].pk).is_in_use
    task = Task.objects.get(key__startswith="stranded:")
    assert (task.patient, task.role) == (booked.patient, "coordinator")
    assert Visit.objects.get(pk=booked.pk).state == "confirmed"


def test_the_last_nurse_of_a_day_is_not_sent_home_unseen(coordinator, booked):
    shift = Shift.objects.get(day=TOMORROW)
    answer = coordinator.post("/set-up/shifts/", {"act": "remove", "shift": shift.pk, "week": str(TOMORROW)})
    assert answer.status_code == 409
    assert Shift.objects.filter(pk=shift.pk).exists()


def test_a_day_is_closed_and_opened_again(coordinator, booked):
    answer = coordinator.post("/set-up/closures/", {"act": "add", "day": str(TOMORROW), "reason": "moving house"})
    assert answer.status_code == 409
    later = TODAY + timedelta(days=3)
    coordinator.post("/set-up/closures/", {"act": "add", "day": str(later), "reason": "moving house"})
    assert "moving house" in coordinator.get("/set-up/closures/").content.decode()
    coordinator.post("/set-up/closures/", {"act": "open", "closure": Closure.objects.get().pk})
    assert not Closure.objects.exists()


def test_public_holidays_are_shown(coordinator):
    assert "Thanksgiving" in coordinator.get("/set-up/closures/").content.decode()


def test_a_week_is_copied_once(coordinator, staffed):  # noqa: F811
    Shift.objects.filter(day__gte=TODAY + timedelta(days=7)).delete()
    for _ in range(2):
        coordinator.post("/set-up/shifts/", {"act": "copy", "week": str(TODAY)})
    assert Shift.objects.filter(day__gte=TODAY + timedelta(days=7)).count() == 7


def test_no_nurse_is_here_twice_at_one_time(coordinator, staffed):  # noqa: F811
    nurse = User.objects.get(role=Role.NURSE)
    shift = {"act": "add", "nurse": nurse.pk, "day": str(TOMORROW), "starts": "16:00", "ends": "18:00",
             "starts_at_once": 1, "patients_at_once": 4}  # fmt: skip
    assert coordinator.post("/set-up/shifts/", shift).status_code == 422


def test_who_may_not_set_up_sees_no_button(signed_in, staffed):  # noqa: F811
    page = signed_in(Role.SERVICE_LEAD).get("/set-up/shifts/").content.decode()
    assert "Add the shift" not in page
    assert "Remove" not in page


@pytest.mark.parametrize("fields", [{"act": "remove", "shift": "x"}, {"act": "remove", "shift": "99999"}])
def test_nonsense_changes_nothing(coordinator, staffed, fields):  # noqa: F811
    before = Shift.objects.count()
    assert coordinator.post("/set-up/shifts/", fields).status_code == 404
    assert Shift.objects.count() == before
