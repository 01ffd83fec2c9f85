"""A real browser before a real server, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role

WIDTHS = (320, 768, 1280, 1920)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, and runs by the real clock."""
    for item in items:
        if "tests/clinic/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.real_time)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def page_of(chromium: Any, live_server: Any, person: Callable[..., User]) -> Iterator[Callable[..., Any]]:
    """A page in which somebody of a role is signed in. Anything that the browser complains of fails the test."""
    contexts, complaints = [], []

    def make(role: Role, **given: Any) -> Any:
        user = User.objects.filter(role=role).first() or person(role)
        client = Client()
        client.force_login(user)
        context = chromium.new_context(
            base_url=live_server.url, **{"viewport": {"width": 1280, "height": 900}, **given}
        )
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((live_server.url, "data:")) else complaints.append(request.url)
            ),
        )
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        context.close()
    expected = ("422", "404", "403", "503")
    assert [each for each in complaints if not any(f"status of {code}" in each for code in expected)] == []


def serious(page: Any) -> list[str]:
    """What axe finds serious on a page, with the first place where it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in ("serious", "critical")
    ]


def scrolls_sideways(page: Any) -> list[int]:
    """At which widths does the page have to be moved sideways?"""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(width)
    return wide
