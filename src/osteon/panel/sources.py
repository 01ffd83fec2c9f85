"""Which reader reads this source? Tables of OMOP, Parquet, or what is FHIR in text: bundles and bulk exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from osteon.chart.read import LARGEST_DOCUMENT
from osteon.panel.notes import Notes
from osteon.panel.omop.reader import OmopReader
from osteon.panel.omop.tables import is_omop
from osteon.panel.parquet_source import ParquetReader, is_parquet
from osteon.panel.source import Case, Reader, Source, SourceError, Told


class Patients(Protocol):
    """What every reader answers: each patient once, and what could not be read."""

    notes: Notes

    @property
    def total_bytes(self) -> int:
        """How many bytes are there to read?"""
        ...

    def cases(self) -> Iterator[Case]:
        """Every patient, in an order that depends on the source alone."""
        ...


def reader_of(
    source: Source,
    wanted: Collection[str],
    *,
    told: Told = lambda _done, _all: None,
    largest_document: int = LARGEST_DOCUMENT,
) -> Patients:
    """The reader for a source, by what lies there. Raises `SourceError` and OSError as the readers do."""
    if isinstance(source, Path):
        tables = OmopReader if is_omop(source) else ParquetReader if is_parquet(source) else None
        if tables and find_spec("duckdb") is None:
            message = f"{source.name}: reading tables needs duckdb; install it with: pip install 'osteon[panel]'"
            raise SourceError(message)
        if tables:
            return tables(source, wanted, told=told)
    return Reader(source, wanted, told=told, largest_document=largest_document)
