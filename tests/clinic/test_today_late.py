"""What must not slip: nobody is lost from the list, no chair is taken twice, no alert is put aside unanswered."""

import re
from datetime import timedelta

import pytest

from osteon.clinic.booking.acts import ImpossibleError, arrive, stay_away
from osteon.clinic.booking.book import best_slots
from osteon.clinic.booking.models import Visit
from osteon.clinic.booking.needed import visit_for
from osteon.clinic.due.alerts import alert_prescriber
from osteon.clinic.due.models import Contact
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient, Summary
from osteon.clinic.tasks.models import Note, Task
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import late, patient, staffed  # noqa: F401 - fixtures
from tests.clinic.test_today import visit


@pytest.fixture
def lapsed(db) -> Patient:
    return patient("LAPSED", TODAY - timedelta(days=230))


def booked(who: Patient, days: int, state: Visit.State = Visit.State.CONFIRMED, **fields: object) -> Visit:
    made = visit(who, 60 * 24 * days, state)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


# --- the due list ----------------------------------------------------------------------------------------------------


def test_a_visit_of_a_past_day_that_nobody_recorded_is_not_a_booking(signed_in, lapsed, jane):
    booked(lapsed, -1)
    page = signed_in(Role.COORDINATOR).get("/due/?view=quarter").content.decode()
    assert "● booked" not in page
    assert page.index("Example LAPSED") < page.index("Jane Doyle")


def test_a_denosumab_patient_who_was_put_off_comes_back_to_the_top_on_the_day_of_harm(signed_in, person, lapsed, jane):
    Contact.objects.create(patient=lapsed, by=person(Role.NURSE), kind="postponed", again_on=TODAY + timedelta(days=90))
    page = signed_in(Role.COORDINATOR).get("/due/?view=quarter").content.decode()
    assert page.index("Example LAPSED") < page.index("Jane Doyle")


def test_a_coordinator_cannot_put_denosumab_off_past_the_day_of_harm(signed_in, db):
    soon = patient("SOON", TODAY - timedelta(days=200))
    after = soon.summary.harmful_from
    coordinator, address = signed_in(Role.COORDINATOR), f"/patients/{soon.pk}/contact/"
    page = coordinator.post(address, {"kind": "postponed", "again_on": after.isoformat()}).content.decode()
    assert "prescriber decides" in page
    assert not Contact.objects.exists()
    before = after - timedelta(days=2)
    coordinator.post(address, {"kind": "postponed", "again_on": before.isoformat()})
    assert Contact.objects.get().again_on == before


def test_who_declined_a_drug_never_given_stays_off_the_list_tomorrow(signed_in, person, jane):
    Summary.objects.filter(patient=jane).update(due_on=TODAY, last_given=None)
    Contact.objects.create(patient=jane, by=person(Role.NURSE), kind="declined")
    Summary.objects.filter(patient=jane).update(due_on=TODAY + timedelta(days=1))
    assert "Jane Doyle" not in signed_in(Role.COORDINATOR).get("/due/").content.decode()


def test_a_readiness_of_another_day_is_not_shown_as_todays_on_the_due_list(signed_in, late_jane):
    page = signed_in(Role.COORDINATOR).get("/due/?view=quarter").content.decode()
    assert "being worked out" in page
    assert late_jane.summary.one_thing not in page


@pytest.fixture
def late_jane(jane: Patient) -> Patient:
    Summary.objects.filter(patient=jane).update(on=TODAY - timedelta(days=1))
    assert jane.summary.one_thing
    return jane


def test_somebody_whom_waiting_does_not_harm_goes_below_when_put_off(signed_in, person, jane, mark):
    Summary.objects.update(due_on=TODAY, harmful_from=None)
    Summary.objects.filter(patient=jane).update(due_on=TODAY - timedelta(days=9))
    Contact.objects.create(patient=jane, by=person(Role.NURSE), kind="postponed", again_on=TODAY + timedelta(days=9))
    page = signed_in(Role.COORDINATOR).get("/due/").content.decode()
    assert page.index("Mark") < page.index("Jane Doyle")


def test_a_reason_about_an_earlier_dose_does_not_hide_the_next(signed_in, person, lapsed):
    by = person(Role.PRESCRIBER)
    Contact.objects.create(patient=lapsed, by=by, kind="elsewhere", exit_drug="given by her doctor")
    Summary.objects.filter(patient=lapsed).update(due_on=TODAY + timedelta(days=3))
    assert "Example LAPSED" in signed_in(Role.COORDINATOR).get("/due/").content.decode()


