"""Who signed in, who signed out, and that somebody tried: written into the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User


@receiver(user_logged_in)
def signed_in(user: User, **_: Any) -> None:
    """Somebody signed in."""
    record(user, "signed in")


@receiver(user_logged_out)
def signed_out(user: User | None, **_: Any) -> None:
    """Somebody signed out; a session that had ended by itself names nobody."""
    if user is not None:
        record(user, "signed out")


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], **_: Any) -> None:
    """A password was wrong. A name that no account has is not kept: people type passwords there by mistake."""
    user = User.objects.filter(username=credentials.get("username") or "").first()
    record(user, "failed to sign in")
