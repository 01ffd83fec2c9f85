"""With which token may the export be asked for? SMART Backend Services: a signed assertion against a token for minutes.

A token lives in memory alone. It is renewed before it ends, and once more when the server does not accept it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from osteon.panel.bulk_client_errors import BulkError
from osteon.panel.bulk_client_http import Http, host, refusal

if TYPE_CHECKING:
    from osteon.panel.bulk_client_signing import Signer

T = TypeVar("T")
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_RENEWED_BEFORE_END_S = 30.0
_LASTS_AT_LEAST_S = 300.0
"""How long a token is taken to hold whose server does not say: the five minutes that the profile recommends."""


class _Configuration(Struct):
    """What `.well-known/smart-configuration` says, as far as it is read."""

    token_endpoint: str = ""
    capabilities: list[str] = []
    scopes_supported: list[str] = []
    algorithms: list[str] = msgspec.field(default_factory=list, name="token_endpoint_auth_signing_alg_values_supported")


class _Granted(Struct):
    access_token: str
    expires_in: float = _LASTS_AT_LEAST_S


class Tokens:
    """Where the tokens of one export come from. `token_url` and `scope` are asked of the server where not given."""

    def __init__(self, http: Http, base: str, signer: Signer, *, token_url: str = "", scope: str = "") -> None:
        self._http = http
        self._base = base
        self._signer = signer
        self._token_url = token_url
        self._scope = scope
        self._token = ""
        self._ends_s = 0.0

    def header(self, kinds: Iterable[str], *, renewed: bool = False) -> dict[str, str]:
        """The header that goes with a request for these types of resources. Raises `BulkError`."""
        now_s = self._http.clock.now_s()
        if renewed or now_s >= self._ends_s:
            granted = self._granted(kinds)
            self._token = granted.access_token
            self._ends_s = now_s + max(granted.expires_in - _RENEWED_BEFORE_END_S, granted.expires_in / 2)
        return {"Authorization": f"Bearer {self._token}"}

    def _granted(self, kinds: Iterable[str]) -> _Granted:
        if not (self._token_url and self._scope):
            self._discover(kinds)
        form = {
            "grant_type": "client_credentials",
            "scope": self._scope,
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._signer.assertion(self._token_url, self._http.clock.now_s()),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        what = "asking for a token"
        answer = self._http.ask(self._token_url, headers, method="POST", body=urlencode(form).encode(), what=what)
        if answer.status >= 400:
            raise refusal(answer, what)
        return _decoded(answer.body, _Granted, f"{what}: {host(self._token_url)} sent no token")

    def _discover(self, kinds: Iterable[str]) -> None:
        what = "asking where tokens are given"
        url = f"{self._base}/.well-known/smart-configuration"
        answer = self._http.ask(url, {"Accept": "application/json"}, what=what)
        if answer.status >= 400:
            if not self._token_url:
                raise BulkError(f"{refusal(answer, what)}; say where: --token-url")
            found = _Configuration()
        else:
            found = _decoded(answer.body, _Configuration, f"{what}: {host(url)} sent no SMART configuration")
        if found.algorithms and self._signer.algorithm not in found.algorithms:
            wanted = ", ".join(found.algorithms)
            message = f"{host(url)} takes signatures of {wanted}, and this key makes {self._signer.algorithm}"
            raise BulkError(message)
        self._token_url = self._token_url or found.token_endpoint
        if not self._token_url:
            message = f"{host(url)} does not say where tokens are given; say where: --token-url"
            raise BulkError(message)
        self._scope = self._scope or _scope(found, sorted(kinds) or ["*"])


def _scope(server: _Configuration, kinds: list[str]) -> str:
    """To read each of these types: of those that the server knows, where it says which; no more than is needed."""
    known = set(server.scopes_supported)
    is_new = "permission-v2" in server.capabilities or any(each.endswith(".rs") for each in known)
    asked = [f"system/{kind}.{'rs' if is_new else 'read'}" for kind in kinds]
    return " ".join(
        [each for each in asked if not known or each in known] or [f"system/*.{'rs' if is_new else 'read'}"]
    )


def _decoded(body: bytes, kind: type[T], message: str) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BulkError(message) from None
