"""Nothing goes out unless it is switched on; what goes out says nothing of who or why."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from osteon.clinic.booking.models import Visit
from osteon.clinic.records.models import Patient
from osteon.clinic.reminders.models import Reminder
from osteon.clinic.reminders.send import send_reminders, text_for
from osteon.clinic.tasks.models import Task
from tests.clinic.conftest import TODAY

ON = override_settings(REMINDERS="email", CLINIC_PHONE="555-0100")


@pytest.fixture
def visit(jane: Patient) -> Visit:
    Patient.objects.update(email="jane@example.org")
    return Visit.objects.create(
        patient=Patient.objects.get(), drug="zoledronic_acid", title="zoledronic acid", state=Visit.State.CONFIRMED,
        setup_min=20, giving_min=30, observing_min=15, cleaning_min=10, due_on=TODAY, earliest=TODAY,
        starts_at=timezone.now() + timedelta(days=2, hours=1),
    )  # fmt: skip


def test_nothing_goes_out_by_default(visit: Visit):
    assert send_reminders(TODAY) == 0
    assert mail.outbox == []
    assert not Reminder.objects.exists()


@ON
def test_a_reminder_names_day_time_and_number_and_nothing_else(visit: Visit):
    assert send_reminders(TODAY) == 1
    sent = mail.outbox[0]
    assert (
        sent.body
        == "You have an appointment on Wednesday, 25 November 2026, at 11:00. If you cannot come, please call 555-0100."
    )
    words = f"{sent.subject} {sent.body}".casefold()
    for secret in ("jane", "doyle", "zoledronic", "infusion", "osteon", "bone", "clinic", "ost-0065"):
        assert secret not in words


@ON
def test_it_is_sent_once_and_again_only_after_a_move(visit: Visit):
    send_reminders(TODAY)
    assert send_reminders(TODAY) == 0
    visit.starts_at += timedelta(hours=2)
    visit.save()
    assert send_reminders(TODAY) == 1
    assert "13:00" in text_for(visit)


@ON
def test_who_has_no_address_is_put_on_the_coordinators_list_once(visit: Visit):
    Patient.objects.update(email="")
    for _ in range(2):
        assert send_reminders(TODAY) == 0
    assert Task.objects.get().role == "coordinator"


@ON
def test_the_dead_are_not_reminded(visit: Visit):
    Patient.objects.update(deceased=True)
    assert send_reminders(TODAY) == 0


@ON
def test_a_mail_server_that_is_away_is_told_to_the_coordinator(visit: Visit, monkeypatch):
    def away(*_args: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("osteon.clinic.reminders.send.send_mail", away)
    assert send_reminders(TODAY) == 0
    assert "ConnectionRefusedError" in Reminder.objects.get().problem
    assert Task.objects.exists()
