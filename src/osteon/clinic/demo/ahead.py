"""What is booked in the invented clinic for the days to come, and who said when she can come."""

from __future__ import annotations

from datetime import time

from osteon.clinic.booking.book import best_slots, book
from osteon.clinic.booking.models import Availability
from osteon.clinic.booking.needed import to_place
from osteon.clinic.due.listed import VIEWS, due_list
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today

_LEFT_ALONE = 4
"""The first of the due list wait for whoever tries the clinic."""


def say_when() -> None:
    """Let a few patients say when they can come."""
    for number, patient in enumerate(Patient.objects.order_by("record_number")):
        if number % 8 == 3:
            Availability.objects.create(patient=patient, weekdays=[1, 3], not_before=time(10))
        elif number % 8 == 5:
            Availability.objects.create(patient=patient, at_short_notice=True)


def book_ahead() -> None:
    """Book every second of those who are due into the best place there is."""
    coordinator = User.objects.filter(role=Role.COORDINATOR).order_by("pk")[0]
    wanted = to_place(due_list(coordinator, VIEWS[0], today()), Patient.objects.count())
    for visit in list(wanted)[_LEFT_ALONE::2]:
        for place in best_slots(visit, most=1):
            book(visit, place.slot, coordinator)
