"""A screen left alone: nobody reads on, nothing that was sent is lost, and who was here goes on where she stood."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from osteon.clinic.infusion.protocol import anaphylaxis
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.knowledge import knowledge_on
from osteon.clinic.tasks.models import Note
from osteon.pathway.session.adrenaline import adrenaline
from tests.clinic.conftest import PASSWORD, TODAY

UNLOCK = "/account/reauthenticate/"


@pytest.fixture(autouse=True)
def _locks_after_ten_minutes(settings):
    settings.LOCK_AFTER = timedelta(minutes=10)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch):
    """Let minutes pass."""

    def pass_by(minutes: float) -> None:
        moment = timezone.now() + timedelta(minutes=minutes)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return pass_by


@pytest.fixture
def nurse(person) -> Client:
    """A browser in which a nurse has signed in by the form, with the password."""
    cache.clear()
    person(Role.NURSE)
    client = Client()
    client.post("/account/login/", {"login": "nurse", "password": PASSWORD})
    assert client.get("/today/").status_code == 200
    return client


def test_after_ten_minutes_alone_no_page_of_a_patient_is_shown(nurse, later, jane):
    later(10.1)
    answer = nurse.get(f"/patients/{jane.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"{UNLOCK}?{urlencode({'next': f'/patients/{jane.pk}/'})}")
    page = nurse.get(answer["Location"]).content.decode()
    assert "sign in again" in page
    assert "Doyle" not in page
    assert "/schedule/" not in page


def test_who_works_stays_in(nurse, later):
    for _ in range(5):
        later(9)
        assert nurse.get("/today/").status_code == 200


def test_a_page_that_looks_by_itself_is_no_sign_of_life(nurse, later):
    for _ in range(6):
        later(2)
        answer = nurse.get("/today/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/today/"})
    assert answer["HX-Redirect"] == f"{UNLOCK}?next=%2Ftoday%2F"
    assert answer.content == b""


def test_the_password_leads_back_to_where_she_stood(nurse, later, jane):
    later(11)
    nurse.get(f"/patients/{jane.pk}/")
    wrong = nurse.post(UNLOCK, {"password": "something else", "next": f"/patients/{jane.pk}/"})
    assert wrong.status_code == 200
    assert nurse.get("/today/").status_code == 302
    right = nurse.post(UNLOCK, {"password": PASSWORD, "next": f"/patients/{jane.pk}/"})
    assert right["Location"] == f"/patients/{jane.pk}/"
    assert nurse.get(f"/patients/{jane.pk}/").status_code == 200


def test_what_was_sent_while_locked_is_done_after_the_sign_in_and_only_then(nurse, later, jane):
    later(11)
    answer = nurse.post(f"/patients/{jane.pk}/notes/", {"text": "walks with a stick"})
    assert answer["Location"].startswith(UNLOCK)
    assert not Note.objects.exists()
    nurse.post(UNLOCK, {"password": PASSWORD, "next": f"/patients/{jane.pk}/notes/"})
    assert Note.objects.get().text == "walks with a stick"


def test_a_password_is_never_kept_for_later(nurse, later, jane):
    later(11)
    nurse.post(f"/patients/{jane.pk}/orders/", {"drug": "x", "password": "my secret word"})
    assert "my secret word" not in str(dict(nurse.session))
    assert "was not saved" in nurse.get(UNLOCK).content.decode()


def test_somebody_else_does_not_do_what_the_first_one_sent(nurse, later, jane, person):
    later(11)
    nurse.post(f"/patients/{jane.pk}/notes/", {"text": "not mine"})
    nurse.post("/account/logout/")
    person(Role.PRESCRIBER)
    nurse.post("/account/login/", {"login": "prescriber", "password": PASSWORD})
    assert nurse.get("/today/").status_code == 200
    assert not Note.objects.exists()


def test_the_screen_is_locked_by_a_button(nurse):
    assert b"Lock</button>" in nurse.get("/today/").content
    nurse.post("/lock/")
    assert nurse.get("/today/").status_code == 302
    nurse.post(UNLOCK, {"password": PASSWORD})
    assert nurse.get("/today/").status_code == 200


def test_a_code_from_the_app_opens_it_too(nurse, person):
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(username="nurse"), secret)
    nurse.post("/lock/")
    code = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
    nurse.post("/account/2fa/reauthenticate/", {"code": f"{code:06d}", "next": "/today/"})
    assert nurse.get("/today/").status_code == 200


def test_what_to_do_in_anaphylaxis_is_shown_without_a_sign_in_and_names_nobody(nurse, jane):
    nurse.post("/lock/")
    for client in (nurse, Client()):
        page = client.get("/anaphylaxis/").content.decode()
        assert "0.5 mg" in page
        for _, words, _ in anaphylaxis(adrenaline(None, knowledge_on(TODAY))):
            assert words in page
        assert "Doyle" not in page


def test_guessing_on_the_lock_is_slowed_down(nurse):
    nurse.post("/lock/")
    answers = [nurse.post(UNLOCK, {"password": f"guess {number}"}) for number in range(12)]
    assert any(each.status_code == 429 or b"Too many failed" in each.content for each in answers)
    assert nurse.get("/today/").status_code == 302


def test_a_clinic_may_do_without(nurse, later, settings):
    settings.LOCK_AFTER = timedelta(0)
    later(600)
    assert nurse.get("/today/").status_code == 200


# --- a second factor -----------------------------------------------------------------------------------------------


def test_who_works_here_sets_up_a_second_factor_first(nurse, settings):
    settings.SECOND_FACTOR = True
    assert nurse.get("/today/")["Location"] == "/account/2fa/"
    assert nurse.get("/account/2fa/").status_code == 200
    assert nurse.get("/account/password/change/").status_code == 200
    TOTP.activate(User.objects.get(username="nurse"), generate_totp_secret())
    assert nurse.get("/today/").status_code == 200


def test_who_took_it_away_is_asked_again(nurse, settings):
    settings.SECOND_FACTOR = True
    TOTP.activate(User.objects.get(username="nurse"), generate_totp_secret())
    assert nurse.get("/today/").status_code == 200
    nurse.post(UNLOCK, {"password": PASSWORD})
    nurse.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert nurse.get("/today/")["Location"] == "/account/2fa/"


def test_a_patient_needs_none(person, jane, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    client.force_login(person(Role.PATIENT, patient=jane))
    assert client.get("/").status_code == 200
