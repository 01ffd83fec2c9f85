"""No view without a guard: one that forgot to say who may use it is refused to everyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from osteon.clinic.access.elsewhere import guard_elsewhere
from osteon.clinic.access.guard import guard_of, refused


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
        if guard is None:
            message = f"{view.__module__}.{view.__name__} does not say who may use it"
            raise ImproperlyConfigured(message)
        return refused(request, guard)
