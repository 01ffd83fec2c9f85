"""A tablet left alone locks itself: the page is gone, the work is not, and whoever was here signs in again.

A session is locked, not ended: whoever comes back signs in again and stands where she stood. What was sent meanwhile is
kept and done after the sign-in, by the same person only. Pages that look by themselves are no sign of life.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

_WRITTEN_EVERY_S = 30
"""How exactly the time of the last sign of life is kept: a session is not written at each request."""

OPEN_WHILE_LOCKED = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "anaphylaxis",
        "health-live",
        "health-ready",
        "lock",
        "metrics",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
"""What answers while a session is locked: the ways in and out, and what shows no patient."""

_LOCKED, _SEEN = "locked_since_entry", "seen_at"


def lock(request: HttpRequest) -> None:
    """Lock this session now."""
    request.session[_LOCKED] = _last_entry(request)


def is_locked(request: HttpRequest) -> bool:
    """Is this session locked? Notes a sign of life where it is not; opens it where somebody has signed in again."""
    session, now = request.session, timezone.now().timestamp()
    seen: float | None = session.get(_SEEN)
    if _LOCKED in session:
        if session[_LOCKED] == _last_entry(request):
            return True
        del session[_LOCKED]
        session[_SEEN] = now
        return False
    if not settings.LOCK_AFTER:
        return False
    if seen is not None and now - seen > settings.LOCK_AFTER.total_seconds():
        lock(request)
        return True
    if not _looks_by_itself(request) and (seen is None or abs(now - seen) > _WRITTEN_EVERY_S):
        session[_SEEN] = now
    return False


def sent_to_unlock(request: HttpRequest) -> HttpResponseBase:
    """The answer to whoever asks for anything while locked."""
    unlock = reverse("account_reauthenticate")
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        where = f"{page.path}?{page.query}" if page.query else page.path
        return HttpResponse(status=200, headers={"HX-Redirect": f"{unlock}?{urlencode({'next': where or '/'})}"})
    if request.method in ("GET", "HEAD"):
        return HttpResponseRedirect(f"{unlock}?{urlencode({'next': request.get_full_path()})}")
    if _can_wait(request):
        waits: HttpResponse = suspend_request(request, unlock)
        return waits
    messages.warning(request, "What you sent was not saved: the screen was locked. Sign in again, and send it again.")
    return HttpResponseRedirect(f"{unlock}?{urlencode({'next': request.path})}")


def _can_wait(request: HttpRequest) -> bool:
    """May what was sent be kept until the sign-in? No password is ever kept, and no file."""
    is_form = request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
    is_plain = not request.FILES and not request.GET and not any("password" in name for name in request.POST)
    return request.method == "POST" and is_form and is_plain


def _looks_by_itself(request: HttpRequest) -> bool:
    """Pages ask through HTMX by the clock only: a person sends forms and follows links."""
    return bool(request.headers.get("HX-Request")) and request.method == "GET"


def _last_entry(request: HttpRequest) -> float | None:
    """When did this session last sign in, or sign in again?"""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return records[-1]["at"] if records else None
