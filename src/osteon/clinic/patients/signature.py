"""A signature: the password again, from whoever signs."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from django.http import HttpRequest

from osteon.clinic.access.guard import user_of


class SignatureForm(ReauthenticateForm):  # type: ignore[misc]
    """Asks for the password of the person who is signed in; wrong ones count against the limit of the sign-in page."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user_of(request), **kwargs)
        field = self.fields["password"]
        field.label = "Your password, as your signature"
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
