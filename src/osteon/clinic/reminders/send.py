"""Send the reminders of a day. A message carries no name and no clinical word, not even the clinic's."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from osteon.clinic.booking.models import Visit
from osteon.clinic.day import bounds
from osteon.clinic.people.roles import Role
from osteon.clinic.reminders.models import Reminder
from osteon.clinic.tasks.acts import ask_for

DAYS_BEFORE = (7, 2)
"""How many days before a visit it is reminded of (a design default)."""

SUBJECT = "Your appointment"


def send_reminders(on: date) -> int:
    """Remind of the visits a week and two days from now; returns how many messages went out.

    Nothing goes out while no channel is switched on (`OSTEON_REMINDERS`). Who cannot be reached is put on the
    coordinator's list.
    """
    if settings.REMINDERS != "email":
        return 0
    return sum(_remind(visit, days, on) for days in DAYS_BEFORE for visit in _visits(on + timedelta(days=days)))


def text_for(visit: Visit) -> str:
    """What the message says: a day, a time, and whom to call."""
    assert visit.starts_at is not None  # noqa: S101 - only booked visits are reminded of
    at = timezone.localtime(visit.starts_at)
    change = f" If you cannot come, please call {settings.CLINIC_PHONE}." if settings.CLINIC_PHONE else ""
    return f"You have an appointment on {at:%A, %-d %B %Y}, at {at:%H:%M}.{change}"


def _visits(day: date) -> list[Visit]:
    begins, ends = bounds(day)
    found = Visit.objects.filter(starts_at__gte=begins, starts_at__lt=ends, state=Visit.State.CONFIRMED)
    return list(found.filter(patient__deceased=False).select_related("patient"))


def _remind(visit: Visit, days: int, on: date) -> bool:
    assert visit.starts_at is not None  # noqa: S101
    kept, is_new = Reminder.objects.get_or_create(
        visit=visit, starts_at=visit.starts_at, days_before=days, defaults={"channel": settings.REMINDERS}
    )
    if not is_new and kept.sent_at is not None:
        return False
    if not visit.patient.email:
        kept.problem = "no address is recorded"
    else:
        try:
            send_mail(SUBJECT, text_for(visit), settings.DEFAULT_FROM_EMAIL, [visit.patient.email])
            kept.sent_at, kept.problem = timezone.now(), ""
        except OSError as error:
            kept.problem = f"the mail server did not take it ({type(error).__name__})"
    kept.save(update_fields=["sent_at", "problem"])
    if kept.problem:
        title = "Remind by telephone: the message could not be sent"
        key = f"remind:{visit.pk}:{days}:{visit.version}"
        ask_for(title, role=Role.COORDINATOR, due_on=on, patient=visit.patient, key=key)
    return kept.sent_at is not None
