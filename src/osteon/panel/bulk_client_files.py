"""How does a large file come over a line that breaks?

Into `NAME.part`, from where the last try stopped if the server can continue (`Range`, guarded by `If-Range`), from the
start if not. What came is checked against the length that was announced, the number of resources that the manifest
counts, and for a last line that is whole; only then it gets its name. Gzip stays gzip on disk.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from osteon.panel.bulk_client_errors import BulkError
from osteon.panel.bulk_client_http import (
    FIRST_PAUSE_S,
    GONE_FOR_A_MOMENT,
    LONGEST_PAUSE_S,
    PASSING,
    TRIES,
    Answer,
    Http,
    refusal,
)

_CHUNK = 1 << 20
_ANSWERED_AT_MOST = 1 << 16
OWN_EYES_ONLY = 0o600
"""What is fetched names patients: only the user who fetched it may read it."""

Headers = Callable[[bool], dict[str, str]]
"""The headers of a request; with True, after a token was not accepted."""


class Gone(BulkError):  # noqa: N818 - a state of the file, told to the export
    """The address of a file has expired. The manifest may know a new one."""


class Stood(Struct):
    """Where a file stands that did not come whole: which version of it, and how it is packed."""

    etag: str = ""
    packed: bool = False


class _Broken(Exception):  # noqa: N818 - caught in this module
    """This try did not bring the whole file, and why; the next may."""

    def __init__(self, why: str, *, wait_s: float | None = None, anew: bool = False) -> None:
        super().__init__(why)
        self.wait_s = wait_s
        self.anew = anew


def download(http: Http, url: str, headers: Headers, target: Path, *, count: int | None, tries: int = TRIES) -> Path:
    """Fetch one file of NDJSON to `target` (`.ndjson`; or `.ndjson.gz` as it came) and say where it lies.

    `count` is how many resources the manifest promises, None where it does not say. Raises `Gone` for an address that
    has expired, `BulkError` for what cannot be had.
    """
    part, note = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.note")
    renewed = False
    for number in range(tries):
        try:
            _continue(http, url, headers(renewed), part, note)
            packed = _stood(note).packed
            _check(part, count, packed=packed)
            whole = target.with_name(f"{target.name}.gz") if packed else target
            part.replace(whole)
            note.unlink(missing_ok=True)
            return whole
        except _NotAccepted as error:
            if renewed:
                raise refusal(error.answer, target.name) from None
            renewed = True
        except (_Broken, *GONE_FOR_A_MOMENT) as error:
            if isinstance(error, _Broken) and error.anew:
                part.unlink(missing_ok=True)
            if number == tries - 1:
                message = f"{target.name}: {error or type(error).__name__}; tried {tries} times"
                raise BulkError(message) from None
            told_s = error.wait_s if isinstance(error, _Broken) else None
            http.clock.sleep(min(FIRST_PAUSE_S * 2**number, LONGEST_PAUSE_S) if told_s is None else told_s)
    message = f"{target.name}: not fetched"
    raise BulkError(message)


class _NotAccepted(Exception):  # noqa: N818 - caught in this module
    """The token was not accepted."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _continue(http: Http, url: str, headers: dict[str, str], part: Path, note: Path) -> None:
    """Fetch what is missing of a file. Raises `_Broken` where it did not come to its end."""
    stood, has = _stood(note), part.stat().st_size if part.exists() else 0
    asked = {**headers, "Accept": "application/fhir+ndjson", "Accept-Encoding": "gzip"}
    if has and stood.etag:
        asked |= {"Range": f"bytes={has}-", "If-Range": stood.etag}
    with http.stream(url, asked) as response:
        _judge(http, response, part.name)
        packed = (response.headers.get("Content-Encoding") or "").lower() in ("gzip", "x-gzip")
        goes_on = response.status == 206 and _starts_at(response) == has and packed == stood.packed
        if response.status == 206 and not goes_on:
            why = "the server continues elsewhere than asked"
            raise _Broken(why, anew=True)
        etag = response.headers.get("ETag") or ""
        if not goes_on:
            note.write_bytes(msgspec.json.encode(Stood("" if etag.startswith("W/") else etag, packed)))
        with _opened(part, "ab" if goes_on else "wb") as file:
            _pour(response, file)


def _judge(http: Http, response: HTTPResponse, name: str) -> None:
    if response.status < 400:
        return
    answer = Answer(response.status, response.headers, response.read(_ANSWERED_AT_MOST))
    if answer.status == 401:
        raise _NotAccepted(answer)
    if answer.status == 416:
        why = "the server cannot continue"
        raise _Broken(why, anew=True)
    if answer.status in PASSING:
        wait_s = http.wait_s(answer.headers, -1.0)
        why = f"the server answers {answer.status}"
        raise _Broken(why, wait_s=None if wait_s < 0 else wait_s)
    if answer.status in (403, 404, 410):
        raise Gone(str(refusal(answer, name.removesuffix(".part"))))
    raise refusal(answer, name.removesuffix(".part"))


def _pour(response: HTTPResponse, file: IO[bytes]) -> None:
    announced, came = response.headers.get("Content-Length"), 0
    while chunk := response.read1(_CHUNK):
        file.write(chunk)
        came += len(chunk)
    if announced and announced.isdecimal() and came < int(announced):
        why = f"the line broke {int(announced) - came:,} bytes before the end"
        raise _Broken(why)


def _check(part: Path, count: int | None, *, packed: bool) -> None:
    """Raise `_Broken` for a file that is not whole."""
    lines, last = 0, b""
    try:
        for line in _lines(part, packed=packed):
            if line.strip():
                lines, last = lines + 1, line
    except zlib.error as error:
        raise _Broken(f"damaged gzip: {error}", anew=True) from error
    if last and not last.rstrip().endswith(b"}"):
        why = "its last line is cut off"
        raise _Broken(why, anew=True)
    if count is not None and lines != count:
        why = f"{lines:,} resources came, and the manifest counts {count:,}"
        raise _Broken(why, anew=True)


def _lines(part: Path, *, packed: bool) -> Iterator[bytes]:
    """The lines of a file, plain or gzip; a gzip without its end raises zlib.error."""
    rest = b""
    with part.open("rb") as stream:
        for chunk in _unpacked(stream) if packed else iter(lambda: stream.read(_CHUNK), b""):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
    if rest:
        yield rest


def _unpacked(stream: BinaryIO) -> Iterator[bytes]:
    unpack = zlib.decompressobj(wbits=31)
    while chunk := stream.read(_CHUNK):
        while chunk:
            yield unpack.decompress(chunk)
            chunk = unpack.unused_data
            if chunk:
                unpack = zlib.decompressobj(wbits=31)
    if not unpack.eof:
        why = "it ends in the middle"
        raise zlib.error(why)


def _starts_at(response: HTTPResponse) -> int:
    """Where a continued answer says that it starts; -1 where it does not."""
    said = (response.headers.get("Content-Range") or "").removeprefix("bytes ").partition("-")[0]
    return int(said) if said.isdecimal() else -1


def _stood(note: Path) -> Stood:
    try:
        return msgspec.json.decode(note.read_bytes(), type=Stood)
    except (OSError, msgspec.MsgspecError):
        return Stood()


def _opened(file: Path, mode: str) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "ab" else os.O_TRUNC)
    return os.fdopen(os.open(file, flags, OWN_EYES_ONLY), mode)
