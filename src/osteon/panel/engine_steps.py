"""What does a worker do, on whichever engine? Deal the resources of a file by patient; answer for patients dealt.

Both steps go through Arrow batches, which every engine carries without looking inside.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from osteon.chart.errors import ChartError
from osteon.chart.fhir.bundle import Piece, kind_of
from osteon.chart.read import documents
from osteon.panel.join import Join, Kept
from osteon.panel.notes import NAMED_AT_MOST, Notes
from osteon.panel.omop.reader import OmopReader
from osteon.panel.omop.tables import is_omop
from osteon.panel.owners import SHARED, Owners
from osteon.panel.parquet_source import ParquetReader, is_parquet, kind_of_file
from osteon.panel.source import Case
from osteon.panel.sources import Patients, reader_of

DEALT = pa.schema([("patient", pa.string()), ("kind", pa.string()), ("url", pa.string()), ("raw", pa.binary())])
ANSWERED = pa.schema([("patient", pa.string()), ("row", pa.binary())])
_NOBODY = ""
"""Stands where a patient would: such a row carries the notes of a file."""
_BATCH_BYTES = 8 << 20
_BATCH_ROWS = 4096
_UNIT_BYTES = 32 << 20
"""Program default: files are put together for one task until they reach this."""
_FIRST_BYTES = 1 << 16
_LINES = (".ndjson", ".jsonl")
_PACKED = (".gz", ".zst")

Work: TypeAlias = Callable[[Case], bytes]
Told: TypeAlias = Callable[[int, int], None]


class Unit(NamedTuple):
    """What one worker reads at a time: files, or of a folder of OMOP tables one `part` of so many `parts`."""

    paths: tuple[str, ...]
    part: int = 0
    parts: int = 0


class Answer(NamedTuple):
    """What was found for one patient: the bytes of a row."""

    patient: str
    row: bytes


class NotesOfFile(Struct):
    """The account of one file, as it travels."""

    bad_count: int = 0
    bad: list[str] = []
    passed_over: dict[str, int] = {}
    not_judged: dict[str, int] = {}


# --- which files ----------------------------------------------------------------------------------------------------


def units_of(source: Path, parts: int) -> list[Unit]:
    """What the workers read of a source, piece by piece: small files together, OMOP tables in so many `parts`."""
    if is_omop(source):
        return [Unit((str(source),), part, parts) for part in range(parts)]
    units: list[Unit] = []
    together: list[str] = []
    size_bytes = 0
    for file in files_in(source):
        together.append(str(file))
        size_bytes += file.stat().st_size
        if size_bytes >= _UNIT_BYTES:
            units.append(Unit(tuple(together)))
            together, size_bytes = [], 0
    return [*units, Unit(tuple(together))] if together else units


def files_in(source: Path) -> list[Path]:
    """The files of a source that may hold resources, in a fixed order."""
    files = [source] if source.is_file() else sorted(each for each in source.rglob("*") if each.is_file())
    return [each for each in files if _suffix(each) in (".json", ".parquet", *_LINES)]


def _suffix(file: Path) -> str:
    return (file.with_suffix("") if file.suffix in _PACKED else file).suffix.lower()


def kind_of_first(file: Path) -> str:
    """The type of the first resource of a file with one a line; empty for any other file, and for a damaged one."""
    if is_parquet(file):
        return kind_of_file(file)
    if _suffix(file) not in _LINES:
        return ""
    try:
        with _opened(file) as stream:
            return kind_of(stream.readline(_FIRST_BYTES))
    except Exception:  # whatever the unpacking raises: who reads the file tells what is wrong with it
        return ""


def _opened(file: Path) -> BinaryIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rb")  # type: ignore[return-value]  # it reads bytes
    if file.suffix == ".zst":
        import zstandard

        return zstandard.open(file, "rb")  # type: ignore[no-any-return, return-value, unused-ignore]  # it reads bytes
    return file.open("rb")


def medications_in(source: Path, notes: Notes) -> tuple[tuple[str, bytes], ...]:
    """The medications that stand in files of their own, with the names of their places: every worker gets them."""
    found: list[tuple[str, bytes]] = []
    for file in files_in(source) if not is_omop(source) else ():
        try:
            if kind_of_first(file) != SHARED:
                continue
            if is_parquet(file):
                found += [(name, raw) for name, _, raw in ParquetReader(file, [SHARED]).resources()]
            else:
                found += [(each.name, each.content) for each in documents(file)]
        except (ChartError, OSError) as error:
            notes.cannot_read(str(error))
    return tuple(found)


# --- the first step: read and deal ------------------------------------------------------------------------------------


def dealt(unit: Unit, wanted: Collection[str]) -> Iterator[pa.RecordBatch]:
    """The resources of one unit, each with whose it is; and at the end of each file its notes."""
    for path in map(Path, unit.paths):
        if unit.parts:
            yield from _dealt(OmopReader(path, wanted, part=unit.part, parts=unit.parts))
        elif kind_of_first(path) != SHARED:
            yield from _dealt(reader_of(path, wanted))


def _dealt(reader: Patients) -> Iterator[pa.RecordBatch]:
    held: list[Kept] = []
    size_bytes = 0
    for case in reader.cases():
        for piece in case.pieces:
            held.append(Kept(case.patient, piece.kind, piece.full_url, bytes(piece.raw)))
            size_bytes += len(held[-1].raw)
        if size_bytes > _BATCH_BYTES:
            yield _batch(held)
            held, size_bytes = [], 0
    account = msgspec.json.encode(notes_of(reader.notes))
    yield _batch([*held, Kept(_NOBODY, "", "", account)])


def _batch(held: list[Kept]) -> pa.RecordBatch:
    columns = zip(*held, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(each, field.type) for each, field in zip(columns, DEALT, strict=True)], schema=DEALT
    )


# --- the second step: answer ------------------------------------------------------------------------------------------


def answered(
    batches: Iterable[pa.RecordBatch], medications: Iterable[tuple[str, bytes]], wanted: Collection[str], work: Work
) -> Iterator[pa.RecordBatch]:
    """The answers for patients whose resources come sorted by patient."""
    notes = Notes()
    stream = _Sorted(batches)
    owners = Owners(stream, wanted, notes)
    for name, content in medications:
        owners.take(Piece(SHARED, "", content), name)
    found: list[Answer] = []
    for patient, pieces in owners.patients():
        try:
            found.append(Answer(patient, work(Case(patient, None, pieces))))
        except (ChartError, ValueError, OverflowError) as error:
            notes.not_judged[_reason(error, patient)] += 1
        if len(found) == _BATCH_ROWS:
            yield _answers(found)
            found = []
    found += [Answer(_NOBODY, each) for each in stream.notes]
    found.append(Answer(_NOBODY, msgspec.json.encode(notes_of(notes))))
    yield _answers(found)


class _Sorted(Join):
    """Patients out of rows that are sorted by patient: nothing is held but the one at hand."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        super().__init__(0)
        self._batches = batches
        self.notes: list[bytes] = []

    def patients(self) -> Iterator[tuple[str, list[Piece]]]:
        at_hand, found = _NOBODY, list[Piece]()
        for patient, kind, url, raw in self._rows():
            if patient == _NOBODY:
                self.notes.append(raw)
                continue
            if patient != at_hand:
                if found:
                    yield at_hand, found
                at_hand, found = patient, []
            found.append(Piece(kind, url, raw))
        if found:
            yield at_hand, found

    def _rows(self) -> Iterator[tuple[str, str, str, bytes]]:
        for batch in self._batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _answers(found: list[Answer]) -> pa.RecordBatch:
    columns = zip(*found, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(each, field.type) for each, field in zip(columns, ANSWERED, strict=True)], schema=ANSWERED
    )


