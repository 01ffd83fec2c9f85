"""The button that takes an act back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from osteon.clinic.access.guard import open_to, user_of
from osteon.clinic.people.roles import CARE
from osteon.clinic.undo.acts import CannotUndoError, take_back


@open_to(post=CARE)
def undo(request: HttpRequest, undo_id: UUID) -> HttpResponse:
    """Take an act back and return to the page."""
    try:
        messages.success(request, f"Taken back: {take_back(undo_id, user_of(request))}")
    except CannotUndoError as error:
        messages.warning(request, str(error))
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "home")
