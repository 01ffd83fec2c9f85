"""Which codes does a measure mean? The value sets that a site supplies, by their published names.

None are shipped: published expansions are licensed to those who use them. A measure that needs a value set says so
by name, and is not run without it.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from io import StringIO

from osteon.chart.codes import CodeBook, canonical
from osteon.chart.fhir.elements import Concept
from osteon.knowledge import Knowledge
from osteon.knowledge.types import CodedConcept, Verified

COLUMNS = ("value_set", "system", "code")


class ValueSetError(ValueError):
    """The value sets cannot be read, or one is missing. The message says which and how to mend it."""


class ValueSets:
    """Codes by the value sets that hold them, and the program's own knowledge for what is read from a chart.

    Names are compared without regard to upper and lower case. Code systems may go by any of the names that
    `osteon.chart.codes` knows; an ICD code may lack its point.
    """

    def __init__(self, concepts: Iterable[CodedConcept] = (), knowledge: Knowledge | None = None) -> None:
        concepts = tuple(concepts)
        self.names = frozenset(each.value_set for each in concepts)
        self._book = CodeBook(concepts)
        self._knowledge = knowledge

    @property
    def knowledge(self) -> Knowledge:
        """The program's own knowledge. Raises ValueError where none was given."""
        if self._knowledge is None:
            message = "this measure reads charts: give the value sets the knowledge that is in force"
            raise ValueError(message)
        return self._knowledge

    def of(self, concept: Concept | None) -> frozenset[str]:
        """The names, in lower case, of the value sets that hold any of its codings."""
        if concept is None:
            return _NONE
        if len(concept.coding) == 1:
            return self._book.sets(concept.coding[0].system, concept.coding[0].code)
        return _NONE.union(*(self._book.sets(each.system, each.code) for each in concept.coding))

    def hold(self, concept: Concept | None, names: frozenset[str]) -> bool:
        """Does one of these value sets, named in lower case, hold any of its codings?"""
        return not names.isdisjoint(self.of(concept))

    def lacks(self, names: Collection[str]) -> list[str]:
        """Which of these value sets were not supplied?"""
        return sorted(name for name in names if name.casefold() not in self.names)


_NONE: frozenset[str] = frozenset()


def named(*names: str) -> frozenset[str]:
    """The names of value sets in the form in which they are compared."""
    return frozenset(name.casefold() for name in names)


def read_value_sets(text: str, *, name: str, knowledge: Knowledge | None = None) -> ValueSets:
    """The value sets of a table with the columns `value_set`, `system` and `code`; others are passed over.

    Raises `ValueSetError` for a table without these columns or without a row.
    """
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        message = f"{name}: no column {missing[0]!r}; expected CSV with the columns {', '.join(COLUMNS)}"
        raise ValueSetError(message)
    try:
        concepts = [_concept(row) for row in rows if all(row[column] for column in COLUMNS)]
    except csv.Error as error:
        message = f"{name}: line {rows.line_num} cannot be read as CSV: {error}"
        raise ValueSetError(message) from error
    if not concepts:
        message = f"{name}: no value set in it; expected one code a line"
        raise ValueSetError(message)
    return ValueSets(concepts, knowledge)


def _concept(row: dict[str, str]) -> CodedConcept:
    name, system, code = (row[column].strip() for column in COLUMNS)
    return CodedConcept(
        value_set=name.casefold(),
        system=canonical(system),
        code=code,
        display="",
        cite="",
        verified=Verified.SOURCE,
    )
