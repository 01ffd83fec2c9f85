"""Is this password hard to guess? Judged as an attacker would guess it: known breaches, patterns, own names."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from osteon.clinic.people.models import User

LEAST_SCORE = 3
"""Of 4: more than 10^8 guesses, the library's "safely unguessable: moderate protection" (a design default)."""

_LONGEST = 72
"""So many characters are judged: what follows only adds."""


class HardToGuess:
    """Refuses a password that is common, patterned, or made of the person's own names."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises `ValidationError` with what is wrong, in words."""
        own = [user.username, user.first_name, user.last_name] if user is not None else []
        judged = zxcvbn(password[:_LONGEST], user_inputs=[*filter(None, own), settings.CLINIC_NAME, "osteon"])
        if judged["score"] < LEAST_SCORE:
            why = judged["feedback"]["warning"] or "It is too easy to guess."
            raise ValidationError(f"{why.rstrip('.')}. Take four or more words that nobody would put together.")

    def get_help_text(self) -> str:
        """What a good password is."""
        return "Four or more words that nobody would put together make a good password."
