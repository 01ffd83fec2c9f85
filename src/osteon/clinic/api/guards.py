"""The guards of the API's addresses. Each operation asks who is there itself; the middleware wants to be told so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern

from osteon.clinic.access.guard import Guard
from osteon.clinic.people.roles import SIGNED_IN


def guarded(patterns: Iterable[Any]) -> list[URLPattern]:
    """The addresses of the API, open to the middleware: sign-in and role are asked for, in JSON, by the API itself."""
    ours = [pattern for pattern in patterns if isinstance(pattern, URLPattern)]
    for pattern in ours:
        pattern.callback.guard = Guard(dict.fromkeys(_METHODS, SIGNED_IN), is_public=True)  # type: ignore[attr-defined]
    return ours


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
