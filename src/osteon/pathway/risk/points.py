"""How many points does a published table give for a value?"""

from __future__ import annotations

from functools import lru_cache

from osteon.knowledge.types import Table


class Points:
    """A points table, read by term: a row without limits gives its points as they stand, a row with limits by value.

    Limits belong to their row. Values are rounded to one decimal, the finest that these tables know, so that no value
    falls between two rows.
    """

    __slots__ = ("_rows",)

    def __init__(self, table: Table) -> None:
        self._rows: dict[str, list[tuple[float, float, float, str]]] = {}
        for row in table.records():
            low = float(row["low"] or "-inf")
            high = float(row["high"] or "inf")
            points = float(row["points"] or "nan")
            self._rows.setdefault(row["term"], []).append((low, high, points, row["meaning"]))

    def __getitem__(self, term: str) -> float:
        """The points of a term that has no limits."""
        ((_, _, points, _),) = self._rows[term]
        return points

    def of(self, term: str, value: float) -> float:
        """The points of a term at this value."""
        return self._row(term, value)[0]

    def band(self, total: float) -> str:
        """What the total means."""
        return self._row("band", total)[1]

    def _row(self, term: str, value: float) -> tuple[float, str]:
        rounded = round(value, 1)
        return next((points, meaning) for low, high, points, meaning in self._rows[term] if low <= rounded <= high)


@lru_cache(maxsize=32)
def points_of(table: Table) -> Points:
    """The points of a table, read once for each table."""
    return Points(table)
