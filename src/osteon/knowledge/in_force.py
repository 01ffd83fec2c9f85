"""Which knowledge is in force on a date, in a jurisdiction, under a clinic's settings?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from osteon.knowledge.drug import Drug
from osteon.knowledge.types import (
    Analyte,
    Biosimilar,
    Citation,
    CodedConcept,
    FactEntry,
    Framework,
    Jurisdiction,
    Quantity,
    ReferenceDensity,
    Rule,
    RuleBook,
    Sourced,
    Table,
)

Settings = tuple[tuple[str, float], ...]
"""What a clinic has set: dotted paths of `design` values and the numbers that replace them."""


class SettingError(ValueError):
    """A clinic's setting names something that is not there or not the clinic's to set."""


class Knowledge(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """All that is in force: drugs, guidelines, rules, the vocabulary of facts, codes, units and references."""

    version: str
    on: date
    jurisdiction: Jurisdiction
    citations: dict[str, Citation]
    facts: dict[str, FactEntry]
    drugs: dict[str, Drug]
    frameworks: dict[str, Framework]
    books: dict[str, RuleBook]
    parameters: dict[str, dict[str, Quantity]]
    lists: dict[str, dict[str, Sourced[dict[str, Any]]]]
    analytes: dict[str, Analyte]
    reference_densities: tuple[ReferenceDensity, ...]
    biosimilars: tuple[Biosimilar, ...]
    codes: tuple[CodedConcept, ...]
    tables: dict[str, Table]

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule by its id, whichever drug, guideline or book it belongs to."""
        owners: list[Drug | Framework | RuleBook] = [
            *self.drugs.values(),
            *self.frameworks.values(),
            *self.books.values(),
        ]
        return MappingProxyType({rule.id: rule for owner in owners for rule in owner.rules})

    def parameter(self, path: str) -> Quantity:
        """Which number stands at `topic.name`? Raises KeyError where there is none."""
        topic, name = path.split(".")
        return self.parameters[topic][name]


def load(
    on: date, jurisdiction: Jurisdiction = Jurisdiction.US, settings: Mapping[str, float] | None = None
) -> Knowledge:
    """What is in force on this date, in this jurisdiction, with this clinic's settings?

    `settings` maps dotted paths of `design` values to the clinic's own numbers. Raises `SettingError` for a path that
    does not exist or whose value is not a program default.
    """
    edition = bisect_right(_editions(), on)
    since = _editions()[edition - 1] if edition else date.min
    chosen: Settings = tuple(sorted((settings or {}).items()))
    return _in_force(since, Jurisdiction(jurisdiction), chosen)


@cache
def _library() -> dict[str, Any]:
    compiled = resources.files("osteon.knowledge").joinpath("compiled.json").read_bytes()
    library: dict[str, Any] = msgspec.json.decode(compiled)
    return library


@cache
def _editions() -> tuple[date, ...]:
    """The dates on which something came into force or went out of it."""
    return tuple(date.fromisoformat(day) for day in _library()["editions"])


@cache
def _in_force(on: date, jurisdiction: Jurisdiction, settings: Settings) -> Knowledge:
    tree = resolve(_library(), on, jurisdiction, settings)
    return msgspec.convert(tree, Knowledge, strict=False)


def resolve(library: dict[str, Any], on: date, jurisdiction: Jurisdiction, settings: Settings = ()) -> dict[str, Any]:
    """Keep, of a compiled library, what is in force; lay the clinic's settings over it; bind rules to values."""
    dated = {key: value for key, value in library.items() if key not in (*_UNDATED, "editions")}
    tree: dict[str, Any] = _keep(dated, on.isoformat(), jurisdiction.value)
    for path, value in settings:
        leaf = _find(tree, path)
        if not isinstance(leaf, dict) or leaf.get("verified") != "design":
            message = f"setting {path!r}: only a program default (verified: design) can be set by a clinic"
            raise SettingError(message)
        leaf["value"] = value
        leaf["note"] = " ".join(filter(None, [leaf.get("note", ""), "Set by the clinic."]))
    _link(tree["drugs"], tree)
    for rule in rules_of(tree):
        rule["when"] = _bound(rule["when"], tree, rule["id"])
    return {
        **tree,
        **{key: library[key] for key in _UNDATED},
        "on": on.isoformat(),
        "jurisdiction": jurisdiction.value,
    }


_UNDATED = ("version", "codes", "citations", "facts", "reference_densities", "biosimilars", "tables")


def rules_of(tree: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every rule in a tree of knowledge, as plain data."""
    for shelf in ("drugs", "frameworks", "books"):
        for owner in tree[shelf].values():
            yield from owner["rules"]


def _keep(node: Any, on: str, jurisdiction: str) -> Any:
    """A copy of `node` without what is out of force; `versions` become the one that is in force, if any is."""
    if isinstance(node, dict):
        if "versions" in node:
            kept = [leaf for leaf in node["versions"] if _holds(leaf, on, jurisdiction)]
            return dict(kept[-1]) if kept else None
        children = (
            (key, _keep(child, on, jurisdiction)) for key, child in node.items() if _holds(child, on, jurisdiction)
        )
        return {key: child for key, child in children if child is not None}
    if isinstance(node, list):
        return [_keep(child, on, jurisdiction) for child in node if _holds(child, on, jurisdiction)]
    return node


def _holds(node: Any, on: str, jurisdiction: str) -> bool:
    """Is this leaf or rule in force? What is not dated always is."""
    if not isinstance(node, dict) or "effective" not in node:
        return True
    return (
        node["effective"] <= on
        and (node.get("until") is None or on < node["until"])
        and jurisdiction in node.get("jurisdiction", (jurisdiction,))
    )


def _find(tree: Mapping[str, Any], path: str) -> Any:
    """The node at a dotted path, or None."""
    node: Any = tree
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _link(node: Any, tree: Mapping[str, Any]) -> None:
    """Put, wherever a `$path` stands in the place of a leaf, the leaf of that path: a number is written once."""
    items = list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
    for key, child in items:
        if isinstance(child, dict | list):
            _link(child, tree)
        elif isinstance(child, str) and child.startswith("$"):
            node[key] = _leaf(tree, child[1:], "a drug")


def _bound(expression: dict[str, Any], tree: Mapping[str, Any], rule: str) -> dict[str, Any]:
    """An expression whose references to knowledge values (`$path`) have become those values."""
    inner = expression.get("of")
    if isinstance(inner, list):
        return {**expression, "of": [_bound(each, tree, rule) for each in inner]}
    if isinstance(inner, dict):
        return {**expression, "of": _bound(inner, tree, rule)}
    if not expression.get("reference"):
        return expression
    return {**expression, "value": _leaf(tree, expression["reference"], f"rule {rule}")["value"]}


def _leaf(tree: Mapping[str, Any], path: str, asking: str) -> dict[str, Any]:
    """The leaf at a dotted path. Raises KeyError, naming who asked, where nothing is in force there."""
    leaf = _find(tree, path)
    if not isinstance(leaf, dict):
        message = f"{asking}: nothing in force at {path!r}"
        raise KeyError(message)
    return leaf
