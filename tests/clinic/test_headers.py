"""What every answer carries, what no page contains, and what no request gets away with."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from osteon.clinic.access.guard import guard_of
from osteon.clinic.environment import Environment
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Entry, Patient
from tests.clinic.conftest import PASSWORD
from tests.clinic.test_matrix import addresses

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "src/osteon/clinic").rglob("templates/**/*.html"))


@pytest.fixture
def pages(signed_in, jane: Patient) -> dict[str, object]:
    """Every page that a prescriber or an administrator can open, by its name."""
    found = {}
    for role in (Role.PRESCRIBER, Role.ADMINISTRATOR, Role.COORDINATOR):
        client = signed_in(role)
        for each in addresses(jane.pk):
            is_plain = (
                each.guard is not None and role in each.guard.roles("GET") and not each.name.startswith("mfa_add")
            )
            if is_plain and each.name != "account_logout":
                answer = client.get(each.path)
                if answer.status_code == 200:
                    found[f"{role.value}:{each.name}"] = answer
    assert len(found) > 40
    return found


def test_every_page_carries_the_policy_that_lets_nothing_in(pages):
    for name, answer in pages.items():
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert "http" not in policy, name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name


def test_no_page_of_a_patient_may_be_kept_by_a_cache(pages):
    kept = [
        name
        for name, answer in pages.items()
        if not {"no-store", "no-cache"} & set(re.split(r",\s*", answer["Cache-Control"]))
    ]
    assert kept == []


def test_no_page_asks_another_site_for_anything_or_runs_what_stands_in_it(pages):
    wrong = []
    for name, answer in pages.items():
        if "html" not in answer["Content-Type"] or name.split(":")[1].startswith("api"):
            continue
        page = answer.content.decode()
        wrong += [
            (name, each) for each in re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=.https?:[^>]+>", page)
        ]
        wrong += [(name, "inline script") for _ in re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>", page)]
        wrong += [(name, each) for each in re.findall(r"<[^>]+\son\w+=[^>]*>", page)]
        wrong += [(name, each) for each in re.findall(r"<(?!svg|g|path|text|rect|line)[a-z]+[^>]*\sstyle=[^>]*>", page)]
    assert wrong == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_lets_text_through_as_it_is(template: Path):
    text = template.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+off", text)
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert not re.search(r"<form[^>]*method=.post.[^>]*>(?!.{0,400}csrf_token)", text, re.DOTALL)


def test_no_form_is_taken_from_another_site(signed_in, jane: Patient):
    """Each address that changes anything refuses a post without the token of its own page."""
    taken = []
    for role in (Role.PRESCRIBER, Role.COORDINATOR, Role.ADMINISTRATOR, Role.NURSE):
        client = Client(enforce_csrf_checks=True)
        client.cookies = signed_in(role).cookies
        for each in addresses(jane.pk):
            if each.guard is None or role not in each.guard.roles("POST"):
                continue
            if client.post(each.path, {}).status_code not in (403, 405):
                taken.append((role.value, each.name))
    assert taken == []


def test_cookies_are_out_of_reach_of_scripts_and_go_over_https_alone_where_there_is_https(person):
    """The cookies that the sign-in itself sets: those of `force_login` are made by the test client."""
    person(Role.NURSE)
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "nurse", "password": PASSWORD})
    for name in (configured.SESSION_COOKIE_NAME, configured.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    asked = f"from osteon.clinic import settings as s; print(*(getattr(s, name) for name in {names}))"
    for tls, expected in (("1", "True True 31536000"), ("0", "False False 0")):
        environment = {
            "OSTEON_TLS": tls,
            "OSTEON_DATA": str(configured.DATA),
            "PATH": "/usr/bin",
            "OSTEON_SECRET_KEY": "x",
        }
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_a_host_that_is_not_ours_is_refused(db, settings):
    settings.ALLOWED_HOSTS = ["clinic.example.org"]
    assert Client().get("/account/login/", headers={"host": "evil.example.org"}).status_code == 400
    assert Client().get("/account/login/", headers={"host": "clinic.example.org"}).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere/", "/patients/not-an-id/", "/%00", "/patients/" + "9" * 4000])
def test_what_is_not_there_says_so_and_nothing_more(signed_in, path):
    answer = signed_in(Role.NURSE).get(path)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Traceback" not in page
    assert "django" not in page.lower()


def test_an_error_of_ours_tells_nothing_about_itself(signed_in, jane, monkeypatch):
    monkeypatch.setattr("osteon.clinic.today.views.board", lambda _user: 1 / 0)
    client = signed_in(Role.NURSE)
    client.raise_request_exception = False
    answer = client.get("/today/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "ZeroDivisionError" not in page
    assert "board" not in page
    assert not configured.DEBUG


def test_a_file_that_is_too_large_is_refused(signed_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    large = SimpleUploadedFile("chart.json", b" " * (21 * 1024 * 1024))
    answer = signed_in(Role.PRESCRIBER).post(reverse("patients-import"), {"file": large})
    assert answer.status_code in (400, 413, 422)
    assert not Entry.objects.exists()


def test_words_of_a_patient_are_shown_as_words(signed_in, jane: Patient):
    Patient.objects.filter(pk=jane.pk).update(family_name="<script>alert(1)</script>")
    for path in ("/patients/", f"/patients/{jane.pk}/", f"/patients/{jane.pk}/timeline/", "/due/?view=quarter"):
        page = signed_in(Role.PRESCRIBER).get(path).content.decode()
        assert "<script>alert" not in page


def test_the_log_holds_no_query(signed_in, caplog):
    caplog.set_level("INFO")
    signed_in(Role.NURSE).get("/patients/?q=Doyle+1961")
    assert "GET /patients/" in caplog.text
    assert "Doyle" not in caplog.text
    assert "1961" not in caplog.text


def test_secrets_are_made_here_and_readable_by_their_owner_alone(tmp_path):
    kept = tmp_path / "keys" / "secret"
    secret = Environment({}).secret("X", kept_in=kept)
    assert len(secret) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert Environment({}).secret("X", kept_in=kept) == secret


_SECRETS = re.compile(
    rb"-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\n[A-Za-z0-9+/]{20}"
    rb"|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}"
    rb"|xox[baprs]-[A-Za-z0-9-]{10,}|eyJhbGciOi[A-Za-z0-9_-]{20,}\.eyJ"
)


def test_no_secret_lies_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git repository")
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    assert [name for name in names if _SECRETS.search((ROOT / name).read_bytes())] == []


def test_every_view_of_ours_says_who_may_use_it():
    lacking = [
        each.name
        for each in addresses()
        if each.guard is None and not each.name.startswith(("account", "mfa", "api:", "usersessions", "None"))
    ]
    assert lacking == []
    assert guard_of(lambda: None) is None
