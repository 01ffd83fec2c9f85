"""How does a piece of knowledge read to a person? Value, unit, date and mark on the line, sources below."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.catalogue import Catalogue
from osteon.knowledge.check import Report
from osteon.knowledge.types import EVERYWHERE, Expression, Table, Verified
from osteon.pathway.wording import SPOKEN_UNITS, question

MARKS = {Verified.SOURCE: "● read", Verified.RECALLED: "◐ recalled", Verified.DESIGN: "○ design"}
LEGEND = (
    "● read: seen at its source   ◐ recalled: from memory, still to be checked   "
    "○ design: a default of the program, for a clinic to set"
)
_ABOUT = frozenset({"cite", "verified", "effective", "until", "jurisdiction", "note", "value", "unit"})


def catalogue_text(catalogue: Catalogue, only: str = "") -> str:
    """The shelves and what lies on them; one shelf in full where `only` names it."""
    lines: list[str] = []
    for shelf in catalogue.shelves:
        if only and shelf.name != only:
            continue
        lines.append(f"{shelf.name} ({len(shelf.items)}): {shelf.what}")
        shown = shelf.items if only or len(shelf.items) <= 30 else ()
        width = max((len(item.id) for item in shown), default=0)
        lines += [f"  {item.id:<{width}}  {item.title}".rstrip() for item in shown]
        if not shown and shelf.items:
            lines.append(f"  `osteon knowledge list {shelf.name}` names them")
    return "\n".join(lines)


def entry_text(heading: str, node: Any, knowledge: Knowledge, width: int = 100) -> str:
    """One entry in full: its values, then the sources that they rest on, then what the marks mean."""
    keys: dict[str, None] = {}
    body = list(_lines(node, knowledge, keys, width, 0))
    sources = [line for key in keys for line in _source(key, knowledge, width)]
    parts = [[heading, ""], body]
    if sources:
        parts += [["", "Sources"], sources, ["", LEGEND]]
    return "\n".join(line for part in parts for line in part)


def report_text(report: Report) -> str:
    """The problems, then how many values of each topic are read, recalled or the program's own."""
    lines = [f"{problem.where}: {problem.what}" for problem in report.problems]
    lines += ["", f"{'topic':<36}{'● read':>9}{'◐ recalled':>12}{'○ design':>10}"]
    lines += [f"{tally.topic:<36}{tally.source:>9}{tally.recalled:>12}{tally.design:>10}" for tally in report.tallies]
    totals = [sum(getattr(tally, verified.value) for tally in report.tallies) for verified in Verified]
    lines += [f"{'all':<36}{totals[0]:>9}{totals[1]:>12}{totals[2]:>10}", ""]
    if report.recalled_stops:
        lines += ["Hard stops that rest on a recalled text (shown as such wherever they stop a drug):"]
        lines += [f"  {rule}" for rule in report.recalled_stops]
    found = f"{len(report.problems)} problems" if report.problems else "no problem found"
    return "\n".join([*lines, f"knowledge {report.version}: {found}"]).lstrip("\n")


# --- the parts of an entry -----------------------------------------------------------------------------------------


def _lines(node: Any, knowledge: Knowledge, keys: dict[str, None], width: int, depth: int) -> Iterator[str]:
    match node:
        case Table():
            yield from _table(node, keys, depth)
        case Mapping():
            for name, child in node.items():
                yield from _named(str(name), child, knowledge, keys, width, depth)
        case tuple():
            for child in node:
                yield from _member(child, knowledge, keys, width, depth)
        case Struct():
            yield from _fields(node, knowledge, keys, width, depth)
        case _:
            yield _indent(depth) + _plain(node)


def _named(name: str, node: Any, knowledge: Knowledge, keys: dict[str, None], width: int, depth: int) -> Iterator[str]:
    name = name.replace("_", " ")
    if _is_leaf(node):
        yield from _wrapped(f"{name}: {_value(node)}", _mark(node, keys), width, depth)
        if isinstance(node.value, Mapping):
            yield from _lines(node.value, knowledge, keys, width, depth + 1)
    elif isinstance(node, Struct | Mapping) or (isinstance(node, tuple) and not _is_words(node)):
        yield f"{_indent(depth)}{name}"
        yield from _lines(node, knowledge, keys, width, depth + 1)
    else:
        yield from _wrapped(f"{name}: {_plain(node)}", "", width, depth)


