"""Offer to take an act back, and take it back.

    @reverses("task done")
    def reopen(payload, user): ...

    offer(request, "Task done.", kind="task done", payload={"task": task.pk})

Bookings, tasks and notes are taken back so. A clinical event never is: it is corrected by a new event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from osteon.clinic.access.guard import user_of
from osteon.clinic.people.models import User
from osteon.clinic.undo.models import Undo

STAYS_OPEN = timedelta(seconds=30)

Reverse = Callable[[dict[str, Any], User], None]
_reverses: dict[str, Reverse] = {}


class CannotUndoError(Exception):
    """The act cannot be taken back any more. The message says why."""


def reverses(kind: str) -> Callable[[Reverse], Reverse]:
    """Register how acts of a kind are reversed; the function raises `CannotUndoError` where things have moved on."""

    def register(function: Reverse) -> Reverse:
        _reverses[kind] = function
        return function

    return register


def offer(request: HttpRequest, words: str, *, kind: str, payload: dict[str, Any]) -> Undo:
    """Say what was done, with a button that takes it back."""
    undo = Undo.objects.create(
        user=user_of(request), made_at=timezone.now(), kind=kind, words=words[:200], payload=payload
    )
    messages.success(request, words, extra_tags=f"undo:{undo.pk}")
    return undo


def take_back(undo_id: UUID, user: User) -> str:
    """Reverse an act; returns what it was. Raises `CannotUndoError`."""
    with transaction.atomic():
        undo = Undo.objects.select_for_update().filter(pk=undo_id, user=user).first()
        if undo is None:
            message = "There is nothing to take back."
            raise CannotUndoError(message)
        if undo.used_at is not None:
            message = "This was taken back already."
            raise CannotUndoError(message)
        if timezone.now() - undo.made_at > STAYS_OPEN:
            message = "More than half a minute has passed; change it on its own page instead."
            raise CannotUndoError(message)
        _reverses[undo.kind](undo.payload, user)
        undo.used_at = timezone.now()
        undo.save(update_fields=["used_at"])
        return undo.words
