"""What stands around every page: the clinic's name, who is signed in, and where they can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from osteon.clinic.people.roles import CARE, STAFF, Role

MENU: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("today", "Today", STAFF),
    ("due", "Due", STAFF),
    ("schedule", "Schedule", STAFF),
    ("patients", "Patients", STAFF),
    ("tasks", "Tasks", CARE),
    ("stock", "Stock", STAFF),
    ("set-up", "Set-up", frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.SERVICE_LEAD})),
    ("audit", "Audit log", frozenset({Role.ADMINISTRATOR})),
    ("accounts", "Accounts", frozenset({Role.ADMINISTRATOR})),
)
"""The pages in the head of every page: name of the address, words, who sees it."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The clinic's name and this person's menu."""
    role = getattr(request.user, "role", "") if hasattr(request, "user") else ""
    match = request.resolver_match
    here = match.url_name if match else ""
    return {
        "clinic_name": settings.CLINIC_NAME,
        "is_demo": settings.DEMO,
        "is_locked": here in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        "menu": [
            {"address": address, "words": words, "is_here": name == here}
            for name, words, roles in MENU
            if role in roles and (address := _address(name))
        ],
    }


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
