"""From files, folders, streams or bytes to the chart of one patient.

The whole of what is given is read before anything is answered: there is a chart, or a `ChartError`, and nothing half
done. This is the one place of the room that opens files.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from osteon.chart.errors import ChartError, NotFhirError
from osteon.chart.fhir.bundle import Piece, pieces
from osteon.chart.fhir.read import read_pieces
from osteon.chart.plain import is_plain, read_plain
from osteon.chart.types import Chart
from osteon.knowledge import Knowledge

MIB = 1 << 20
LARGEST_DOCUMENT = 256 * MIB
Source: TypeAlias = Path | bytes | list[Path | bytes]

_LINES = (".ndjson", ".jsonl")
_KINDS = (".json", *_LINES)
_GZIP = b"\x1f\x8b"
_TABLES = (".csv", ".tsv")
_FIRST_LINES = 4096


class Document(NamedTuple):
    """One JSON document and what to call it in a message."""

    name: str
    content: bytes


def read(
    source: Source,
    knowledge: Knowledge,
    *,
    patient: str | None = None,
    on: date | None = None,
    maximum_document_bytes: int = LARGEST_DOCUMENT,
) -> Chart:
    """The chart of one patient out of FHIR R4, or out of one plain table (`osteon.chart.plain`).

    `source` is a file (JSON, NDJSON, either of them gzipped), a folder of such files, the bytes of one, or a list of
    these. `patient` is an id or record number: it chooses where the source holds several patients. With `on`, what is
    dated later is left out by name. A document of more than `maximum_document_bytes` is refused; NDJSON may be of any
    length, each line of it is a document.

    Raises `ChartError` where no chart can be made, and OSError where a file cannot be opened.
    """
    table = _table(source, maximum_document_bytes)
    if table is not None:
        return read_plain(table, knowledge, name=_name(source), on=on)
    many = isinstance(source, list) or (isinstance(source, Path) and source.is_dir())
    found = (
        piece for each in documents(source, maximum_document_bytes) for piece in _pieces(each, is_one_of_many=many)
    )
    return read_pieces(found, knowledge, name=_name(source), patient=patient, on=on)


def _table(source: Source, maximum_bytes: int) -> bytes | None:
    """The bytes of a plain table, where the source is one file that is called or looks like one."""
    if isinstance(source, list) or (isinstance(source, Path) and not source.is_file()):
        return None
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        start = stream.read(_FIRST_LINES)
        if not is_plain(start) and not (isinstance(source, Path) and source.suffix.lower() in _TABLES):
            return None
        content = start + stream.read(maximum_bytes)
    if len(content) > maximum_bytes:
        raise ChartError(_too_large(_name(source), maximum_bytes))
    return content


def documents(source: Source, maximum_bytes: int = LARGEST_DOCUMENT) -> Iterator[Document]:
    """Every JSON document of a source, one after the other. Raises `ChartError` for one that is too large."""
    if isinstance(source, list):
        for each in source:
            yield from documents(each, maximum_bytes)
    elif isinstance(source, bytes):
        with BytesIO(source) as stream:
            yield from _documents(stream, "the input", maximum_bytes)
    elif source.is_dir():
        for file in _files(source):
            yield from documents(file, maximum_bytes)
    else:
        with source.open("rb") as stream:
            yield from _documents(stream, source.name, maximum_bytes)


def _files(folder: Path) -> list[Path]:
    """The files of a folder that may hold FHIR; those of patients first, so that it is known early who is asked for."""
    found = [file for file in folder.rglob("*") if file.is_file() and _suffix(file) in _KINDS]
    if not found:
        message = f"{folder.name}: no .json or .ndjson file in this folder"
        raise ChartError(message)
    return sorted(found, key=lambda file: (not file.name.startswith("Patient"), file.relative_to(folder).as_posix()))


def _suffix(file: Path) -> str:
    return (file.with_suffix("") if file.suffix == ".gz" else file).suffix.lower()


def _documents(stream: BinaryIO, name: str, maximum_bytes: int) -> Iterator[Document]:
    """The documents of a stream: each line of NDJSON, or the whole."""
    if _starts_with(stream, _GZIP):
        with gzip.GzipFile(fileobj=stream) as unpacked:
            try:
                yield from _plain_documents(unpacked, name, maximum_bytes)  # type: ignore[arg-type]  # it reads bytes
            except (EOFError, OSError, zlib.error) as error:
                message = f"{name}: the gzip file is damaged or cut off: {error}"
                raise ChartError(message) from error
    else:
        yield from _plain_documents(stream, name, maximum_bytes)


def _starts_with(stream: BinaryIO, mark: bytes) -> bool:
    start = stream.read(len(mark))
    stream.seek(0)
    return start == mark


def _plain_documents(stream: BinaryIO, name: str, maximum_bytes: int) -> Iterator[Document]:
    first = _unmarked(_line(stream, name, maximum_bytes), name)
    while first and not first.strip():
        first = _line(stream, name, maximum_bytes)
    if not _is_whole(first):
        stream.seek(0)
        content = stream.read(maximum_bytes + 1)
        if len(content) > maximum_bytes:
            raise ChartError(_too_large(name, maximum_bytes))
        yield Document(name, _unmarked(content, name))
        return
    second = _line(stream, name, maximum_bytes)
    yield Document(f"{name} line 1" if second.strip() else name, first)
    number = 1
    while second:
        number += 1
        if second.strip():
            yield Document(f"{name} line {number}", second)
        second = _line(stream, name, maximum_bytes)


def _line(stream: BinaryIO, name: str, maximum_bytes: int) -> bytes:
    line = stream.readline(maximum_bytes + 1)
    if len(line) > maximum_bytes:
        raise ChartError(_too_large(name, maximum_bytes))
    return line


def _is_whole(line: bytes) -> bool:
    """Does this line look like a whole document? A pretty-printed one begins with a lone bracket."""
    text = line.strip()
    return text.startswith(b"{") and text.endswith(b"}")


def _unmarked(start: bytes, name: str) -> bytes:
    """The start of a text without its byte order mark."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = f"{name}: this text is UTF-16; save it as UTF-8"
        raise ChartError(message)
    return start.removeprefix(b"\xef\xbb\xbf")


def _too_large(name: str, maximum_bytes: int) -> str:
    return (
        f"{name}: larger than {maximum_bytes / MIB:g} MiB; send it as NDJSON (one resource a line), which may be of "
        "any length, or raise the limit (OSTEON_MAX_DOCUMENT_MB)"
    )


def _pieces(document: Document, *, is_one_of_many: bool) -> Iterator[Piece]:
    """The resources of a document. Among many files one that is not FHIR, a log or a manifest, is passed over."""
    try:
        yield from pieces(document.content, document.name)
    except NotFhirError:
        if not is_one_of_many:
            raise
        yield Piece("", document.name, document.content)


def _name(source: Source) -> str:
    if isinstance(source, bytes):
        return "the input"
    if isinstance(source, list):
        return _name(source[0]) if len(source) == 1 else "the inputs"
    return source.name
