"""No view without a guard: one that forgot to say who may use it is refused to everyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from osteon.clinic.access.elsewhere import guard_elsewhere
from osteon.clinic.access.guard import guard_of, refused
from osteon.clinic.access.lock import OPEN_WHILE_LOCKED, is_locked, sent_to_unlock
from osteon.clinic.access.second_factor import is_open_without, lacks_second_factor


class EveryViewIsGuarded:
    """Asks for the guard of each view before it runs, and keeps what was answered out of every cache."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, which no cache may keep unless the view itself allowed it."""
        response = self._answer(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a view that has no guard; hold those of other packages to the table of `elsewhere`."""
        if guard_of(view) is not None:
            return None  # the view checks it itself
        guard = guard_elsewhere(request)
        if guard is None and view.__module__.startswith("allauth."):
            raise Http404  # a page of the library that this clinic does not open
        if guard is None:
            message = f"{view.__module__}.{view.__name__} does not say who may use it"
            raise ImproperlyConfigured(message)
        return refused(request, guard)


class WhoIsHere:
    """Holds back whoever left the session alone for too long, or has no second factor yet, until that is put right."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer."""
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send a locked session to its lock, and somebody without a second factor to where one is set up."""
        if not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        if is_locked(request) and name not in OPEN_WHILE_LOCKED:
            return sent_to_unlock(request)
        if not is_open_without(name) and lacks_second_factor(request):
            messages.warning(request, "Set up a second factor first: an app on your telephone, or a passkey.")
            return redirect("mfa_index")
        return None
