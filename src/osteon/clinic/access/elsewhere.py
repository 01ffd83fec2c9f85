"""Who may use the views that other packages bring? They cannot carry a guard of ours, so it stands here, by name."""

from __future__ import annotations

from django.http import HttpRequest

from osteon.clinic.access.guard import Guard
from osteon.clinic.people.roles import SIGNED_IN

_PUBLIC = Guard({"GET": SIGNED_IN, "POST": SIGNED_IN}, is_public=True)
_SIGNED_IN = Guard({"GET": SIGNED_IN, "POST": SIGNED_IN})

GUARDS: dict[str, Guard] = {
    "account_login": _PUBLIC,
    "account_logout": _PUBLIC,
    "account_inactive": _PUBLIC,
    "account_change_password": _SIGNED_IN,
    "account_reauthenticate": _SIGNED_IN,
    "mfa_authenticate": _PUBLIC,
    "mfa_login_webauthn": _PUBLIC,
    "mfa_trust": _PUBLIC,
    "mfa_reauthenticate": _SIGNED_IN,
    "mfa_reauthenticate_webauthn": _SIGNED_IN,
    "mfa_index": _SIGNED_IN,
    "mfa_activate_totp": _SIGNED_IN,
    "mfa_deactivate_totp": _SIGNED_IN,
    "mfa_view_recovery_codes": _SIGNED_IN,
    "mfa_generate_recovery_codes": _SIGNED_IN,
    "mfa_download_recovery_codes": _SIGNED_IN,
    "mfa_list_webauthn": _SIGNED_IN,
    "mfa_add_webauthn": _SIGNED_IN,
    "mfa_edit_webauthn": _SIGNED_IN,
    "mfa_remove_webauthn": _SIGNED_IN,
    "usersessions_list": _SIGNED_IN,
}


def guard_elsewhere(request: HttpRequest) -> Guard | None:
    """The guard of a view from another package; None where it is not open here at all."""
    match = request.resolver_match
    return GUARDS.get(match.view_name) if match else None
