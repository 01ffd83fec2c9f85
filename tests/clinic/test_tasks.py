"""Tasks and notes: asked for once, done, taken back; and whom the prescriber must hear of."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from osteon.clinic.due.alerts import alert_prescriber
from osteon.clinic.due.models import Contact
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.tasks.acts import ask_for
from osteon.clinic.tasks.models import Note, Task
from tests.clinic.conftest import TODAY
from tests.clinic.test_due import patient


@pytest.fixture
def lapsed(db) -> Patient:
    return patient("LAPSED", TODAY - timedelta(days=230))


def undo_of(page: str) -> str:
    return re.search(r'action="(/undo/[^"]+)"', page)[1]


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_a_task_is_made_seen_by_its_role_and_done(signed_in):
    coordinator = signed_in(Role.COORDINATOR)
    coordinator.post("/tasks/", {"title": "Send for calcium", "role": "nurse", "due_on": "2026-11-24"})
    assert "Send for calcium" not in coordinator.get("/tasks/").content.decode()
    nurse = signed_in(Role.NURSE)
    assert "Send for calcium" in nurse.get("/tasks/").content.decode()
    page = nurse.post(f"/tasks/{Task.objects.get().pk}/", {"act": "done"}, follow=True).content.decode()
    assert "Nothing is open here." in page
    nurse.post(undo_of(page))
    assert "Send for calcium" in nurse.get("/tasks/").content.decode()


def test_half_a_minute_later_it_cannot_be_taken_back(signed_in, monkeypatch):
    ask_for("x", role=Role.NURSE, due_on=TODAY, key="x")
    nurse = signed_in(Role.NURSE)
    page = nurse.post(f"/tasks/{Task.objects.get().pk}/", {"act": "done"}, follow=True).content.decode()
    later = timezone.now() + timedelta(seconds=31)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "half a minute has passed" in nurse.post(undo_of(page), follow=True).content.decode()
    assert Task.objects.get().done_at is not None


def test_nobody_takes_back_what_another_did(signed_in):
    ask_for("x", role=Role.NURSE, due_on=TODAY, key="x")
    page = signed_in(Role.NURSE).post(f"/tasks/{Task.objects.get().pk}/", {"act": "done"}, follow=True).content.decode()
    signed_in(Role.PRESCRIBER).post(undo_of(page))
    assert Task.objects.get().done_at is not None


def test_the_program_asks_for_the_same_thing_once(db):
    assert ask_for("x", role=Role.NURSE, due_on=TODAY, key="k")
    assert not ask_for("x", role=Role.NURSE, due_on=TODAY, key="k")
    assert Task.objects.count() == 1


def test_a_task_about_a_confidential_patient_is_seen_by_the_care_team_alone(signed_in, jane):
    ask_for("About Jane", role=Role.NURSE, due_on=TODAY, key="j", patient=jane)
    Patient.objects.update(is_confidential=True)
    nurse = signed_in(Role.NURSE)
    assert "About Jane" not in nurse.get("/tasks/").content.decode()
    assert nurse.post(f"/tasks/{Task.objects.get().pk}/", {"act": "done"}).status_code == 404


# --- notes -----------------------------------------------------------------------------------------------------------


def test_a_note_is_written_corrected_by_a_new_one_and_taken_back(signed_in, jane):
    nurse = signed_in(Role.NURSE)
    address = f"/patients/{jane.pk}/notes/"
    nurse.post(address, {"text": "Prefers mornings"})
    wrong = Note.objects.get()
    page = nurse.post(address, {"text": "Prefers afternoons", "corrects": wrong.pk}, follow=True).content.decode()
    assert "in place of an earlier note" in page
    assert "Prefers mornings" in page
    nurse.post(undo_of(page))
    assert "was taken back" in nurse.get(address).content.decode()
    assert Note.objects.count() == 2


def test_notes_stand_on_the_patients_page(signed_in, jane):
    signed_in(Role.NURSE).post(f"/patients/{jane.pk}/notes/", {"text": "Prefers mornings"})
    assert "Prefers mornings" in signed_in(Role.PRESCRIBER).get(f"/patients/{jane.pk}/").content.decode()


# --- alerts and contacts ---------------------------------------------------------------------------------------------


def test_past_the_day_of_harm_the_prescriber_is_alerted_once(lapsed, signed_in):
    assert alert_prescriber(TODAY) == 1
    assert alert_prescriber(TODAY) == 0
    page = signed_in(Role.PRESCRIBER).get("/tasks/").content.decode()
    assert "Denosumab has lapsed" in page
    assert "▲ urgent" in page


def test_after_one_dose_alone_nobody_is_alerted(jane, db):
    assert alert_prescriber(TODAY) == 0


def test_a_call_is_recorded_and_she_stays_on_the_list(lapsed, signed_in):
    coordinator = signed_in(Role.COORDINATOR)
    coordinator.post(f"/patients/{lapsed.pk}/contact/", {"kind": "not_reached", "words": "engaged"})
    assert Contact.objects.get().words == "engaged"
    assert "Example LAPSED" in coordinator.get("/due/").content.decode()


def test_that_denosumab_is_not_given_only_a_prescriber_records_and_with_what_follows(lapsed, signed_in):
    alert_prescriber(TODAY)
    address = f"/patients/{lapsed.pk}/contact/"
    page = signed_in(Role.COORDINATOR).post(address, {"kind": "declined"}).content.decode()
    assert "Only a prescriber" in page
    prescriber = signed_in(Role.PRESCRIBER)
    assert "Say what follows denosumab" in prescriber.post(address, {"kind": "stopped"}).content.decode()
    assert not Contact.objects.exists()
    prescriber.post(address, {"kind": "stopped", "exit_drug": "zoledronic acid, 2 December"})
    assert "Example LAPSED" not in prescriber.get("/due/").content.decode()
    assert Task.objects.get().done_at is not None


def test_somebody_on_zoledronate_may_decline_with_the_coordinator(signed_in, jane):
    coordinator = signed_in(Role.COORDINATOR)
    coordinator.post(f"/patients/{jane.pk}/contact/", {"kind": "postponed"})
    assert not Contact.objects.exists()
    coordinator.post(f"/patients/{jane.pk}/contact/", {"kind": "postponed", "again_on": "2026-12-20"})
    assert Contact.objects.exists()


def test_a_task_about_a_patient_is_passed_on_and_taken_back(signed_in, jane):
    nurse = signed_in(Role.NURSE)
    assert "about Jane Doyle" in nurse.get(f"/tasks/?patient={jane.pk}").content.decode()
    fields = {"title": "Ask for the scan", "role": "nurse", "due_on": "2026-11-30", "patient": str(jane.pk)}
    nurse.post("/tasks/", fields)
    task = Task.objects.get()
    assert task.patient == jane
    page = nurse.post(f"/tasks/{task.pk}/", {"act": "pass", "role": "coordinator"}, follow=True).content.decode()
    assert Task.objects.get().role == "coordinator"
    nurse.post(re.search(r'action="(/undo/[^"]+)"', page)[1])
    assert Task.objects.get().role == "nurse"


def test_a_task_about_somebody_one_may_not_see_is_about_nobody(signed_in, jane):
    Patient.objects.update(is_confidential=True)
    assert "Jane" not in signed_in(Role.NURSE).get(f"/tasks/?patient={jane.pk}").content.decode()


def test_what_was_done_is_listed_with_who_did_it(signed_in, db):
    nurse = signed_in(Role.NURSE)
    nurse.post("/tasks/", {"title": "Order saline", "role": "nurse", "due_on": "2026-11-30"})
    task = Task.objects.get()
    nurse.post(f"/tasks/{task.pk}/", {"act": "take"})
    nurse.post(f"/tasks/{task.pk}/", {"act": "done"})
    page = nurse.get("/tasks/?whose=done").content.decode()
    assert "Order saline" in page
    assert "23 Nov 2026, 10:00, Nurse Example" in page
    assert "was done already" in nurse.post(f"/tasks/{task.pk}/", {"act": "take"}, follow=True).content.decode()
