"""Which patients does a source hold? Case files, bundles, folders of them, and bulk exports: one file a resource type.

Everything is read once, line by line where it has lines. A line or a file that cannot be read is noted and passed over.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

import msgspec
from msgspec import Raw, Struct

from osteon.chart.errors import ChartError
from osteon.chart.fhir.bundle import BROKEN, Piece, kind_of, pieces
from osteon.chart.read import LARGEST_DOCUMENT, documents
from osteon.panel.join import MEMORY_BYTES, Join
from osteon.panel.notes import NOT_FHIR, Notes
from osteon.panel.owners import Owners
from osteon.panel.unpacking import ZSTD, Damaged, zstd_content, zstd_lines
from osteon.pathway.measures.period import Period, PeriodError

Source: TypeAlias = Path | bytes
Told: TypeAlias = Callable[[int, int], None]
"""Told now and then how many bytes were read, of how many."""

_LINES = (".ndjson", ".jsonl")
_KINDS = (".json", *_LINES)
_GZIP = b"\x1f\x8b"
_ZST = ".zst"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNPACKED = {".gz": 12, ".zst": 40}
"""How many times larger FHIR is than packed, about (44 measured for invented charts in Zstandard): only the
size of what is dealt to disk rests on it."""


class SourceError(ValueError):
    """A source that holds nothing to read. The message says what was expected."""


class Case(NamedTuple):
    """One patient: who, over which period where the source itself says so, and every resource."""

    patient: str
    period: Period | None
    pieces: list[Piece]


class _CaseLine(Struct, gc=False):
    """A line of a case file."""

    id: str
    resources: list[Raw]
    start: str = ""
    end: str = ""


_CASE_LINE = msgspec.json.Decoder(_CaseLine)


class Reader:
    """A source that is read once, with its notes.

    `wanted` are the types of resources that are used; others are not even held. Raises `SourceError` for a source
    without any file, OSError for one that is not there.
    """

    def __init__(
        self,
        source: Source,
        wanted: Collection[str],
        *,
        told: Told = lambda _done, _all: None,
        largest_document: int = LARGEST_DOCUMENT,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.notes = Notes()
        self._files = [source] if isinstance(source, bytes) or not source.is_dir() else _files_of(source)
        if any(isinstance(each, Path) and each.suffix == _ZST for each in self._files) and not find_spec("zstandard"):
            message = "reading .zst needs zstandard; install it with: pip install 'osteon[panel]'"
            raise SourceError(message)
        self._sizes = [_size(each) for each in self._files]
        self._wanted = frozenset(wanted)
        self._told = told
        self._largest = largest_document
        self._memory_bytes = memory_bytes

    def cases(self) -> Iterator[Case]:
        """Every patient: those of case files as they come, then those whose resources had to be brought together."""
        with Join(sum(each.unpacked for each in self._sizes), self._memory_bytes) as join:
            owners = Owners(join, self._wanted, self.notes)
            for name, content in self._documents():
                try:
                    case = self._take(content, name, owners)
                except (ChartError, PeriodError) as error:
                    self.notes.cannot_read(str(error))
                    continue
                if case:
                    yield case
            for patient, found in owners.patients():
                yield Case(patient, None, found)

    def _take(self, content: bytes, name: str, owners: Owners) -> Case | None:
        """A case; or nothing, where it was a bundle or a resource and has been put with its patient."""
        kind = kind_of(content)
        if kind == "Bundle":
            owners.take_bundle(list(pieces(content, name)))
        elif kind:
            owners.take(Piece(kind, "", content), name)
        else:
            return self._case(content, name)
        return None

    def _case(self, content: bytes, name: str) -> Case | None:
        try:
            line = _CASE_LINE.decode(content)
        except msgspec.ValidationError:
            self.notes.passed_over[NOT_FHIR] += 1
            return None
        except BROKEN as error:
            raise ChartError(f"{name}: not JSON, or cut off: {error}") from error
        try:
            period = Period.between(line.start, line.end) if line.start or line.end else None
        except PeriodError as error:
            raise PeriodError(f"{name}: {error}") from error
        found = ((kind_of(raw), raw) for raw in line.resources)
        return Case(line.id, period, [Piece(kind, "", raw) for kind, raw in found if kind in self._wanted])

    # --- files --------------------------------------------------------------------------------------------------------

    def _documents(self) -> Iterator[tuple[str, bytes]]:
        """Every JSON document with its name. A damaged file is noted, and what came before the damage stands."""
        done = 0
        for file, size in zip(self._files, self._sizes, strict=True):
            name = "the input" if isinstance(file, bytes) else file.name
            try:
                if isinstance(file, Path) and _suffix(file) in _LINES:
                    with file.open("rb") as stream:
                        lines = _lines(stream, name, self._largest, self.notes.cannot_read)
                        for number, line in enumerate(lines, 1):
                            if line.strip():
                                yield f"{name} line {number}", line
                            if not number % 256:
                                self._told(done + stream.tell(), self.total_bytes)
                elif isinstance(file, Path) and file.suffix == _ZST:
                    yield from self._unpacked(file)
                else:
                    yield from documents(file, self._largest)
            except (ChartError, OSError, EOFError, zlib.error) as error:
                said = str(error)
                self.notes.cannot_read(said if name in said else f"{name}: {said}")
            done += size.packed
            self._told(done, self.total_bytes)

    def _unpacked(self, file: Path) -> Iterator[tuple[str, bytes]]:
        """The documents of a packed file that is not one of lines."""
        with file.open("rb") as stream:
            content = zstd_content(stream, file.name, self._largest, self.notes.cannot_read)
        if content:
            for name, document in documents(content, self._largest):
                yield name.replace("the input", file.name, 1), document

    @property
    def total_bytes(self) -> int:
        """How many bytes are there to read?"""
        return sum(each.packed for each in self._sizes)


class _Size(NamedTuple):
    packed: int
    unpacked: int


def _size(file: Source) -> _Size:
    if isinstance(file, bytes):
        return _Size(len(file), len(file))
    packed = file.stat().st_size
    return _Size(packed, packed * _UNPACKED.get(file.suffix, 1))


def _files_of(folder: Path) -> list[Path]:
    found = [file for file in folder.rglob("*") if file.is_file() and _suffix(file) in _KINDS]
    if not found:
        message = f"{folder.name}: no .json or .ndjson file (plain, .gz or .zst) in this folder"
        raise SourceError(message)
    return sorted(found, key=lambda file: file.relative_to(folder).as_posix())


def _suffix(file: Path) -> str:
    return (file.with_suffix("") if file.suffix in _UNPACKED else file).suffix.lower()


def _lines(stream: BinaryIO, name: str, longest: int, damaged: Damaged) -> Iterator[bytes]:
    """The lines of a file, plain or packed; one longer than `longest` comes in parts, which nobody can read."""
    start = stream.read(len(ZSTD))
    if start == ZSTD:
        stream.seek(0)
        yield from zstd_lines(stream, name, longest, damaged)
        return
    stream.seek(len(_BYTE_ORDER_MARK) if start.startswith(_BYTE_ORDER_MARK) else 0)
    if start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield from iter(partial(unpacked.readline, longest), b"")
    else:
        yield from iter(partial(stream.readline, longest), b"")
