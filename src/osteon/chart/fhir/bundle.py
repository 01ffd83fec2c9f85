"""Which resources stand in a document?

A bundle is split without looking inside its resources (about 1,000 MB/s): each stays a view of the document's bytes
until someone wants it. The type of a resource is read from its first bytes, where nearly everyone writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from osteon.chart.errors import ChartError, NotFhirError


class Piece(NamedTuple):
    """One resource: of which type, where, and its bytes. `kind` is empty where the bytes are not a resource."""

    kind: str
    full_url: str
    raw: bytes | Raw


def pieces(document: bytes, name: str) -> Iterator[Piece]:
    """Every resource of one JSON document, a bundle's entries one by one.

    Raises `NotFhirError` for JSON that is not FHIR, `ChartError` for what is not JSON, cut off or nested too deeply;
    then nothing was understood.
    """
    try:
        whole = _BUNDLE.decode(document)
    except msgspec.ValidationError:
        whole = _carefully(document, name)
    except BROKEN as error:
        raise ChartError(f"{name}: {_what_is_wrong(document, error)}") from error
    kind = whole.resourceType
    if not isinstance(kind, str) or not kind:
        message = f"{name}: this is JSON but not FHIR: there is no resourceType; expected a Bundle or a resource of R4"
        raise NotFhirError(message)
    if kind == "Bundle":
        yield from _in_bundles(whole.entry)
    else:
        yield Piece(kind, "", document)


def _in_bundles(entries: Iterable[_Entry]) -> Iterator[Piece]:
    """The resources of a bundle, and of the bundles in it."""
    waiting = [iter(entries)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
        elif entry.resource is not _NO_RESOURCE:
            kind = kind_of(entry.resource)
            inner = _inner_bundle(entry.resource) if kind == "Bundle" else None
            if inner is None:
                yield Piece(kind, entry.fullUrl, entry.resource)
            else:
                waiting.append(iter(inner.entry))


def _inner_bundle(raw: bytes | Raw) -> _Bundle | None:
    try:
        return _BUNDLE.decode(raw)
    except msgspec.ValidationError:
        pass
    try:
        return _carefully(raw, "")
    except ChartError:
        return None


def kind_of(raw: bytes | Raw) -> str:
    """The type of a resource, or an empty string for what is not one."""
    written_first = _TYPE_FIRST.match(raw)
    if written_first:
        return written_first[1].decode()
    try:
        kind = _HEAD.decode(raw).resourceType
    except BROKEN:
        return ""
    return kind if isinstance(kind, str) and kind.isalpha() and kind.isascii() else ""


BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are not what they should be."""

_TYPE_FIRST = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]{1,64})"')


class _Head(Struct, gc=False):
    resourceType: Any = ""  # noqa: N815 - FHIR's own name


_NO_RESOURCE = Raw()


class _Entry(Struct, gc=False):
    fullUrl: str = ""  # noqa: N815 - FHIR's own name
    resource: Raw = _NO_RESOURCE


class _Bundle(Struct, gc=False):
    resourceType: Any = ""  # noqa: N815 - FHIR's own name
    entry: list[_Entry] = []


class _LooseBundle(Struct, gc=False):
    resourceType: Any = ""  # noqa: N815 - FHIR's own name
    entry: Raw = _NO_RESOURCE


_HEAD = msgspec.json.Decoder(_Head)
_ENTRY = msgspec.json.Decoder(_Entry)
_BUNDLE = msgspec.json.Decoder(_Bundle)
_LOOSE_BUNDLE = msgspec.json.Decoder(_LooseBundle)
_RAW_ENTRIES = msgspec.json.Decoder(list[Raw])


def _carefully(document: bytes | Raw, name: str) -> _Bundle:
    """A bundle of which an entry is malformed: that entry is handed on as a resource that nobody will understand."""
    try:
        loose = _LOOSE_BUNDLE.decode(document)
    except msgspec.ValidationError as error:
        message = f"{name}: this is JSON but not FHIR: {error}"
        raise NotFhirError(message) from error
    except BROKEN as error:
        raise ChartError(f"{name}: {_what_is_wrong(document, error)}") from error
    if loose.resourceType != "Bundle":
        return _Bundle(resourceType=loose.resourceType)
    try:
        return _Bundle(resourceType="Bundle", entry=[_entry(raw) for raw in _RAW_ENTRIES.decode(loose.entry)])
    except BROKEN as error:
        message = f"{name}: a FHIR Bundle whose entries cannot be read: {error}"
        raise ChartError(message) from error


def _entry(raw: Raw) -> _Entry:
    try:
        return _ENTRY.decode(raw)
    except BROKEN:
        return _Entry(resource=raw)


def _what_is_wrong(document: bytes | Raw, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply to be a chart; nothing was read"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8"
    if not bytes(document).strip():
        return "empty; expected a FHIR R4 Bundle, a resource or NDJSON"
    if "truncated" in str(error):
        return "the JSON is cut off before its end; fetch the file again"
    return f"not JSON: {error}"
