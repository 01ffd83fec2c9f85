"""Who gets in, who is kept out, and what is written down of it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from osteon.clinic.audit.models import Entry
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from tests.clinic.conftest import PASSWORD

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(db):
    cache.clear()


@pytest.fixture
def nurse(person) -> User:
    return person(Role.NURSE)


def sign_in(client: Client, username: str = "nurse", password: str = PASSWORD, **given: str):
    return client.post(LOGIN, {"login": username, "password": password, **given})


def test_name_and_password_lead_to_the_first_page_of_the_role(nurse):
    client = Client()
    assert sign_in(client)["Location"] == "/"
    assert client.get("/")["Location"] == "/today/"
    assert Entry.objects.latest("number").act == "signed in"


@pytest.mark.parametrize(("username", "password"), [("nurse", "wrong"), ("nobody", PASSWORD), ("", ""), ("nurse", "")])
def test_what_is_wrong_lets_nobody_in_and_does_not_say_which_was_wrong(nurse, username, password):
    client = Client()
    page = sign_in(client, username, password)
    assert page.status_code == 200
    assert client.get("/today/").status_code == 302
    if username and password:
        assert "not correct" in page.content.decode()


def test_after_five_wrong_passwords_even_the_right_one_waits(nurse):
    for number in range(5):
        sign_in(Client(), password=f"guess {number}")
    client = Client()
    assert b"Too many failed" in sign_in(client).content
    assert client.get("/today/").status_code == 302
    assert Entry.objects.filter(act="failed to sign in", user_id=nurse.pk).count() == 5


def test_a_name_that_nobody_has_is_not_written_down(nurse):
    sign_in(Client(), username="MyPasswordTypedHere")
    kept = Entry.objects.latest("number")
    assert (kept.act, kept.user_id) == ("failed to sign in", None)
    assert "MyPassword" not in str(kept.detail)


def test_the_limit_is_kept_where_all_processes_see_it():
    assert configured.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_signing_out_ends_the_session(nurse):
    client = Client()
    sign_in(client)
    key = client.session.session_key
    client.post("/account/logout/")
    assert client.get("/today/").status_code == 302
    assert not client.session.exists(key)


def test_a_link_does_not_sign_anybody_out(nurse):
    client = Client()
    sign_in(client)
    client.get("/account/logout/")
    assert client.get("/today/").status_code == 200


def test_a_session_has_another_key_after_the_sign_in(nurse):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_a_session_ends_after_twelve_hours(nurse, monkeypatch):
    client = Client()
    sign_in(client)
    assert timedelta(seconds=configured.SESSION_COOKIE_AGE) == timedelta(hours=12)
    later = timezone.now() + timedelta(hours=12, minutes=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "/account/login/" in client.get("/today/")["Location"]


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012345", "qwertyuiop123", "nurse.example"])
def test_a_password_that_is_short_common_or_the_own_name_is_refused(nurse, password):
    with pytest.raises(ValidationError):
        validate_password(password, nurse)


def test_a_new_password_asks_for_the_old_one_and_signs_out_elsewhere(nurse):
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    new = "seven purple kettles singing"
    wrong = here.post("/account/password/change/", {"oldpassword": "x", "password1": new, "password2": new})
    assert wrong.status_code == 200
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/today/").status_code == 200
    assert elsewhere.get("/today/").status_code == 302


@pytest.mark.parametrize("where", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_sign_in_sends_nobody_to_another_site(nurse, where):
    assert sign_in(Client(), next=where)["Location"] == "/"


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/account/email/", "/admin/"])
def test_nobody_makes_an_account_or_a_new_password_without_the_administrator(db, path):
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"email": "a@example.org"}).status_code == 404


def test_a_closed_account_is_out_at_once_and_stays_out(nurse, signed_in):
    client = Client()
    sign_in(client)
    administrator = signed_in(Role.ADMINISTRATOR)
    administrator.post(f"/accounts/{nurse.pk}/", {"act": "close"})
    assert client.get("/today/").status_code == 302
    sign_in(client)
    assert client.get("/today/").status_code == 302
    administrator.post(f"/accounts/{nurse.pk}/", {"act": "open"})
    assert sign_in(Client())["Location"] == "/"


# --- accounts -------------------------------------------------------------------------------------------------------


def test_an_account_is_made_with_a_password_that_is_shown_once(signed_in):
    administrator = signed_in(Role.ADMINISTRATOR)
    fields = {"username": "new", "first_name": "Nia", "last_name": "Example", "role": "nurse"}
    page = administrator.post("/accounts/", fields, follow=True).content.decode()
    password = re.search(r"shown only now: (\S+)", page)[1]
    assert password not in administrator.get("/accounts/").content.decode()
    assert sign_in(Client(), "new", password)["Location"] == "/"
    assert Entry.objects.filter(act="made an account", detail__account="new").exists()


def test_a_reset_takes_the_old_password_and_every_session(nurse, signed_in):
    client = Client()
    sign_in(client)
    page = signed_in(Role.ADMINISTRATOR).post(f"/accounts/{nurse.pk}/", {"act": "reset"}, follow=True)
    password = re.search(r"shown only now: (\S+)\. The second", page.content.decode())[1]
    assert client.get("/today/").status_code == 302
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), password=password)["Location"] == "/"


def test_the_last_administrator_is_not_closed(signed_in):
    administrator = signed_in(Role.ADMINISTRATOR)
    only = User.objects.get(role=Role.ADMINISTRATOR)
    page = administrator.post(f"/accounts/{only.pk}/", {"act": "close"}, follow=True).content.decode()
    assert "last administrator" in page
    assert User.objects.get(pk=only.pk).is_active


def test_two_accounts_of_one_name_are_refused(nurse, signed_in):
    fields = {"username": "nurse", "first_name": "x", "last_name": "y", "role": "nurse"}
    assert signed_in(Role.ADMINISTRATOR).post("/accounts/", fields).status_code == 422


# --- the audit log, for the administrator ---------------------------------------------------------------------------


def test_the_log_is_read_by_person_act_record_and_day(signed_in, jane, mark):
    signed_in(Role.NURSE).get(f"/patients/{jane.pk}/")
    signed_in(Role.PRESCRIBER).get(f"/patients/{mark.pk}/")
    administrator = signed_in(Role.ADMINISTRATOR)

    def rows(**asked: str) -> str:
        return administrator.get("/audit/", asked).content.decode().split("<tbody>")[-1]

    assert "Nurse Example" in rows(record=str(jane.pk))
    assert "Prescriber Example" not in rows(record=str(jane.pk))
    assert "Nurse Example" not in rows(person="prescriber")
    assert str(mark.pk) not in rows(act="nothing like it")
    assert "Nurse Example" in rows(day="2026-11-23")
    assert "Nurse Example" not in rows(day="2026-11-22")


def test_the_log_names_no_patient_and_is_taken_out_with_a_trace(signed_in, jane):
    signed_in(Role.NURSE).get(f"/patients/{jane.pk}/")
    administrator = signed_in(Role.ADMINISTRATOR)
    for path in ("/audit/", "/audit/export/"):
        page = administrator.get(path).content.decode()
        assert "Doyle" not in page
        assert str(jane.pk) in page
    assert Entry.objects.latest("number").act == "took out the audit log"


def test_nonsense_in_the_filter_finds_nothing_and_breaks_nothing(signed_in, jane):
    page = signed_in(Role.ADMINISTRATOR).get("/audit/?record=x&day=never&page=abc")
    assert page.status_code == 200
