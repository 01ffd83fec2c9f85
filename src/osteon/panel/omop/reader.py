"""Which patients do OMOP tables hold? Each with the FHIR resources that say what the rows say.

DuckDB deals the rows of all tables by patient into buckets on disk; then, one bucket after the other, it joins them
with their concepts, writes them as FHIR and sorts them by patient. So memory stays bounded, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from osteon.chart.fhir.bundle import Piece
from osteon.panel.notes import NO_SUBJECT, Notes
from osteon.panel.omop.statements import PREPARED, STATEMENTS
from osteon.panel.omop.tables import Table, lay_aside, open_tables, rejected, tables_in
from osteon.panel.source import Case, SourceError

_ROWS = 10_000
"""So many rows are taken over at a time."""
MEMORY_BYTES = 2 << 30
"""Program default: what DuckDB may hold."""
_UNPACKED, _SORTED = 10, 4
"""How many times larger rows are than their packed table, and as sorted FHIR than as rows, about (design): only the
number of buckets rests on it."""
_MOST_BUCKETS = 500
_SMALLEST_MEMORY_BYTES = 512 << 20
"""With less than this DuckDB cannot unpack and sort."""


class OmopReader:
    """A folder of OMOP tables that is read once, with its notes.

    It answers as `osteon.panel.source.Reader` does. With `parts`, it reads the patients of one `part` of so many, from
    0; the first notes the bad lines. Raises `SourceError` for a folder without the tables that are needed.
    """

    def __init__(
        self,
        source: Path,
        wanted: Collection[str],
        *,
        told: Callable[[int, int], None] = lambda _done, _all: None,
        memory_bytes: int = MEMORY_BYTES,
        threads: int | None = None,
        part: int = 0,
        parts: int = 1,
    ) -> None:
        self.notes = Notes()
        self._source = source
        self._wanted = frozenset(wanted)
        self._told = told
        self._memory_bytes = max(memory_bytes, _SMALLEST_MEMORY_BYTES)
        self._threads = threads
        self._part, self._parts = part, parts
        self._tables: list[Table] = tables_in(source)

    @property
    def total_bytes(self) -> int:
        """How many bytes are there to read?"""
        return sum(each.size_bytes for each in self._tables)

    def cases(self) -> Iterator[Case]:
        """Every patient, in an order that depends on the source and the memory alone."""
        import duckdb

        with TemporaryDirectory(prefix="osteon-") as folder, duckdb.connect() as connection:
            self._settle(connection, folder)
            try:
                yield from self._cases(connection, Path(folder))
            except duckdb.Error as error:
                said = str(error).splitlines()[0]
                message = f"{self._source.name}: these tables cannot be read: {said}"
                raise SourceError(message) from error
            for each in rejected(connection) if not self._part else ():
                self.notes.cannot_read(each)
        self._told(self.total_bytes, self.total_bytes)

    def _cases(self, connection: Any, aside: Path) -> Iterator[Case]:
        buckets = self._buckets
        lay_aside(connection, self._source, aside, buckets, self._part, self._parts)
        open_tables(connection, aside)
        for each in PREPARED:
            connection.execute(each)
        everyone = connection.execute("SELECT count(*) FROM person").fetchall()[0][0]
        done = 0
        for bucket in range(buckets):
            open_tables(connection, aside, bucket)
            connection.execute(self._statement())
            for case in _by_patient(connection, self.notes):
                yield case
                done += 1
                if not done % 64:
                    self._told(self.total_bytes * done // max(everyone, done), self.total_bytes)

    @property
    def _buckets(self) -> int:
        """Into how many parts must the patients be dealt, so that each can be written as FHIR and sorted in memory?"""
        larger = sum(each.size_bytes * (_UNPACKED if each.is_packed else 1) for each in self._tables if each.is_dealt)
        return min(-(-larger * _SORTED // (self._memory_bytes * self._parts)) or 1, _MOST_BUCKETS)

    def _settle(self, connection: Any, folder: str) -> None:
        connection.execute(f"SET memory_limit = '{self._memory_bytes >> 20}MiB'")
        connection.execute("SET temp_directory = ?", [f"{folder}/spill"])
        connection.execute("SET preserve_insertion_order = false")
        if self._threads:
            connection.execute(f"SET threads = {int(self._threads)}")

    def _statement(self) -> str:
        parts = [sql for kinds, sql in STATEMENTS if self._wanted.intersection(kinds)]
        if not parts:
            message = f"{self._source.name}: none of the types of resources that are asked for comes from OMOP tables"
            raise SourceError(message)
        return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY person_id, kind, id, resource"  # noqa: S608


def _by_patient(connection: Any, notes: Notes) -> Iterator[Case]:
    patient, found = "", list[Piece]()
    for person, kind, resource in _rows(connection):
        if person is None:
            notes.passed_over[NO_SUBJECT] += 1
            continue
        if person != patient:
            if found:
                yield Case(patient, None, found)
            patient, found = person, []
        found.append(Piece(kind, "", resource.encode()))
    if found:
        yield Case(patient, None, found)


def _rows(connection: Any) -> Iterator[tuple[str | None, str, str]]:
    while rows := connection.fetchmany(_ROWS):
        for person, kind, _, resource in rows:
            yield person, kind, resource