# --- the alert -------------------------------------------------------------------------------------------------------


def test_the_alert_is_not_put_aside_without_a_recorded_exit(signed_in, lapsed):
    alert_prescriber(TODAY)
    task = Task.objects.get()
    for role in (Role.NURSE, Role.COORDINATOR, Role.PRESCRIBER):
        signed_in(role).post(f"/tasks/{task.pk}/", {"act": "done"})
        task.refresh_from_db()
        assert task.done_at is None, role


def test_once_the_dose_is_given_the_alert_is_closed(signed_in, lapsed):
    alert_prescriber(TODAY)
    Summary.objects.filter(patient=lapsed).update(harmful_from=TODAY + timedelta(days=210))
    alert_prescriber(TODAY)
    assert Task.objects.get().done_at is not None


def test_where_an_exit_was_recorded_before_the_lapse_nobody_is_alerted(lapsed, person):
    Contact.objects.create(patient=lapsed, by=person(Role.PRESCRIBER), kind="stopped", exit_drug="zoledronic acid")
    assert alert_prescriber(TODAY) == 0


# --- the board -------------------------------------------------------------------------------------------------------


def test_who_comes_after_all_does_not_get_a_chair_that_was_given_away(jane, mark, person, chairs):
    by = person(Role.COORDINATOR)
    gone = booked(jane, 0, chair=chairs[0])
    stay_away(gone, by)
    booked(mark, 0, chair=chairs[0])
    assert arrive(gone, by).chair is None
    back = Visit.objects.get(pk=gone.pk)
    assert (back.state, back.chair) == (Visit.State.ARRIVED, None)


def test_who_comes_after_all_keeps_a_chair_that_is_still_free(jane, person, chairs):
    by, gone = person(Role.COORDINATOR), booked(jane, 0, chair=chairs[0])
    stay_away(gone, by)
    assert arrive(gone, by).chair == chairs[0]


def test_the_board_offers_to_record_that_somebody_came_after_all(signed_in, jane):
    visit(jane, -40, Visit.State.NO_SHOW)
    assert 'value="arrived"' in signed_in(Role.COORDINATOR).get("/today/").content.decode()


def test_nobody_arrives_on_another_day(jane, person):
    for days in (-3, 3):
        with pytest.raises(ImpossibleError, match="today"):
            arrive(booked(jane, days), person(Role.NURSE, f"n{days}"))


def test_two_rows_have_buttons_that_sound_different(signed_in, jane, mark):
    visit(jane), visit(mark)
    names = re.findall(
        r"<button[^>]*value=\"arrived\">(.*?)</button>", signed_in(Role.NURSE).get("/today/").content.decode()
    )
    assert len(set(names)) == 2


def test_without_javascript_the_board_is_refreshed_by_a_link(signed_in, db):
    assert '<a href="/today/"' in signed_in(Role.NURSE).get("/today/").content.decode().split("<main")[1]


def test_a_booking_is_cancelled_in_words_and_its_chair_is_free(signed_in, jane, chairs):
    coming = booked(jane, 2, chair=chairs[0])
    signed_in(Role.COORDINATOR).post(
        f"/patients/{jane.pk}/contact/", {"kind": "postponed", "again_on": "2026-12-20", "words": "travels"}
    )
    coming.refresh_from_db()
    assert coming.state == Visit.State.CANCELLED
    assert coming.events.get().kind == "cancelled"


# --- words that are no numbers ---------------------------------------------------------------------------------------


def test_a_form_filled_in_by_a_machine_is_no_error_of_ours(signed_in, jane):
    nurse = signed_in(Role.NURSE)
    nurse.post(f"/patients/{jane.pk}/notes/", {"text": "x", "corrects": "abc"})
    assert Note.objects.get().corrects is None


def test_a_booking_without_a_place_is_no_error_of_ours(signed_in, jane, chairs):
    for slot in ("", "a b c", "2026-11-30 600", "2026-11-30 600 999", "2026-11-30 99999 1"):
        assert signed_in(Role.COORDINATOR).post(f"/patients/{jane.pk}/book/", {"slot": slot}).status_code in (
            404,
            409,
            422,
        )


def test_after_a_booking_nobody_is_sent_to_another_site(signed_in, late, staffed):  # noqa: F811
    best = best_slots(visit_for(late))[0].slot
    given = {"slot": f"{best.on} {best.start} {best.chair}", "back": "https://elsewhere.example/"}
    answer = signed_in(Role.COORDINATOR).post(f"/patients/{late.pk}/book/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/due/")
