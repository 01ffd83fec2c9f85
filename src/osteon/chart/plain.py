"""From a plain table, for people without FHIR, to a chart.

A table has the columns what, value, unit, date, site and note, in any order; as CSV (commas, semicolons or tabs) or as
JSON (a list of objects). What is not understood is left out with its row and the reason.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from typing import Any

import msgspec

from osteon.chart import reasons
from osteon.chart.assemble import counted
from osteon.chart.codes import code_book
from osteon.chart.errors import ChartError
from osteon.chart.fhir.bundle import pieces
from osteon.chart.fhir.dates import when
from osteon.chart.fhir.read import read_pieces
from osteon.chart.plain_fhir import PERSON, NotUnderstoodError, Resource, Row, patient, resource_of
from osteon.chart.types import Chart, Skipped
from osteon.knowledge import Knowledge

COLUMNS = frozenset(Row.__struct_fields__) - {"number"}
_WRITTEN = ("written", "chart date")


def read_plain(content: bytes, knowledge: Knowledge, *, name: str = "the input", on: date | None = None) -> Chart:
    """The chart that a plain table describes. Raises `ChartError` where it is not one, or says no birth date.

    With `on`, what is dated later is left out by name.
    """
    resources, left_out = as_fhir(content, knowledge, name=name)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
    chart = read_pieces(pieces(msgspec.json.encode(bundle), name), knowledge, name=name, on=on)
    skipped = [each for each in chart.skipped if each.reason != reasons.BY_WORDS]  # words are how such a table speaks
    return msgspec.structs.replace(chart, skipped=counted([*skipped, *left_out]))


def is_plain(content: bytes) -> bool:
    """Does this look like a plain table, and not like FHIR?"""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return False
    if start.startswith(b"["):
        return b'"what"' in start
    header = next((line for line in start.splitlines() if line.strip() and not line.startswith(b"#")), b"")
    return "what" in {
        cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t]", header.decode(errors="replace"))
    }


def as_fhir(content: bytes, knowledge: Knowledge, *, name: str = "the input") -> tuple[list[Resource], list[Skipped]]:
    """The same in FHIR R4, the Patient first, and which rows were left out and why."""
    rows = _rows(content, name)
    codes = code_book(knowledge)
    people = [row for row in rows if row.name in PERSON]
    written = next((row.value or row.date for row in rows if row.name in _WRITTEN), "")
    if written and when(written) is None:
        message = f"{name}: the day of the chart, {written!r}, is not a date; write it as 2026-10-01"
        raise ChartError(message)
    resources, left_out = [_person(people, name)], []
    for row in rows:
        if row.name in PERSON or row.name in _WRITTEN:
            continue
        try:
            resources.append(resource_of(row, knowledge, codes, written))
        except NotUnderstoodError as why:
            left_out.append(Skipped(what=f"row {row.number}", reason=why.reason, detail=why.detail or row.what))
    return resources, left_out


def _person(rows: list[Row], name: str) -> Resource:
    """The patient. Raises `ChartError` for two patients in one table, or without a birth date."""
    twice = [what for what, n in Counter(PERSON[row.name] for row in rows).items() if n > 1]
    if twice:
        message = f"{name}: more than one row says the patient's {rows[-1].what}: one table is the chart of one patient"
        raise ChartError(message)
    born = next((row.value or row.date for row in rows if PERSON[row.name] == "birthDate"), "")
    if when(born) is None:
        said = f"the birth date {born!r} is not a date" if born else "there is no birth date"
        message = f"{name}: {said}; add a row such as: birth_date,1961-03-02"
        raise ChartError(message)
    try:
        return patient(rows)
    except NotUnderstoodError as why:
        message = f"{name}: a row about the patient is not understood: {why.detail}"
        raise ChartError(message) from why


# --- tables --------------------------------------------------------------------------------------------------------


def _rows(content: bytes, name: str) -> list[Row]:
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        message = f"{name}: not UTF-8 text (byte {error.start}); save the table as CSV UTF-8"
        raise ChartError(message) from error
    rows = _json_rows(text, name) if text.lstrip().startswith("[") else _csv_rows(text, name)
    if not rows:
        message = f"{name}: the table has no rows; the first line names the columns: what,value,unit,date,site,note"
        raise ChartError(message)
    return rows


def _csv_rows(text: str, name: str) -> list[Row]:
    lines = ["" if line.startswith("#") else line for line in text.splitlines()]
    header = next(filter(None, lines), "")
    parted_by = max(",;\t", key=header.count)
    reader = csv.reader(StringIO("\n".join(lines)), delimiter=parted_by, strict=True)
    try:
        table = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        message = f"{name}, line {reader.line_num}: not CSV: {error}; put quotes around cells that hold {parted_by!r}"
        raise ChartError(message) from error
    columns = [cell.strip().casefold() for cell in table[0][1]] if table else []
    if "what" not in columns:
        message = f"{name}: no column is called what; the first line must be: what,value,unit,date,site,note"
        raise ChartError(message)
    for number, cells in table[1:]:
        if any(cell.strip() for cell in cells[len(columns) :]):
            message = f"{name}, row {number}: more cells than columns; put quotes around cells that hold {parted_by!r}"
            raise ChartError(message)
    return _named(((number, dict(zip(columns, cells, strict=False))) for number, cells in table[1:]), name)


def _json_rows(text: str, name: str) -> list[Row]:
    try:
        table = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f'{name}: expected a list of objects such as {{"what": "creatinine", "value": 0.8}}: {error}'
        raise ChartError(message) from error
    return _named(enumerate(table, 1), name)


def _named(table: Iterable[tuple[int, Mapping[str, Any]]], name: str) -> list[Row]:
    """The rows with their cells by name. Raises `ChartError` for a column that does not exist."""
    rows = []
    for number, cells in table:
        strange = sorted(key for key, cell in cells.items() if key not in COLUMNS and _text(cell))
        if strange:
            message = (
                f"{name}, row {number}: no column is called {strange[0]!r}; there are {', '.join(sorted(COLUMNS))}"
            )
            raise ChartError(message)
        said = {key: _text(cell) for key, cell in cells.items() if key in COLUMNS}
        if any(said.values()):
            rows.append(Row(number=number, **{"what": "", **said}))
    return rows


def _text(cell: Any) -> str:
    """A cell as text: JSON's true and false are yes and no, numbers are as they are written."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float | int):
        return repr(cell)
    return str(cell).strip() if cell is not None else ""
