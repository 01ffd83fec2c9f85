"""A small clinic for tests: one account of each role, chairs, and Jane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from osteon.clinic.audit.unchangeable import UNCHANGEABLE, only_added_to
from osteon.clinic.booking.models import Chair, OpeningHours
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.charts import resources_in, write
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import refresh

TODAY = date(2026, 11, 23)
EXAMPLES = Path(__file__).parents[2] / "examples"
PASSWORD = "correct horse battery staple"  # noqa: S105


@pytest.fixture(autouse=True)
def _now(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ten in the morning of 23 November 2026 at the clinic, unless a test is marked `real_time`."""
    if "real_time" in request.keywords:
        return
    moment = datetime.combine(TODAY, time(10), ZoneInfo("America/New_York"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


_lifted = False


@pytest.fixture(autouse=True)
def _tables_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with real transactions every table is emptied, those too from which nobody may delete.

    pytest-django runs such tests after all others, so only they have to lay the triggers again.
    """
    marker = request.node.get_closest_marker("django_db")
    is_real = bool({"transactional_db", "live_server"} & set(request.fixturenames))
    if not is_real and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    global _lifted
    request.getfixturevalue("transactional_db")
    if _lifted:
        _triggers(laid=True)
    yield
    _triggers(laid=False)
    _lifted = True


def _triggers(*, laid: bool) -> None:
    with connection.schema_editor() as schema:
        for table in UNCHANGEABLE:
            step = only_added_to(table)
            (step.code if laid else step.reverse_code)(None, schema)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Make an account of a role."""

    def make(role: Role, username: str = "", **fields: object) -> User:
        return User.objects.create_user(
            username or role.value, password=PASSWORD, role=role, first_name=role.label, last_name="Example", **fields
        )

    return make


@pytest.fixture
def jane(db: None) -> Patient:
    """Jane Doyle, with her chart and summary, without forecasts."""
    return patient_from("jane")


@pytest.fixture
def mark(db: None) -> Patient:
    """Mark, with his chart and summary, without forecasts."""
    return patient_from("mark")


def patient_from(example: str, **fields: object) -> Patient:
    """A patient from one of the example charts."""
    content = (EXAMPLES / f"{example}.json").read_bytes()
    born = {"jane": date(1961, 3, 14), "mark": date(1956, 7, 2)}[example]
    patient = Patient.objects.create(
        **{
            "record_number": "OST-0065" if example == "jane" else "OST-0070",
            "family_name": "Doyle" if example == "jane" else "Ellison",
            "given_name": example.capitalize(),
            "birth_date": born,
            "sex": "female" if example == "jane" else "male",
            **fields,
        }
    )
    write(patient, resources_in(content, example), source="test", by=None)
    refresh(patient, on=TODAY, forecast=False)
    return patient


@pytest.fixture
def signed_in(person: Callable[..., User]) -> Callable[..., Client]:
    """A browser in which somebody of a role is signed in."""

    def make(role: Role, **fields: object) -> Client:
        client = Client()
        client.force_login(User.objects.filter(role=role).first() or person(role, **fields))
        return client

    return make


@pytest.fixture
def chairs(db: None) -> list[Chair]:
    """Three chairs, open on weekdays from eight to five."""
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(8), closes=time(17))
    return [Chair.objects.create(name=f"Chair {number}", features=["recliner"]) for number in (1, 2, 3)]
