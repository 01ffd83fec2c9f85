"""How allauth behaves here: nobody signs up; accounts are made by an administrator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClinicAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts of a clinic."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        """May a stranger make an account? No."""
        return False
