"""Turn the folder of YAML and CSV that people write into the one file that the program loads.

    python -m osteon.knowledge.compile

Runs when the package is built and in `make`, never when the program runs. What a person may leave out (a citation
given once for a whole file, the prefix of a rule's id) is filled in here; what is wrong is said here, with its place.
"""

from __future__ import annotations

import csv
import hashlib
import os
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from osteon.knowledge.in_force import Knowledge, resolve
from osteon.knowledge.types import EVERYWHERE, Comparison

FOLDER = Path(__file__).parent / "data"
COMPILED = Path(__file__).parent / "compiled.json"

_INHERITED = ("cite", "verified", "effective", "until", "jurisdiction")
_COMPARISONS = {comparison.value for comparison in Comparison}


class CompileError(ValueError):
    """The knowledge folder holds something that cannot be understood; the message says where."""


def compile_folder(folder: Path = FOLDER) -> dict[str, Any]:
    """What does the whole folder say, as one tree of plain data?

    Raises `CompileError` with the file and the field of the first mistake.
    """
    library: dict[str, Any] = {
        "citations": _yaml(folder / "citations.yaml"),
        "facts": _facts(_yaml(folder / "facts.yaml")),
        "drugs": _shelf(folder / "drugs"),
        "frameworks": _shelf(folder / "frameworks"),
        "books": _shelf(folder / "rules"),
        "parameters": _shelf(folder / "parameters", with_id=False),
        "lists": _shelf(folder / "lists", with_id=False),
        "analytes": _filled(_yaml(folder / "analytes.yaml"), {}),
        "reference_densities": _rows(folder / "reference_densities.csv"),
        "biosimilars": _rows(folder / "biosimilars.csv"),
        "codes": [row for file in sorted((folder / "codes").glob("*.csv")) for row in _rows(file)],
    }
    library["version"] = _fingerprint(folder)
    library["editions"] = sorted(_dates(library))
    library["tables"] = {file.stem: _table(file) for file in sorted((folder / "tables").glob("*.csv"))}
    _validate(library)
    return library


def write(library: dict[str, Any], target: Path = COMPILED) -> None:
    """Write a compiled library where the program loads it from."""
    unfinished = target.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(msgspec.json.encode(library))
    unfinished.replace(target)


def rule_cases(folder: Path = FOLDER) -> dict[str, list[dict[str, Any]]]:
    """The cases that were written beside each rule: given these facts, expect this. By rule id."""
    cases: dict[str, list[dict[str, Any]]] = {}
    for shelf in ("drugs", "frameworks", "rules"):
        for file in sorted((folder / shelf).glob("*.yaml")):
            for rule in (_yaml(file) or {}).get("rules", []):
                cases[f"{file.stem}.{rule['id']}"] = rule.get("cases", [])
    return cases


# --- files ---------------------------------------------------------------------------------------------------------


def _yaml(file: Path) -> Any:
    try:
        return yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        message = f"{file.name}: not YAML: {error}"
        raise CompileError(message) from error


