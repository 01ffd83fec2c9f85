"""Who is on the due list, in which order, and what is said of each?"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import BooleanField, Case, DateField, Exists, F, OuterRef, Q, QuerySet, When
from msgspec import Struct

from osteon.clinic.access.sight import in_sight
from osteon.clinic.booking.models import Visit
from osteon.clinic.day import bounds
from osteon.clinic.due.models import Contact
from osteon.clinic.people.models import User
from osteon.clinic.records.models import Readiness, Summary


class View(Struct, frozen=True):
    """One way to look at the list: its name in the address, its words, how many days ahead it looks."""

    name: str
    words: str
    days_ahead: int


_ASKED_AGAIN_AFTER_DAYS = 182
"""After how many days somebody who never had a dose, and did not want one, is on the list again (a design default)."""


class Part(Struct, frozen=True):
    """A part of the list: its name in the address, its words, and whom it holds."""

    name: str
    words: str
    holds: Q


PARTS = (
    Part("", "Everybody", Q()),
    Part("unbooked", "Not booked", Q(is_booked=False)),
    Part("ready", "Ready", Q(readiness=Readiness.READY)),
    Part("not-ready", "Not ready", Q(readiness=Readiness.NOT_READY)),
    Part("cannot-tell", "Cannot tell", Q(readiness=Readiness.CANNOT_TELL)),
    Part("no-phone", "No telephone number", Q(patient__phone="")),
)

VIEWS = (View("now", "Late and next 14 days", 14), View("late", "Late", 0), View("quarter", "Next 90 days", 90))


def due_list(user: User, view: View, on: date) -> QuerySet[Summary]:
    """Patients with a next date: first those who are due and whom waiting harms, the soonest first; then by the date.

    Whoever has a date already, or asked to wait, comes after those for whom nothing is done yet.
    """
    is_harmed = Q(harmful_from__isnull=False, due_on__lte=on)
    morning, _ = bounds(on)
    booked = Visit.objects.filter(starts_at__gte=morning).exclude(state__in=Visit.OVER).values("patient")
    later = Contact.objects.filter(kind=Contact.Kind.POSTPONED, again_on__gt=on).values("patient")
    return (
        Summary.objects.filter(due_on__lte=on + timedelta(days=view.days_ahead))
        .filter(patient__deceased=False, patient__merged_into=None)
        .filter(in_sight(user))
        .exclude(Exists(_settled(on)))
        .annotate(
            is_booked=_whether(Q(patient__in=booked)),
            is_put_off=_whether(Q(patient__in=later) & (Q(harmful_from=None) | Q(harmful_from__gt=on))),
        )
        .select_related("patient")
        .defer("picture", "strip")
        .annotate(harmed_from=Case(When(is_harmed, then=F("harmful_from")), default=None, output_field=DateField()))
        .order_by("is_booked", "is_put_off", F("harmed_from").asc(nulls_last=True), "due_on", "patient_id")
    )


def _whether(asked: Q) -> Case:
    """True or False for each row. Asked of a set that is found once, which is four times as fast as of each row."""
    return Case(When(asked, then=True), default=False, output_field=BooleanField())


def exits() -> QuerySet[Contact]:
    """What follows a drug, or why nothing does, recorded since its last dose; inside a query of summaries."""
    return Contact.objects.filter(
        patient=OuterRef("patient"), kind__in=Contact.NO_DOSE, at__date__gt=OuterRef("last_given")
    ).exclude(exit_drug="")


def _settled(on: date) -> QuerySet[Contact]:
    """What takes a patient off the list until the next dose falls due.

    A reason that was recorded before the day is about an earlier dose, perhaps: she stays on the list. The exceptions
    are a prescriber's word that the drug is ended, and somebody who never had a dose, whose day moves with each day.
    """
    since = on - timedelta(days=_ASKED_AGAIN_AFTER_DAYS)
    return Contact.objects.filter(patient=OuterRef("patient"), kind__in=Contact.NO_DOSE).filter(
        Q(at__date__gte=OuterRef("due_on"))
        | Q(kind=Contact.Kind.STOPPED, at__date__gt=OuterRef("last_given"))
        | Q(Exists(Summary.objects.filter(patient=OuterRef("patient"), last_given=None)), at__date__gte=since)
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
