"""What the tests ask of each patient: the digest of the chart, which tells any difference; slowly, if one says so."""

from __future__ import annotations

import os
import time
from datetime import date
from functools import lru_cache
from pathlib import Path

from osteon.chart.fhir.read import read_pieces
from osteon.knowledge import Knowledge, load
from osteon.panel.source import Case

DAY = date(2026, 10, 1)


@lru_cache(maxsize=1)
def _knowledge() -> Knowledge:
    return load(DAY)


def digest(case: Case) -> bytes:
    """The digest of a chart, in bytes."""
    chart = read_pieces(case.pieces, _knowledge(), name=case.patient, patient=case.patient, on=DAY)
    return f"{case.patient} {chart.fingerprint} {chart.understood}".encode()


def slow_digest(case: Case, *, pause_s: float, mark: str) -> bytes:
    """The same, after a pause; the first answer of a process leaves a mark with its number."""
    with Path(mark, str(os.getpid())).open("a", encoding="utf-8") as stream:
        stream.write(".")
    time.sleep(pause_s)
    return digest(case)
