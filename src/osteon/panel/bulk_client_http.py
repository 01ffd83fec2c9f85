"""How does one ask a server that may be busy, slow or away for a moment, without telling anyone a secret?

Every request is tried again after what passes (no answer, 429, 502, 503, 504), as late as `Retry-After` says or else
after a pause that doubles. A token goes only over TLS (or to this machine) and is not carried to another server by a
redirect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, HTTPRedirectHandler, Request, build_opener

from osteon.panel.bulk_client_errors import BulkError, outcome_words

PASSING = frozenset({408, 429, 502, 503, 504})
"""Answers after which the same request may succeed."""

TIMEOUT_S = 60.0
TRIES = 6
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Program defaults. Between two tries the pause doubles from the first to the longest."""
LONGEST_OBEYED_S = 3600.0
"""A `Retry-After` of more than this is taken as this: the server can say it again."""
_LARGEST_BODY = 64 << 20
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GONE_FOR_A_MOMENT = (URLError, HTTPException, ConnectionError, TimeoutError)
"""What is raised where a server does not answer, or stops in the middle."""


class Clock(NamedTuple):
    """The time in seconds since 1970, and how one waits."""

    now_s: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: Message
    body: bytes


class Http:
    """Requests to a server, with patience."""

    def __init__(self, clock: Clock, *, tries: int = TRIES, timeout_s: float = TIMEOUT_S) -> None:
        self.clock = clock
        self._tries = tries
        self._timeout_s = timeout_s
        self._opener = build_opener(_Calm, _Careful)

    def ask(
        self, url: str, headers: Mapping[str, str], *, method: str = "GET", body: bytes | None = None, what: str
    ) -> Answer:
        """What the server answers to this. `what` names the request in messages, which never hold the URL's path.

        Raises `BulkError` where there is no answer after all tries; an answer of 400 and more is handed back, one
        that passes after the last try too.
        """
        for pause_s in self._pauses():
            try:
                with self._opened(url, headers, method, body) as response:
                    answer = Answer(response.status, response.headers, response.read(_LARGEST_BODY))
            except HTTPError as error:  # only a redirect that cannot be followed
                raise BulkError(f"{what}: {host(url)} redirects to where this program does not follow") from error
            except GONE_FOR_A_MOMENT as error:
                if pause_s is None:
                    raise BulkError(f"{what}: {host(url)} does not answer: {_reason(error)}") from error
                self.clock.sleep(pause_s)
                continue
            if answer.status not in PASSING or pause_s is None:
                return answer
            self.clock.sleep(self.wait_s(answer.headers, pause_s))
        raise AssertionError

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[HTTPResponse]:
        """One answer to be read piece by piece; it is not tried again here."""
        with self._opened(url, headers, "GET", None) as response:
            yield response

    def wait_s(self, headers: Message, otherwise_s: float) -> float:
        """How long to wait: as `Retry-After` says, in seconds or as a date, or else so long."""
        said = (headers.get("Retry-After") or "").strip()
        if said.isdecimal():
            return min(float(said), LONGEST_OBEYED_S)
        try:
            until = parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return otherwise_s
        until_s = (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp()
        return min(max(until_s - self.clock.now_s(), 0.0), LONGEST_OBEYED_S)

    def _pauses(self) -> Iterator[float | None]:
        """The pause after each try; None after the last."""
        for number in range(self._tries - 1):
            yield min(FIRST_PAUSE_S * 2**number, LONGEST_PAUSE_S)
        yield None

    def _opened(self, url: str, headers: Mapping[str, str], method: str, body: bytes | None) -> Any:
        check_url(url, has_secret="Authorization" in headers or body is not None)
        request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - the scheme was checked
        return self._opener.open(request, timeout=self._timeout_s)


def check_url(url: str, *, has_secret: bool) -> None:
    """Raise `BulkError` for what is not a web address, and for a secret that would travel in the open."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"{parts.scheme or 'nothing'}: is no address of a server; expected one that begins with https://"
        raise BulkError(message)
    if has_secret and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        message = f"{parts.hostname}: a token is not sent over plain http; use the https:// address of the server"
        raise BulkError(message)


def host(url: str) -> str:
    """The name of the server alone: a path may be a secret."""
    return urlsplit(url).hostname or "the server"


def refusal(answer: Answer, what: str) -> BulkError:
    """The error of a request that was refused, in the server's words."""
    said = outcome_words(answer.body)
    return BulkError(f"{what}: the server answered {answer.status}{f': {said}' if said else ''}")


def _reason(error: BaseException) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    return str(reason) or type(reason).__name__


class _Calm(HTTPErrorProcessor):
    """An answer of 400 and more is an answer, not an exception; redirects are followed as ever."""

    def http_response(self, request: Request, response: Any) -> Any:
        return super().http_response(request, response) if 300 <= response.status < 400 else response

    https_response = http_response


class _Careful(HTTPRedirectHandler):
    """A redirect to another server does not take the token there."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is None:
            return None
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            new.remove_header("Authorization")
        check_url(newurl, has_secret=new.has_header("Authorization"))
        return new