def _member(node: Any, knowledge: Knowledge, keys: dict[str, None], width: int, depth: int) -> Iterator[str]:
    if _is_leaf(node):
        yield from _wrapped(f"- {_value(node)}", _mark(node, keys), width, depth)
        return
    first, *rest = _lines(node, knowledge, keys, width, depth + 1)
    yield f"{_indent(depth)}- {first.strip()}"
    yield from rest


def _fields(node: Struct, knowledge: Knowledge, keys: dict[str, None], width: int, depth: int) -> Iterator[str]:
    """A struct field by field, without what is empty; what says how it is known stands on its first line."""
    if _is_leaf(node):
        yield from _wrapped(_value(node), _mark(node, keys), width, depth)
        return
    fields = [field for field in node.__struct_fields__ if getattr(node, field) not in (None, "", (), {}, False)]
    mark = _mark(node, keys) if hasattr(node, "verified") else ""
    for place, field in enumerate(field for field in fields if not (mark and field in _ABOUT - {"note"})):
        child = getattr(node, field)
        if place == 0 and mark:
            yield from _wrapped(f"{field.replace('_', ' ')}: {_plain(child)}", mark, width, depth)
        elif field == "when":
            yield f"{_indent(depth)}when"
            yield from _condition(child, knowledge, depth + 1)
        else:
            yield from _named(field, child, knowledge, keys, width, depth)


def _table(table: Table, keys: dict[str, None], depth: int) -> Iterator[str]:
    yield f"{_indent(depth)}{table.title}  {_mark(table, keys)}"
    widths = [max(len(row[place]) for row in (table.columns, *table.rows)) for place in range(len(table.columns))]
    for row in (table.columns, *table.rows):
        yield _indent(depth) + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _condition(expression: Expression, knowledge: Knowledge, depth: int) -> Iterator[str]:
    """An expression as a tree of questions; where a value or a rule stands elsewhere, its path is told."""
    elsewhere = getattr(expression, "reference", "") or getattr(expression, "rule", "")
    yield f"{_indent(depth)}{question(expression, knowledge)}{f'  ({elsewhere})' if elsewhere else ''}"
    inner = getattr(expression, "of", ())
    for part in inner if isinstance(inner, tuple) else (inner,):
        yield from _condition(part, knowledge, depth + 1)


# --- words ---------------------------------------------------------------------------------------------------------


def _is_leaf(node: Any) -> bool:
    return isinstance(node, Struct) and hasattr(node, "value") and hasattr(node, "verified")


def _is_words(node: tuple[Any, ...]) -> bool:
    return all(isinstance(each, str | Enum) for each in node)


def _value(leaf: Any) -> str:
    if isinstance(leaf.value, Mapping):
        return ""
    return f"{_plain(leaf.value)} {SPOKEN_UNITS.get(leaf.unit, leaf.unit)}".rstrip()


def _plain(value: Any) -> str:
    if isinstance(value, tuple | frozenset):
        return ", ".join(_plain(each) for each in value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _mark(node: Any, keys: dict[str, None]) -> str:
    """How it is known, since when, where, with the keys of its sources; the keys are collected."""
    cited = (node.cite,) if isinstance(node.cite, str) else node.cite
    keys.update(dict.fromkeys(cited))
    parts = [MARKS[node.verified]]
    if isinstance(getattr(node, "effective", None), date):
        parts.append(f"since {node.effective}")
    if getattr(node, "until", None):
        parts.append(f"until {node.until}")
    if getattr(node, "jurisdiction", EVERYWHERE) != EVERYWHERE:
        parts.append("/".join(node.jurisdiction))
    note = f" {node.note}" if getattr(node, "note", "") and _is_leaf(node) else ""
    return f"{', '.join(parts)} [{', '.join(cited)}]{note}"


def _source(key: str, knowledge: Knowledge, width: int) -> Iterator[str]:
    citation = knowledge.citations.get(key)
    if citation is None:
        yield f"  {key}: not in citations.yaml"
        return
    seen = "; ".join(
        filter(
            None,
            [
                f"seen: {citation.seen}" if citation.seen else "",
                f"caution: {citation.caution}" if citation.caution else "",
            ],
        )
    )
    yield from _wrapped(f"{key}: {citation.title}{f' ({seen})' if seen else ''}", "", width, 1)
    if citation.url:
        yield f"    {citation.url}"


def _indent(depth: int) -> str:
    return "  " * depth


def _wrapped(text: str, mark: str, width: int, depth: int) -> Iterator[str]:
    whole = f"{text}  {mark}" if mark else text
    yield from textwrap.wrap(
        whole,
        max(width, 40),
        initial_indent=_indent(depth),
        subsequent_indent=_indent(depth + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
