"""Every address x every role x every method, held against a table that people can read (matrix.yaml)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from osteon.clinic.access.elsewhere import GUARDS
from osteon.clinic.access.guard import Guard, guard_of
from osteon.clinic.audit.models import Entry
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient

TABLE = Path(__file__).with_name("matrix.yaml")
LETTERS = {
    "P": Role.PRESCRIBER, "N": Role.NURSE, "C": Role.COORDINATOR, "L": Role.SERVICE_LEAD, "U": Role.PATIENT,
    "A": Role.ADMINISTRATOR,
}  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SAMPLES = {"uuid": str(uuid.UUID(int=7, version=4)), "int": "987654321", "str": "x", "slug": "x", "path": "x"}


class Address(NamedTuple):
    name: str
    path: str
    guard: Guard | None


def addresses(patient: uuid.UUID | None = None) -> Iterator[Address]:
    """Every address of the clinic, with a sample for what varies in it; those of the API guard themselves, in JSON."""
    yield from _below(get_resolver(), "/", "", patient)


def _below(resolver: URLResolver, before: str, space: str, patient: uuid.UUID | None) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        path = before + _filled(str(pattern.pattern), patient)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, path, f"{pattern.namespace}:" if pattern.namespace else space, patient)
        elif isinstance(pattern, URLPattern):
            name = f"{space}{pattern.name}"
            yield Address(name, path, guard_of(pattern.callback) or GUARDS.get(name))


def _filled(pattern: str, patient: uuid.UUID | None) -> str:
    parts = []
    for part in pattern.replace("^", "").replace("$", "").split("<"):
        inside, bracket, rest = part.partition(">")
        if not bracket:
            parts.append(part)
            continue
        kind, _, name = inside.rpartition(":")
        parts.append((str(patient) if name == "patient_id" and patient else _SAMPLES.get(kind or "str", "x")) + rest)
    return "".join(parts)


@cache
def table() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(TABLE.read_text("utf-8")) or {}
    return content


def allowed(words: str) -> frozenset[Role]:
    if words in ("all", "public"):
        return frozenset(Role)
    return frozenset(LETTERS[letter] for letter in words)


def _ours() -> list[Address]:
    return [each for each in addresses() if each.guard is not None and not each.name.startswith("api:")]


def test_the_table_holds_every_address_that_is_open_and_no_other():
    ours = {each.name: each for each in _ours()}
    lacking = [_line(ours[name]) for name in sorted(ours) if name not in table()]
    assert not lacking, "matrix.yaml lacks these lines; read each before you add it:\n" + "\n".join(lacking)
    assert [name for name in table() if name not in ours] == []


@pytest.mark.parametrize("name", sorted({each.name for each in _ours()}))
def test_each_guard_is_the_one_of_the_table(name: str):
    guard = next(each.guard for each in _ours() if each.name == name)
    row = table()[name]
    assert guard
    assert guard.is_public is (row.get("public", False) or "public" in row.values())
    for method in ("GET", "POST", "DELETE"):
        assert guard.roles(method) == allowed(row.get(method.lower(), "")), method


@pytest.fixture
def clients(signed_in, jane: Patient) -> dict[Role, Client]:
    return {role: signed_in(role, **({"patient": jane} if role == Role.PATIENT else {})) for role in Role}


def test_the_program_refuses_whom_the_table_refuses(clients: dict[Role, Client], mark: Patient):
    """With a patient who is not the signed-in one; what is let in may say anything but 403 and 405."""
    wrong: list[Any] = []
    for each in addresses(mark.pk):
        if each.guard is None or each.name.startswith("api:") or each.name in ("account_logout", "mfa_add_webauthn"):
            continue
        row = table()[each.name]
        for role, client in clients.items():
            for method in METHODS:
                may = role in allowed(row.get("get" if method == "HEAD" else method.lower(), ""))
                is_method = method in each.guard.methods
                if may and method != "GET":
                    continue  # what is let in to change something has tests of its own
                answer = client.generic(method, each.path)
                expected = {405} if not is_method else None if may else {403}
                if role == Role.PATIENT and each.guard.about_a_patient and is_method and may:
                    expected = {404}
                if expected is not None and answer.status_code not in expected:
                    wrong.append((each.name, role.value, method, answer.status_code, expected))
                if expected is None and answer.status_code in (403, 405, 500):
                    wrong.append((each.name, role.value, method, answer.status_code, "in"))
    assert wrong == []


def test_who_is_not_signed_in_is_led_to_the_sign_in(db, jane: Patient):
    wrong = []
    for each in addresses(jane.pk):
        if each.guard is None or each.guard.is_public:
            continue
        for method in set(each.guard.methods) - {"HEAD"}:
            answer = Client().generic(method, each.path)
            if answer.status_code != 302 or "/account/login/" not in answer["Location"]:
                wrong.append((each.name, method, answer.status_code))
    assert wrong == []


def test_nobody_reaches_a_confidential_record_without_a_reason(clients: dict[Role, Client], mark: Patient):
    Patient.objects.filter(pk=mark.pk).update(is_confidential=True)
    before = Entry.objects.count()
    for each in addresses(mark.pk):
        if each.guard is not None and each.guard.about_a_patient:
            for role in each.guard.roles("GET") - {Role.PATIENT}:
                answer = clients[role].get(each.path)
                assert (answer.status_code, answer.get("Location")) == (302, f"/break-glass/{mark.pk}/"), each.name
    assert Entry.objects.count() == before


def test_with_a_reason_it_opens_and_the_reason_is_kept(clients: dict[Role, Client], mark: Patient):
    Patient.objects.filter(pk=mark.pk).update(is_confidential=True)
    nurse = clients[Role.NURSE]
    assert b"at least 10" in nurse.post(f"/break-glass/{mark.pk}/", {"reason": "because"}).content
    nurse.post(f"/break-glass/{mark.pk}/", {"reason": "emergency call at the front desk"})
    assert nurse.get(f"/patients/{mark.pk}/").status_code == 200
    assert Entry.objects.get(act="broke the glass").detail["reason"] == "emergency call at the front desk"
    assert clients[Role.PRESCRIBER].get(f"/patients/{mark.pk}/").status_code == 302


def _line(each: Address) -> str:
    assert each.guard
    back = {role: letter for letter, role in LETTERS.items()}
    parts = []
    for method in ("GET", "POST", "DELETE"):
        roles = each.guard.roles(method)
        if roles:
            words = "all" if roles == frozenset(Role) else "".join(back[r] for r in Role if r in roles)
            parts.append(f"{method.lower()}: {'public' if each.guard.is_public else words}")
    return f"{each.name}: {{{', '.join(parts)}}}"
