"""Move a visit on the schedule: the server judges, nothing is lost, and half a minute takes it back."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from osteon.clinic.booking.book import HAS_BEGUN, NotFreeError, best_slots, book, rebook
from osteon.clinic.booking.models import Availability, Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.schedule.types import Slot
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import patient, staffed  # noqa: F401 - a fixture

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def coordinator(person) -> User:
    return person(Role.COORDINATOR)


@pytest.fixture
def booked(staffed, chairs, coordinator) -> Visit:  # noqa: F811
    visit = visit_for(patient("FIRST", TODAY - timedelta(days=190)))
    return book(visit, Slot(TOMORROW, 9 * 60, str(chairs[0].pk)), coordinator)


def where(visit: Visit) -> tuple[datetime, int]:
    kept = Visit.objects.get(pk=visit.pk)
    return timezone.localtime(kept.starts_at).replace(tzinfo=None), kept.chair_id


def moved(client, visit: Visit, slot: str, version: int | None = None):
    fields = {"slot": slot, "version": visit.version if version is None else version}
    return client.post(f"/patients/{visit.patient_id}/visits/{visit.pk}/move/", fields, follow=True).content.decode()


def test_a_visit_is_dropped_on_another_chair_and_hour_and_taken_back(signed_in, booked, chairs):
    client = signed_in(Role.COORDINATOR)
    page = moved(client, booked, f"{TOMORROW} {11 * 60 + 5} {chairs[1].pk}")
    assert where(booked) == (datetime.combine(TOMORROW, time(11, 5)), chairs[1].pk)
    assert "24 November, 11:05" in page
    client.post(re.search(r'action="(/undo/[^"]+)"', page)[1])
    assert where(booked) == (datetime.combine(TOMORROW, time(9)), chairs[0].pk)


def test_a_move_outside_the_hours_is_refused_in_words_and_changes_nothing(signed_in, booked, chairs):
    page = moved(signed_in(Role.NURSE), booked, f"{TOMORROW} {20 * 60} {chairs[1].pk}")
    assert "Not moved." in page
    assert where(booked) == (datetime.combine(TOMORROW, time(9)), chairs[0].pk)


@pytest.mark.parametrize("slot", ["", "nonsense", "2026-11-24 ten 1", "2026-11-24 99999 1", "2026-11-24 600 99999"])
def test_nonsense_for_a_place_moves_nothing(signed_in, booked, slot, chairs):
    assert "Not moved." in moved(signed_in(Role.COORDINATOR), booked, slot)
    assert where(booked) == (datetime.combine(TOMORROW, time(9)), chairs[0].pk)


def test_whoever_saw_an_older_state_moves_nothing(signed_in, booked, chairs):
    page = moved(signed_in(Role.COORDINATOR), booked, f"{TOMORROW} 660 {chairs[1].pk}", version=0)
    assert "changed meanwhile" in page


def test_what_has_begun_is_not_booked_away(booked, chairs, coordinator):
    Visit.objects.update(state=Visit.State.INFUSING)
    booked.refresh_from_db()
    with pytest.raises(NotFreeError) as refused:
        book(booked, Slot(TOMORROW, 660, str(chairs[1].pk)), coordinator)
    assert refused.value.reasons == (HAS_BEGUN,)
    assert Visit.objects.get().state == Visit.State.INFUSING


def test_the_booking_page_leaves_a_running_infusion_alone(signed_in, booked, chairs):
    Visit.objects.update(state=Visit.State.INFUSING)
    slot = f"{TOMORROW} 660 {chairs[1].pk}"
    answer = signed_in(Role.NURSE).post(f"/patients/{booked.patient_id}/book/", {"slot": slot})
    assert answer.status_code == 409
    assert Visit.objects.get().state == Visit.State.INFUSING


def test_two_who_change_places_do_not_stand_in_each_others_way(booked, chairs, coordinator):
    other = book(
        visit_for(patient("OTHER", TODAY - timedelta(days=190))), Slot(TOMORROW, 570, str(chairs[1].pk)), coordinator
    )
    swapped = [(booked, Slot(TOMORROW, 570, str(chairs[1].pk))), (other, Slot(TOMORROW, 540, str(chairs[0].pk)))]
    rebook(swapped, coordinator)
    assert (where(booked)[1], where(other)[1]) == (chairs[1].pk, chairs[0].pk)


def test_where_one_of_several_cannot_move_none_does(booked, chairs, coordinator):
    other = visit_for(patient("OTHER", TODAY - timedelta(days=190)))
    with pytest.raises(NotFreeError):
        rebook([(booked, Slot(TOMORROW, 660, str(chairs[2].pk))), (other, Slot(TOMORROW, 660, "999"))], coordinator)
    assert where(booked)[1] == chairs[0].pk
    assert Visit.objects.count() == 1


def test_a_place_given_away_meanwhile_is_not_taken_back(signed_in, booked, chairs, coordinator):
    client = signed_in(Role.COORDINATOR)
    page = moved(client, booked, f"{TOMORROW} 660 {chairs[1].pk}")
    other = visit_for(patient("OTHER", TODAY - timedelta(days=190)))
    book(other, Slot(TOMORROW, 540, str(chairs[0].pk)), coordinator)
    answer = client.post(re.search(r'action="(/undo/[^"]+)"', page)[1], follow=True).content.decode()
    assert "not free any more" in answer
    assert where(booked) == (datetime.combine(TOMORROW, time(11)), chairs[1].pk)


def test_one_dose_is_booked_once_even_from_two_tabs(late_visits, chairs, coordinator):
    first, second = late_visits
    book(first, Slot(TOMORROW, 540, str(chairs[0].pk)), coordinator)
    with pytest.raises(NotFreeError, match="changed meanwhile"):
        book(second, Slot(TOMORROW, 660, str(chairs[1].pk)), coordinator)
    assert Visit.objects.count() == 1


@pytest.fixture
def late_visits(staffed) -> tuple[Visit, Visit]:  # noqa: F811
    waiting = patient("TWICE", TODAY - timedelta(days=190))
    return visit_for(waiting), visit_for(waiting)


def test_the_click_path_offers_every_chair_that_is_free_and_no_time_that_is_not(signed_in, booked, chairs):
    page = signed_in(Role.COORDINATOR).get(f"/schedule/?day={TOMORROW}&move={booked.pk}").content.decode()
    offered = re.findall(rf'name="slot" value="{TOMORROW} (\d+) (\d+)"', page)
    assert {int(chair) for _, chair in offered} == {chair.pk for chair in chairs}
    assert min(int(minute) for minute, _ in offered) >= 8 * 60
    assert max(int(minute) for minute, _ in offered) + booked.minutes <= 17 * 60
    moved(signed_in(Role.COORDINATOR), booked, f"{TOMORROW} {offered[-1][0]} {offered[-1][1]}")
    assert where(booked)[1] == int(offered[-1][1])


def test_each_day_that_is_looked_at_while_moving_offers_its_own_places(signed_in, booked):
    day_after = TODAY + timedelta(days=2)
    page = signed_in(Role.COORDINATOR).get(f"/schedule/?day={day_after}&move={booked.pk}").content.decode()
    assert f'value="{day_after} ' in page
    assert f"move={booked.pk}" in page.split("The day after")[0].rsplit("href", 1)[1]


def test_a_service_lead_looks_and_moves_nothing(signed_in, booked):
    page = signed_in(Role.SERVICE_LEAD).get(f"/schedule/?day={TOMORROW}&move={booked.pk}").content.decode()
    assert "Moving" not in page
    assert "draggable" not in page


def test_the_times_of_the_patient_bind_every_place(signed_in, staffed, chairs, coordinator):  # noqa: F811
    waiting = patient("WED", TODAY - timedelta(days=190))
    client = signed_in(Role.COORDINATOR)
    wrong = client.post(f"/patients/{waiting.pk}/when/", {"not_before": "12:00", "gone_by": "10:00"})
    assert wrong.status_code == 422
    client.post(f"/patients/{waiting.pk}/when/", {"weekdays": ["2"], "not_before": "10:00", "gone_by": "13:00"})
    assert Availability.objects.get().words == "Wednesday, not before 10:00, home by 13:00"
    waiting.refresh_from_db()
    offered = best_slots(visit_for(waiting))
    assert offered
    assert {each.slot.on.weekday() for each in offered} == {2}
    assert min(each.slot.start for each in offered) >= 600
    with pytest.raises(NotFreeError, match="Wednesdays only"):
        book(visit_for(waiting), Slot(TOMORROW, 660, str(chairs[0].pk)), coordinator)
