"""Whoever works here needs a second factor: an app on the telephone, or a passkey."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from osteon.clinic.access.guard import user_of
from osteon.clinic.people.roles import Role

_HAS_ONE = "has_second_factor"

OPEN_WITHOUT = frozenset({"account_change_password", "account_logout", "account_reauthenticate", "health-live",
                          "health-ready", "lock", "metrics"})  # fmt: skip
"""What answers to somebody who has none yet, beside the pages on which one is set up (`mfa_…`)."""


def lacks_second_factor(request: HttpRequest) -> bool:
    """Does this person still have to set one up? Patients need none."""
    if not settings.SECOND_FACTOR or user_of(request).role == Role.PATIENT or request.session.get(_HAS_ONE):
        return False
    if is_mfa_enabled(user_of(request)):
        request.session[_HAS_ONE] = True
        return False
    return True


def is_open_without(name: str) -> bool:
    """May this page be opened without a second factor?"""
    return name in OPEN_WITHOUT or name.startswith("mfa_")


@receiver(authenticator_removed)
def forget(request: HttpRequest, **_: Any) -> None:
    """One was taken away: ask again."""
    request.session.pop(_HAS_ONE, None)
