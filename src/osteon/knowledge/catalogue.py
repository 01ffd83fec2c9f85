"""What is in the knowledge, and where does it stand? Shelves, what lies on them, and any value by its path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from osteon.knowledge.in_force import Knowledge
from osteon.knowledge.types import CodedConcept, Jurisdiction


class Item(Struct, frozen=True):
    """What lies on a shelf: its id, and one line about it."""

    id: str
    title: str


class Shelf(Struct, frozen=True):
    """One kind of knowledge, and everything of that kind."""

    name: str
    what: str
    items: tuple[Item, ...]


class Catalogue(Struct, frozen=True):
    """All shelves, as they stand on one day in one jurisdiction."""

    version: str
    shelves: tuple[Shelf, ...]


class Entry(Struct, frozen=True):
    """What stands at a path, on a day, in a jurisdiction?"""

    path: str
    on: date
    jurisdiction: Jurisdiction
    entry: Any


class NotInKnowledgeError(LookupError):
    """There is nothing at this path; the message says what is near it."""


SHELVES = {
    "drugs": "the formulary",
    "frameworks": "guidelines, each kept apart",
    "books": "rules that belong to no single drug or guideline",
    "parameters": "numbers that the program or a guideline goes by",
    "lists": "named lists",
    "tables": "published tables of scores",
    "analytes": "measurements with their units",
    "facts": "the named facts that rules ask for",
    "value_sets": "codes of other systems",
    "densities": "reference bone densities",
    "biosimilars": "products with the same active substance",
    "citations": "the texts that all of it rests on",
}


def catalogue(knowledge: Knowledge) -> Catalogue:
    """Everything in force, by shelf."""
    return Catalogue(
        knowledge.version,
        tuple(
            Shelf(name, what, tuple(Item(id_, _title(entry)) for id_, entry in shelf(knowledge, name).items()))
            for name, what in SHELVES.items()
        ),
    )


def shelf(knowledge: Knowledge, name: str) -> Mapping[str, Any]:
    """Everything on one shelf, by id."""
    match name:
        case "value_sets":
            return _grouped((concept.value_set, concept) for concept in knowledge.codes)
        case "densities":
            return _grouped((f"{row.site}_{row.sex}", row) for row in knowledge.reference_densities)
        case "biosimilars":
            return _grouped((row.drug, row) for row in knowledge.biosimilars)
        case _:
            entries: Mapping[str, Any] = getattr(knowledge, name)
            return entries


def find(knowledge: Knowledge, path: str) -> tuple[str, Any, tuple[str, ...]]:
    """What stands at a dotted path: its full path, itself, and where else the same name stands.

    Where the shelf is left out, the first shelf that has the name counts. The last step may be the id of a rule.
    Raises `NotInKnowledgeError` where there is nothing.
    """
    first, *rest = path.split(".")
    if first in SHELVES and not rest:
        return first, shelf(knowledge, first), ()
    starts = [first] if first in SHELVES else [name for name in SHELVES if first in shelf(knowledge, name)]
    steps = rest if first in SHELVES else [first, *rest]
    found = {name: node for name in starts if (node := _walk(shelf(knowledge, name), steps)) is not None}
    if not found:
        message = f"there is nothing at {path!r}{_near(knowledge, first, starts, steps)}"
        raise NotInKnowledgeError(message)
    here, *also = (".".join([name, *steps]) for name in found)
    return here, next(iter(found.values())), tuple(also)


def _walk(node: Any, steps: list[str]) -> Any:
    for step in steps:
        node = _step(node, step)
        if node is None:
            return None
    return node


def _step(node: Any, step: str) -> Any:
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, tuple):
        if step.isdigit():
            return node[int(step)] if int(step) < len(node) else None
        return next((each for each in node if step in _names(each)), None)
    below = getattr(node, step, None) if step in getattr(node, "__struct_fields__", ()) else None
    rule = _step(node.rules, step) if hasattr(node, "rules") and (below is None or isinstance(below, str)) else None
    return below if rule is None else rule


def _names(node: Any) -> set[str]:
    """What a member of a list can be called by."""
    names = {str(getattr(node, field)) for field in ("id", "fact", "event", "code") if hasattr(node, field)}
    return names | {name.rpartition(".")[2] for name in names if hasattr(node, "severity")}


def _near(knowledge: Knowledge, first: str, starts: list[str], steps: list[str]) -> str:
    """What could have been meant?"""
    if not starts:
        near = get_close_matches(first, [*SHELVES, *(id_ for name in SHELVES for id_ in shelf(knowledge, name))], n=3)
        return f"; did you mean {' or '.join(near)}?" if near else "; `osteon knowledge list` names what is there"
    for end in range(len(steps) - 1, 0, -1):
        node = next((node for name in starts if (node := _walk(shelf(knowledge, name), steps[:end])) is not None), None)
        if node is not None:
            return f"; below {'.'.join(steps[:end])} stand {', '.join(_below(node)) or 'no names'}"
    return f"; on that shelf stand {', '.join(shelf(knowledge, starts[0]))}"


def _below(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        return list(node)
    if isinstance(node, tuple):
        return sorted({name for each in node for name in _names(each)})
    return [field for field in getattr(node, "__struct_fields__", ()) if getattr(node, field) not in (None, (), "")]


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, tuple[Any, ...]]:
    groups: dict[str, tuple[Any, ...]] = {}
    for key, entry in pairs:
        groups[key] = (*groups.get(key, ()), entry)
    return groups


def _title(entry: Any) -> str:
    """One line about an entry of a shelf."""
    for field in ("name", "label", "title"):
        if hasattr(entry, field):
            return str(getattr(entry, field))
    if isinstance(entry, Mapping):
        return f"{len(entry)} named values"
    if isinstance(entry, tuple) and entry and isinstance(entry[0], CodedConcept):
        return f"{len(entry)} codes"
    return f"{len(entry)} rows"
