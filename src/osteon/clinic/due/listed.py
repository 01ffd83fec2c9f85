"""Who is on the due list, in which order, and what is said of each?"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from msgspec import Struct

from osteon.clinic.booking.models import Visit
from osteon.clinic.due.models import Contact
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Patient, Summary


class View(Struct, frozen=True):
    """One way to look at the list: its name in the address, its words, how many days ahead it looks."""

    name: str
    words: str
    days_ahead: int


_SETTLED = (Contact.Kind.ELSEWHERE, Contact.Kind.STOPPED, Contact.Kind.DECLINED)
"""What takes a patient off the list until the next dose falls due."""

VIEWS = (View("now", "Late and next 14 days", 14), View("late", "Late", 0), View("quarter", "Next 90 days", 90))


def due_list(user: User, view: View, on: date) -> QuerySet[Summary]:
    """Patients with a next date, those first whom waiting harms soonest, then the longest overdue."""
    booked = Visit.objects.filter(patient=OuterRef("patient"), starts_at__isnull=False).exclude(state__in=Visit.OVER)
    own = Patient.objects.filter(care_team=user).values("pk")
    settled = Contact.objects.filter(patient=OuterRef("patient"), at__date__gte=OuterRef("due_on"), kind__in=_SETTLED)
    later = Contact.objects.filter(patient=OuterRef("patient"), kind=Contact.Kind.POSTPONED, again_on__gt=on)
    return (
        Summary.objects.filter(due_on__lte=on + timedelta(days=view.days_ahead))
        .filter(patient__deceased=False, patient__merged_into=None)
        .filter(Q(patient__is_confidential=False) | Q(patient__in=own))
        .exclude(Exists(settled))
        .annotate(is_booked=Exists(booked), is_put_off=Exists(later))
        .select_related("patient")
        .defer("picture", "strip")
        .order_by("is_booked", "is_put_off", F("harmful_from").asc(nulls_last=True), "due_on", "patient_id")
    )


def lateness(row: Summary, on: date) -> str:
    """How late, and how long until waiting does harm, in words."""
    assert row.due_on is not None  # noqa: S101 - the list holds nobody without a date
    over = (on - row.due_on).days
    words = [f"{over} days late" if over > 1 else "1 day late" if over == 1 else f"due {row.due_on:%-d %B}"]
    if row.harmful_from is not None:
        left = (row.harmful_from - on).days
        words.append(f"{left} days until waiting does harm" if left > 0 else f"in danger for {1 - left} days")
    return "; ".join(words)


def is_in_danger(row: Summary, on: date) -> bool:
    """Is the day past from which waiting does harm?"""
    return row.harmful_from is not None and row.harmful_from <= on
