"""Make the invented clinic: its people, chairs, patients, and the day as it stands at this hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone

from osteon.clinic.booking.models import Chair, OpeningHours, Shift
from osteon.clinic.demo.ahead import book_ahead, say_when
from osteon.clinic.demo.charts import Invented, invented_patients
from osteon.clinic.demo.day import fill_today
from osteon.clinic.demo.examples import example_patients
from osteon.clinic.demo.orders import sign_orders
from osteon.clinic.demo.stock import fill_shelves
from osteon.clinic.due.alerts import alert_prescriber
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import Received, write
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh, today

PASSWORD = "bones-are-alive-2026"  # noqa: S105 - printed for everybody: nobody in this clinic is real
_SEED = 65
_OPEN_HOURS = 10
_DAYS_OF_SHIFTS = 35

STAFF = (
    ("osei", Role.PRESCRIBER, "Abena", "Osei"),
    ("lund", Role.COORDINATOR, "Maja", "Lund"),
    ("rivera", Role.NURSE, "Tomás", "Rivera"),
    ("cho", Role.NURSE, "Grace", "Cho"),
    ("becker", Role.NURSE, "Jonas", "Becker"),
    ("nair", Role.NURSE, "Priya", "Nair"),
    ("walsh", Role.SERVICE_LEAD, "Niamh", "Walsh"),
    ("admin", Role.ADMINISTRATOR, "Alex", "Kim"),
)
CHAIRS = (*((f"Chair {number}", ["recliner", "injection"]) for number in range(1, 7)),
          ("Bed", ["bed", "recliner", "injection"]), ("Injection room", ["injection"]))  # fmt: skip


def make_demo() -> bool:
    """Fill an empty database; False where there are patients already, which stay as they are."""
    if Patient.objects.exists():
        return False
    with transaction.atomic():
        _accounts()
        _house()
        coming = [patient for invented in _everybody() if (patient := _patient(invented)) and invented.comes_today]
        jane = Patient.objects.get(record_number="OST-0065")
        User.objects.create_user("jane", password=PASSWORD, role=Role.PATIENT, patient=jane, first_name="Jane")
        fill_shelves()
        sign_orders(coming)
        fill_today(coming)
        say_when()
        book_ahead()
        alert_prescriber(today())
    return True


def sign_ins() -> Iterator[str]:
    """The accounts of the demo, in words."""
    for username, role, given, family in STAFF:
        yield f"{username:<8} {PASSWORD}   {given} {family}, {role.label.lower()}"
    yield f"{'jane':<8} {PASSWORD}   Jane Doyle, patient"


def _accounts() -> None:
    for username, role, given, family in STAFF:
        User.objects.create_user(username, password=PASSWORD, role=role, first_name=given, last_name=family)


def _house() -> None:
    """Chairs, and hours around this one, so that the day is under way whenever somebody looks."""
    opens = min(max(timezone.localtime().hour - 4, 0), 23 - _OPEN_HOURS)
    hours = {"opens": time(opens), "closes": time(opens + _OPEN_HOURS)}
    OpeningHours.objects.bulk_create(OpeningHours(weekday=weekday, **hours) for weekday in range(7))
    Chair.objects.bulk_create(Chair(name=name, features=features) for name, features in CHAIRS)
    nurses = User.objects.filter(role=Role.NURSE)
    Shift.objects.bulk_create(
        Shift(nurse=nurse, day=today() + timedelta(days=days), starts=hours["opens"], ends=hours["closes"])
        for days in range(_DAYS_OF_SHIFTS)
        for nurse in nurses
    )


def _everybody() -> Iterator[Invented]:
    yield from example_patients(today())
    yield from invented_patients(today(), _SEED)


def _patient(invented: Invented) -> Patient:
    number = int(invented.record_number.removeprefix("OST-"))
    patient = Patient.objects.create(
        record_number=invented.record_number,
        family_name=invented.family_name,
        given_name=invented.given_name,
        birth_date=invented.birth_date,
        sex=invented.sex,
        phone=f"555-01{number % 100:02}" if number % 9 else "",
        needs_interpreter=number % 17 == 0,
        needs_escort=number % 13 == 0,
    )
    write(patient, (Received(each) for each in invented.resources), source="demo", by=None)
    refresh(patient)
    return patient
