"""The API answers what the pages show, to whoever may see it, and any input in good order."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from osteon.clinic.people.models import User
from osteon.clinic.people.roles import STAFF, Role
from osteon.clinic.records.models import Patient
from osteon.clinic.wsgi import application

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


def test_the_summary_of_a_patient(signed_in, jane: Patient):
    answer = signed_in(Role.NURSE).get(f"/api/patients/{jane.pk}/summary").json()
    assert (answer["drug"], answer["readiness"]) == ("zoledronic_acid", "not_ready")


def test_the_chart_is_a_bundle(signed_in, jane: Patient):
    answer = signed_in(Role.PRESCRIBER).get(f"/api/patients/{jane.pk}/chart").json()
    assert answer["resourceType"] == "Bundle"
    assert len(answer["entry"]) == jane.entries.count()


def test_the_due_list_is_sorted_by_harm(signed_in, jane: Patient, mark: Patient):
    answer = signed_in(Role.COORDINATOR).get("/api/due").json()
    assert [each["patient"] for each in answer] == [str(jane.pk), str(mark.pk)]


def test_a_confidential_patient_is_on_no_list_of_others(signed_in, jane: Patient):
    Patient.objects.update(is_confidential=True)
    nurse = signed_in(Role.NURSE)
    assert nurse.get("/api/due").json() == []
    assert nurse.get(f"/api/patients/{jane.pk}/summary").status_code == 403
    jane.care_team.add(User.objects.get(role=Role.NURSE))
    assert len(nurse.get("/api/due").json()) == 1


@pytest.mark.parametrize("path", ["visits", "due", "patients/{}/summary", "patients/{}/chart"])
def test_who_is_not_signed_in_or_no_staff_gets_nothing(signed_in, jane: Patient, path: str):
    address = f"/api/{path.format(jane.pk)}"
    assert Client().get(address).status_code == 401
    for role in set(Role) - STAFF - {Role.PATIENT}:
        assert signed_in(role).get(address).status_code == 403
    assert signed_in(Role.PATIENT, patient=jane).get(address).status_code == 403


def test_each_use_is_in_the_audit_log(signed_in, jane: Patient):
    from osteon.clinic.audit.models import Entry

    signed_in(Role.NURSE).get(f"/api/patients/{jane.pk}/chart")
    assert Entry.objects.latest("number").act == "read the chart through the API"


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A test is one transaction: its connection outlives the requests, as in Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def cookie(signed_in, jane: Patient) -> str:
    return signed_in(Role.NURSE).cookies["sessionid"].value


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_input_gets_an_answer_that_the_schema_names(case: schemathesis.Case, cookie: str):
    case.call_and_validate(cookies={"sessionid": cookie}, checks=CHECKS)
