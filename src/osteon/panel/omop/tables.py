"""Where do the tables lie, and which of their columns are read? CSV (commas or tabs, plain or gzip) or Parquet.

A table is one file (`person.csv`) or a folder of parts (`person/*.parquet`); names count in any case. Every column is
read as text first and turned into what it should be row by row, so that one bad cell costs that cell.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from osteon.panel.source import SourceError

NEEDED = ("person", "concept")
COLUMNS = {
    "person": {
        "person_id": "id", "gender_concept_id": "concept", "year_of_birth": "whole", "month_of_birth": "whole",
        "day_of_birth": "whole", "birth_datetime": "day", "race_concept_id": "concept", "person_source_value": "text",
        "gender_source_value": "text",
    },
    "concept": {"concept_id": "concept", "concept_name": "text", "vocabulary_id": "text", "concept_code": "text"},
    "visit_occurrence": {
        "visit_occurrence_id": "id", "person_id": "id", "visit_concept_id": "concept",
        "visit_source_concept_id": "concept", "visit_start_date": "day", "visit_end_date": "day",
    },
    "condition_occurrence": {
        "condition_occurrence_id": "id", "person_id": "id", "condition_concept_id": "concept",
        "condition_source_concept_id": "concept", "condition_source_value": "text", "condition_start_date": "day",
        "condition_end_date": "day", "condition_status_concept_id": "concept", "visit_occurrence_id": "id",
    },
    "drug_exposure": {
        "drug_exposure_id": "id", "person_id": "id", "drug_concept_id": "concept", "drug_source_concept_id": "concept",
        "drug_source_value": "text", "drug_exposure_start_date": "day", "drug_exposure_end_date": "day",
        "verbatim_end_date": "day", "drug_type_concept_id": "concept", "stop_reason": "text", "refills": "whole",
        "quantity": "number", "days_supply": "number", "sig": "text", "route_concept_id": "concept",
        "dose_unit_source_value": "text", "visit_occurrence_id": "id",
    },
    "measurement": {
        "measurement_id": "id", "person_id": "id", "measurement_concept_id": "concept",
        "measurement_source_concept_id": "concept", "measurement_source_value": "text", "measurement_date": "day",
        "operator_concept_id": "concept", "value_as_number": "number", "value_as_concept_id": "concept",
        "unit_concept_id": "concept", "unit_source_value": "text", "range_low": "number", "range_high": "number",
        "value_source_value": "text", "visit_occurrence_id": "id",
    },
    "procedure_occurrence": {
        "procedure_occurrence_id": "id", "person_id": "id", "procedure_concept_id": "concept",
        "procedure_source_concept_id": "concept", "procedure_source_value": "text", "procedure_date": "day",
        "procedure_end_date": "day", "visit_occurrence_id": "id",
    },
    "observation": {
        "observation_id": "id", "person_id": "id", "observation_concept_id": "concept",
        "observation_source_concept_id": "concept", "observation_source_value": "text", "observation_date": "day",
        "value_as_number": "number", "value_as_string": "text", "value_as_concept_id": "concept",
        "unit_concept_id": "concept", "unit_source_value": "text", "value_source_value": "text",
        "visit_occurrence_id": "id",
    },
    "death": {"person_id": "id", "death_date": "day"},
}  # fmt: skip
"""The columns that are read of each table, and what each holds. A table or column that is not there says nothing."""

_AS = {
    "id": "nullif(trim({0}), '')",
    "concept": "nullif(nullif(trim({0}), ''), '0')",
    "text": "nullif(trim({0}), '')",
    "day": "coalesce(try_cast(trim({0}) AS TIMESTAMP)::DATE, try_strptime(trim({0}), '%Y%m%d')::DATE)",
    "number": "try_cast(trim({0}) AS DOUBLE)",
    "whole": "try_cast(try_cast(trim({0}) AS DOUBLE) AS INTEGER)",
}
_ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")


class Table(NamedTuple):
    """One table: its name and its files."""

    name: str
    files: tuple[Path, ...]

    @property
    def is_parquet(self) -> bool:
        """Is it Parquet, not CSV?"""
        return self.files[0].suffix.lower() == ".parquet"

    @property
    def is_packed(self) -> bool:
        """Is it smaller on disk than its rows are?"""
        return self.is_parquet or self.files[0].name.lower().endswith(".gz")

    @property
    def is_dealt(self) -> bool:
        """Do its rows belong to patients?"""
        return self.name != "concept"

    @property
    def size_bytes(self) -> int:
        """How many bytes are there to read?"""
        return sum(each.stat().st_size for each in self.files)


def is_omop(folder: Path) -> bool:
    """Does this folder hold OMOP tables?"""
    return folder.is_dir() and {each.name for each in tables_in(folder)} >= set(NEEDED)


def tables_in(folder: Path) -> list[Table]:
    """The tables of a folder that are read, in the order of `COLUMNS`."""
    found: dict[str, list[Path]] = {}
    for each in sorted(folder.iterdir()):
        parts = sorted(each.iterdir()) if each.is_dir() else [each]
        files = [part for part in parts if part.is_file() and _ending(part)]
        name = each.name.lower() if each.is_dir() else each.name.lower().removesuffix(_ending(each))
        if files and name in COLUMNS:
            found.setdefault(name, []).extend(files)
    return [Table(name, _of_one_kind(found[name])) for name in COLUMNS if name in found]


def _of_one_kind(files: list[Path]) -> tuple[Path, ...]:
    """The Parquet files where there are any: the same table may lie there in both forms."""
    return tuple([each for each in files if _ending(each) == ".parquet"] or files)


def _ending(file: Path) -> str:
    name = file.name.lower()
    return next((each for each in _ENDINGS if name.endswith(each)), "")


def lay_aside(connection: Any, folder: Path, aside: Path, buckets: int, part: int = 0, parts: int = 1) -> None:
    """Write what is read of each table as typed Parquet `aside`, dealt by patient into so many buckets.

    With `parts`, only those patients are taken that fall to one `part` of so many, from 0. Raises `SourceError` where a
    table that is needed is not there, or has no column of the expected names.
    """
    found = tables_in(folder)
    missing = set(NEEDED) - {each.name for each in found}
    if missing:
        message = f"{folder.name}: no table {' and no table '.join(sorted(missing))} (CSV or Parquet) in this folder"
        raise SourceError(message)
    for table in found:
        select = _select(connection, table)
        place = _text(str(aside / table.name))
        if not table.is_dealt:
            (aside / table.name).mkdir()
            whole = _text(str(aside / table.name / "all.parquet"))
            connection.execute(f"COPY ({select}) TO {whole} (FORMAT parquet)")
        else:
            mine = f"coalesce(hash(person_id) % {parts}, 0) = {part}"
            bucket = f"coalesce(hash(person_id) // {parts} % {buckets}, 0)::INTEGER AS bucket"
            dealt = f"SELECT *, {bucket} FROM ({select}) WHERE {mine}"  # noqa: S608 - names of this module
            connection.execute(f"COPY ({dealt}) TO {place} (FORMAT parquet, PARTITION_BY (bucket))")


def open_tables(connection: Any, aside: Path, bucket: int | None = None) -> None:
    """Make a view of each table that was laid aside: of one bucket, or the whole; what is not there is empty."""
    part = "*" if bucket is None else f"bucket={bucket}"
    for name, columns in COLUMNS.items():
        files = sorted((aside / name).glob("*.parquet" if name == "concept" else f"{part}/*.parquet"))
        if files:
            listed = ", ".join(_text(str(each)) for each in files)
            select = f"SELECT {', '.join(columns)} FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608
        else:
            empty = ", ".join(f"NULL::{_TYPES[kind]} AS {column}" for column, kind in columns.items())
            select = f"SELECT {empty} WHERE false"
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS {select}")


_TYPES = {
    "id": "VARCHAR",
    "concept": "VARCHAR",
    "text": "VARCHAR",
    "day": "DATE",
    "number": "DOUBLE",
    "whole": "INTEGER",
}


def _select(connection: Any, table: Table) -> str:
    scan = _scan(table)
    has = {row[0].lower(): row[0] for row in connection.execute(f"DESCRIBE FROM {scan}").fetchall()}
    if not COLUMNS[table.name].keys() & has.keys():
        message = f"{table.files[0].name}: no column of the table {table.name} of OMOP CDM 5.4 in it"
        raise SourceError(message)
    columns = []
    for column, kind in COLUMNS[table.name].items():
        own = _quoted(has[column]) if column in has else None
        value = _AS[kind].format(f"{own}::VARCHAR") if own else f"NULL::{_TYPES[kind]}"
        columns.append(f"{value} AS {column}")
    return f"SELECT {', '.join(columns)} FROM {scan}"  # noqa: S608 - quoted


def _scan(table: Table) -> str:
    files = ", ".join(_text(str(each)) for each in table.files)
    if table.is_parquet:
        return f"read_parquet([{files}], union_by_name = true)"
    delimiter = _delimiter(table.files[0])
    quote = "''" if delimiter == "\t" else "'\"'"
    escaped = "'\\t'" if delimiter == "\t" else _text(delimiter)
    return (
        f"read_csv([{files}], all_varchar = true, header = true, delim = {escaped}, quote = {quote}, escape = {quote}, "
        "store_rejects = true)"
    )


def _delimiter(file: Path) -> str:
    """What parts the columns: whichever of comma, tab, semicolon and bar stands most in the first line."""
    with gzip.open(file, "rt") if file.name.lower().endswith(".gz") else file.open(encoding="utf-8") as stream:
        first = str(stream.readline())
    return max(",\t;|", key=first.count)


def rejected(connection: Any) -> Iterator[str]:
    """The lines that could not be read, each with its file and the reason, without what stands in it."""
    try:
        rows = connection.execute(
            "SELECT s.file_path, e.line, min(e.error_type::VARCHAR) FROM reject_errors e "
            "JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    except Exception:
        return
    for file, line, kind in rows:
        yield f"{Path(file).name} line {line}: {str(kind).lower().replace('_', ' ')}"


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _quoted(column: str) -> str:
    doubled = column.replace('"', '""')
    return f'"{doubled}"'