def _reason(error: Exception, patient: str) -> str:
    """Why somebody has no answer, in words that do not name her."""
    if not isinstance(error, ChartError):
        return "a date or number that cannot be reckoned with"
    said = str(error).removeprefix(f"{patient}: ").removeprefix(f"Patient/{patient}: ")
    return said if patient not in said else "the resource of the patient cannot be used"


# --- the answers ------------------------------------------------------------------------------------------------------


def answers_in(folder: Path, notes: Notes, told: Told = lambda _done, _all: None) -> Iterator[Answer]:
    """The answers that an engine left, part by part; `notes` takes the account of all files."""
    files = sorted(folder.glob("*.parquet"))
    accounts = Counter[bytes]()
    for number, file in enumerate(files, 1):
        for batch in pq.ParquetFile(file).iter_batches(_BATCH_ROWS):
            for patient, row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if patient == _NOBODY:
                    accounts[row] += 1
                else:
                    yield Answer(patient, row)
        told(number, len(files))
    for account, times in sorted(accounts.items()):
        for _ in range(times):
            add(notes, msgspec.json.decode(account, type=NotesOfFile))


def notes_of(notes: Notes) -> NotesOfFile:
    """Notes, as they travel."""
    return NotesOfFile(notes.bad_count, notes.bad, dict(notes.passed_over), dict(notes.not_judged))


def add(notes: Notes, more: NotesOfFile) -> None:
    """Take the account of a file into the notes of a run."""
    notes.bad_count += more.bad_count
    notes.bad = sorted({*notes.bad, *more.bad})[:NAMED_AT_MOST]
    notes.passed_over.update(more.passed_over)
    notes.not_judged.update(more.not_judged)