def _rows(file: Path) -> list[dict[str, Any]]:
    """A CSV as mappings, without comment lines; a `cite` column holds keys parted by spaces where it is plural."""
    with file.open(newline="", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for row in rows:
        if "value_set" not in row:
            row["cite"] = row["cite"].split()
    return rows


def _table(file: Path) -> dict[str, Any]:
    """A published table: its comment lines `# name: value` say what it is, its first row names the columns."""
    lines = file.read_text(encoding="utf-8").splitlines()
    about = dict(line[1:].strip().split(": ", 1) for line in lines if line.startswith("#") and ": " in line)
    columns, *rows = csv.reader(line for line in lines if line and not line.startswith("#"))
    if any(len(row) != len(columns) for row in rows):
        message = f"tables/{file.name}: every row needs {len(columns)} cells: {', '.join(columns)}"
        raise CompileError(message)
    try:
        described = {"title": about["title"], "cite": about["cite"].split(), "verified": about["verified"]}
        return {**described, "effective": about["effective"], "columns": columns, "rows": rows}
    except KeyError as error:
        message = f"tables/{file.name}: the comment lines above the columns must say {error}"
        raise CompileError(message) from error


def _shelf(folder: Path, *, with_id: bool = True) -> dict[str, Any]:
    """Every YAML file of a folder, by the name of the file, with its defaults filled in and its rules made plain."""
    shelf: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        content = _yaml(file)
        try:
            item = _filled({k: v for k, v in content.items() if k != "defaults"}, content.get("defaults", {}))
            if with_id:
                item["id"] = file.stem
                item["rules"] = [_rule(rule, file.stem) for rule in item.get("rules", [])]
        except (CompileError, AttributeError, KeyError, TypeError) as error:
            message = f"{folder.name}/{file.name}: {error}"
            raise CompileError(message) from error
        shelf[file.stem] = item
    return shelf


def _facts(themes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: {**entry, "theme": theme} for theme, facts in themes.items() for name, entry in facts.items()}


# --- leaves --------------------------------------------------------------------------------------------------------


def _filled(node: Any, defaults: dict[str, Any]) -> Any:
    """A copy where every leaf (a mapping with `value`) and every rule carries what it inherits from above."""
    if isinstance(node, list):
        return [_filled(each, defaults) for each in node]
    if not isinstance(node, dict):
        return node.isoformat() if isinstance(node, date) else node
    is_leaf = "value" in node or "when" in node or "severity" in node
    inherited = {key: defaults[key] for key in _INHERITED if key in defaults and key not in node} if is_leaf else {}
    if "defaults" in node:
        defaults = {**defaults, **node["defaults"]}
    filled = {
        key: child if key == "when" else _filled(child, defaults)
        for key, child in {**inherited, **node}.items()
        if key not in ("defaults", "cases")
    }
    for key in ("cite", "jurisdiction"):
        if is_leaf and isinstance(filled.get(key), str):
            filled[key] = [filled[key]]
    return filled


def _dates(node: Any) -> set[str]:
    if isinstance(node, list):
        return {day for each in node for day in _dates(each)}
    if isinstance(node, dict):
        own = {str(node[key]) for key in ("effective", "until") if node.get(key)}
        return own.union(*(_dates(child) for child in node.values()))
    return set()


# --- rules ---------------------------------------------------------------------------------------------------------


def _rule(rule: dict[str, Any], owner: str) -> dict[str, Any]:
    try:
        return {**rule, "id": f"{owner}.{rule['id']}", "when": _expression(rule["when"])}
    except CompileError as error:
        message = f"rule {rule.get('id', '?')}: {error}"
        raise CompileError(message) from error


def _expression(node: Any) -> dict[str, Any]:
    """An expression as people write it, in the tagged form of `types.Expression`."""
    if not isinstance(node, dict) or len(node) != 1:
        message = f"expected one of all, any, not, rule or one fact, got {node!r}"
        raise CompileError(message)
    (key, body), *_ = node.items()
    if key in ("all", "any"):
        return {"type": key, "of": [_expression(each) for each in body]}
    if key == "not":
        return {"type": "not", "of": _expression(body)}
    if key == "rule":
        return {"type": "rule", "rule": body}
    if isinstance(body, dict):
        tests = [_test(key, comparison, value) for comparison, value in body.items()]
        return tests[0] if len(tests) == 1 else {"type": "all", "of": tests}
    if body == "known":
        return _test(key, "known", True)
    return _test(key, "one_of" if isinstance(body, list) else "equals", body)


def _test(fact: str, comparison: str, value: Any) -> dict[str, Any]:
    if comparison not in _COMPARISONS:
        message = f"{fact}: no comparison {comparison!r}; there are {', '.join(sorted(_COMPARISONS))}"
        raise CompileError(message)
    if comparison == "includes" and isinstance(value, str) and not value.startswith("$"):
        value = [value]
    if isinstance(value, str) and value.startswith("$"):
        return {"type": "test", "fact": fact, "comparison": comparison, "value": None, "reference": value[1:]}
    return {"type": "test", "fact": fact, "comparison": comparison, "value": value}


# --- the whole -----------------------------------------------------------------------------------------------------


def _validate(library: dict[str, Any]) -> None:
    """Hold the library against its types in every jurisdiction, on every date on which something changes."""
    latest = library["editions"][-1:] or ["2026-01-01"]
    for jurisdiction in EVERYWHERE:
        for edition in sorted({*library["editions"], *latest}):
            try:
                tree = resolve(library, date.fromisoformat(edition), jurisdiction)
                msgspec.convert(tree, Knowledge, strict=False)
            except (msgspec.ValidationError, KeyError) as error:
                message = f"{jurisdiction}, {edition}: {error}"
                raise CompileError(message) from error


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    write(compile_folder())
