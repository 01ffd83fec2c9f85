"""Which patients do Parquet files of FHIR resources hold? Files of any number of types, in four layouts.

1. One column with the whole resource as JSON (`resource`, `json`, `data`, …).
2. A column for each element, nested as FHIR is (lists and structs), as Pathling and other encoders write it; a choice
   of types may be one struct (`value.quantity`) or several columns (`valueQuantity`).
3. A column for each element, the inner ones as JSON text.
4. A column for each leaf, its path as the name: `code.coding[0].code` or `code.coding.0.code`.

DuckDB turns each row into JSON text; then it goes the way of a bulk export, and is put with its patient.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from osteon.chart.errors import ChartError
from osteon.chart.fhir.bundle import Piece, kind_of
from osteon.chart.fhir.readers import READERS
from osteon.panel.join import MEMORY_BYTES, Join
from osteon.panel.notes import NOT_FHIR, Notes
from osteon.panel.owners import Owners
from osteon.panel.source import Case, SourceError

WHOLE = ("resource", "resource_json", "json", "fhir", "data", "raw", "content", "payload", "value")
"""What the one column with the whole resource may be called."""
TYPE = ("resourcetype", "resource_type")
_CHOICES = ("value", "effective", "onset", "abatement", "medication", "deceased", "performed", "occurrence")
_ROWS = 10_000
_UNPACKED = 10
"""How many times larger JSON is than its Parquet, about: only the size of what is dealt to disk rests on it."""
_KINDS = {kind.lower(): kind for kind in READERS}
_OPENING = "('{', '[')"
_STEP = re.compile(r"[^.\[\]]+")


class _Column(NamedTuple):
    """A column: its name as it is written, and its type as DuckDB says it."""

    name: str
    type: str

    @property
    def quoted(self) -> str:
        doubled = self.name.replace('"', '""')
        return f'"{doubled}"'


class ParquetReader:
    """A Parquet file, or a folder of them, that is read once, with its notes.

    It answers as `osteon.panel.source.Reader` does. Raises `SourceError` for a folder without Parquet, or for a table
    of Delta Lake, whose files hold what is no longer true.
    """

    def __init__(
        self,
        source: Path,
        wanted: Collection[str],
        *,
        told: Callable[[int, int], None] = lambda _done, _all: None,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self.notes = Notes()
        self._files = files_in(source)
        if not self._files:
            message = f"{source.name}: no .parquet file in this folder"
            raise SourceError(message)
        self._wanted = frozenset(wanted)
        self._told = told
        self._memory_bytes = memory_bytes

    @property
    def total_bytes(self) -> int:
        """How many bytes are there to read?"""
        return sum(each.stat().st_size for each in self._files)

    def cases(self) -> Iterator[Case]:
        """Every patient, in an order that depends on the source alone."""
        with Join(self.total_bytes * _UNPACKED, self._memory_bytes) as join:
            owners = Owners(join, self._wanted, self.notes)
            for name, kind, raw in self.resources():
                if not kind:
                    self.notes.passed_over[NOT_FHIR] += 1
                    continue
                try:
                    owners.take(Piece(kind, "", raw), name)
                except ChartError as error:
                    self.notes.cannot_read(str(error))
            for patient, found in owners.patients():
                yield Case(patient, None, found)

    def resources(self) -> Iterator[tuple[str, str, bytes]]:
        """Every resource: where it stands, its type (empty for what is none), its JSON."""
        import duckdb

        done = 0
        with duckdb.connect() as connection:
            for file in self._files:
                kind = kind_of_file(file)
                try:
                    if not kind or kind in self._wanted:
                        yield from _rows(connection, file, kind)
                except duckdb.Error as error:
                    self.notes.cannot_read(f"{file.name}: {str(error).splitlines()[0]}")
                done += file.stat().st_size
                self._told(done, self.total_bytes)


def is_parquet(source: Path) -> bool:
    """Is it a Parquet file, or a folder that holds some?"""
    return bool(files_in(source))


def files_in(source: Path) -> list[Path]:
    """The Parquet files of a source, in a fixed order. Raises `SourceError` for a table of Delta Lake."""
    if source.is_file():
        return [source] if source.suffix.lower() == ".parquet" else []
    found = sorted(each for each in source.rglob("*") if each.suffix.lower() == ".parquet" and each.is_file())
    if any("_delta_log" in each.parts for each in source.rglob("_delta_log")):
        message = (
            f"{source.name}: a table of Delta Lake, whose files also hold what was replaced; write its newest version "
            "as plain Parquet first"
        )
        raise SourceError(message)
    return found


def kind_of_file(file: Path) -> str:
    """The type of resource that a file or else its folder is named after: `Patient.1.parquet`, `patient/a.parquet`."""
    names = (file.name, file.parent.name)
    found = (_KINDS.get(re.split(r"[^A-Za-z]", name, maxsplit=1)[0].lower(), "") for name in names)
    return next(filter(None, found), "")


def _rows(connection: Any, file: Path, kind: str) -> Iterator[tuple[str, str, bytes]]:
    scan = "read_parquet('{}')".format(str(file).replace("'", "''"))
    columns = [_Column(row[0], str(row[1])) for row in connection.execute(f"DESCRIBE FROM {scan}").fetchall()]
    own = next((each for each in columns if each.name.lower() in TYPE), None)
    whole = _whole(columns)
    text = f"{whole.quoted}::VARCHAR" if whole else _joined(columns)
    named = f"coalesce({own.quoted}::VARCHAR, '{kind}')" if own else f"'{kind}'"
    connection.execute(f"SELECT {named}, {text} FROM {scan}")  # noqa: S608 - quoted
    number = 0
    while rows := connection.fetchmany(_ROWS):
        for told, resource in rows:
            number += 1
            raw = (resource or "").encode()
            yield f"{file.name} row {number}", kind_of(raw) if whole else told, raw


def _whole(columns: list[_Column]) -> _Column | None:
    """The column with the whole resource: by its name, or the only one with text."""
    texts = [each for each in columns if each.type in ("VARCHAR", "JSON", "BLOB")]
    named = [each for each in texts if each.name.lower() in WHOLE]
    if named and len(columns) - len(texts) <= len(columns) // 2 and not _elements(columns):
        return min(named, key=lambda each: WHOLE.index(each.name.lower()))
    return texts[0] if len(columns) == 1 and texts else None


def _elements(columns: list[_Column]) -> bool:
    """Are there columns that are elements of FHIR beside an id, so that none holds the whole?"""
    return any(each.type.startswith("STRUCT") or each.type.endswith("[]") or "." in each.name for each in columns)


# --- from columns to JSON ---------------------------------------------------------------------------------------------


def _joined(columns: list[_Column]) -> str:
    """The text of a resource out of its columns, without what is missing."""
    tree: dict[str, Any] = {}
    for column in columns:
        if column.name.lower() in TYPE:
            continue
        choice = column.name if column.name in _CHOICES and column.type.startswith("STRUCT") else ""
        if choice:
            for part, inner in _parts(column):
                tree[f"{choice}{part[:1].upper()}{part[1:]}"] = inner
        else:
            _put(tree, _STEP.findall(column.name), _leaf(column))
    return _without_nulls(f"to_json({_written(tree)})::VARCHAR")


def _leaf(column: _Column) -> str:
    """The value of a column; text that is JSON of an inner element stands as that element."""
    if column.type not in ("VARCHAR", "JSON"):
        return column.quoted
    text = column.quoted
    return f"CASE WHEN left({text}, 1) IN {_OPENING} THEN try_cast({text} AS JSON) ELSE to_json({text}) END"


def _parts(column: _Column) -> list[tuple[str, str]]:
    names = re.findall(r'(?:^STRUCT\(|, )"?(\w+)"? ', _top_level(column.type))
    return [(name, f'{column.quoted}."{name}"') for name in names]


def _top_level(text: str) -> str:
    """A type of a struct without what its fields consist of."""
    head, inner = "STRUCT(", text.removeprefix("STRUCT(").removesuffix(")")
    while "(" in inner:
        inner = re.sub(r"\([^()]*\)", "", inner)
    return head + inner


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    *steps, last = path
    for step in steps:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):  # an element and its own parts: the whole element is kept
            return
        tree = inner
    tree[last] = value


def _written(tree: dict[str, Any]) -> str:
    """A struct, or where all names are numbers a list without its missing items, in SQL."""
    parts = {name: _written(inner) if isinstance(inner, dict) else inner for name, inner in tree.items()}
    if parts and all(name.isdecimal() for name in parts):
        items = ", ".join(
            f"nullif({_without_nulls(f'to_json({parts[name]})::VARCHAR')}, '{{}}')::JSON" for name in parts
        )
        return f"list_filter([{items}], lambda item: item IS NOT NULL)"
    return "{" + ", ".join(f"'{name}': {value}" for name, value in parts.items()) + "}"


def _without_nulls(text: str) -> str:
    """JSON text without the members that are null: FHIR has none. A quote inside a text is escaped, so none is hit."""
    later = rf"""regexp_replace({text}, '(,"\w+":null)+', '', 'g')"""
    return rf"""regexp_replace({later}, '\{{"\w+":null,?', '{{', 'g')"""
