"""Does reading ever fail in another way than it says? Charts broken in a thousand ways, by seed.

    python -m tests.chart.fuzz --shard 1/4 --rounds 100000

runs every fourth of 100,000 rounds and writes a JSON line for each thousand to `.deep/`; a shard that was cut off goes
on where it stopped, as long as neither the reader nor this file has changed. Exits 1 if a round failed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from osteon.chart.errors import ChartError
from osteon.chart.read import read
from osteon.chart.types import Chart
from tests.chart.bundles import knowledge, whole_chart

ROOT = Path(__file__).parents[2]
THIRD_PARTY = ROOT.parent / "shared" / "charts"
RECORDS = ROOT / ".deep"
CHUNK = 1000

Tree = Any
Entries = list[Tree]

_WORDS = (
    *("", " ", "\x00", "\ud7ff", "é" * 50, "e\u0301\u202e\u200b", "💉" * 9, "x" * 100_000, "½", "٣", "१२३४-०१-०१"),
    *("null", "NaN", "-", "<", "#", "/", "urn:uuid:", "Patient/", "Patient/ada", "Patient/other", "#m", "../../etc"),
    *("2024-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "1900", "2024-13", "2024-W01-1", "2024-01-01T25:61:61Z"),
    *("1e309", "-2,9", "<10", ">1,234", "T-score: -2.5 (low)", "mg", "{T}", "99999999999 MG", "0 MG", "every 0 days"),
    *("http://loinc.org", "2160-0", "38265-5", "M80.051D", "entered-in-error", "active", "stopped", "Bundle"),
    *("T11-L99", "history of fracture", "10 mg once a day", "denosumab 120 mg", "Observation", "d", "wk"),
)
_NUMBERS = (
    0,
    -0.0,
    1,
    -1,
    0.5,
    1e-320,
    1e15,
    -1e15,
    1e18,
    1e300,
    -1e300,
    1.7e308,
    2**31,
    2**63,
    -(2**63),
    10**40,
    10**400,
)
_OTHERS = (None, True, False, [], {}, [[]], {"": {}}, [None], {"coding": [None]}, {"reference": {}}, {"value": []})


# --- what may be broken --------------------------------------------------------------------------------------------


def charts() -> list[Entries]:
    """The charts to break: our own invented one, and the third-party bundles where they are there."""
    found = [whole_chart()]
    if THIRD_PARTY.is_dir():
        for file in sorted((THIRD_PARTY / "synthea").glob("*.json"))[::4]:
            entries = json.loads(file.read_bytes())["entry"]
            found.append([entry["resource"] for entry in entries])
        patient = json.loads((THIRD_PARTY / "us-core" / "patient-example.json").read_bytes())
        files = sorted((THIRD_PARTY / "us-core").glob("*.json"))
        found.append([patient, *(json.loads(file.read_bytes()) for file in files if file.stat().st_size < 20_000)])
    return found


def broken(chart: Entries, dice: random.Random) -> bytes:
    """A chart with one to five things wrong with it."""
    others = [entry for entry in chart if entry.get("resourceType") != "Patient"]
    patients = [entry for entry in chart if entry.get("resourceType") == "Patient"]
    chosen = patients[:1] + dice.sample(others, min(len(others), dice.choice((1, 3, 10, 30))))
    tree = {
        "resourceType": "Bundle",
        "type": dice.choice(("collection", "transaction", "searchset", "document", "batch", "message", "nonsense")),
        "entry": [{"fullUrl": f"urn:uuid:{each.get('id')}", "resource": copy.deepcopy(each)} for each in chosen],
    }
    for _ in range(dice.randint(1, 5)):
        entries = tree.get("entry")
        inside = [each for each in entries[1:] if isinstance(each, dict) and each] if isinstance(entries, list) else []
        dice.choice(_TREE_HARMS)(dice.choice(inside) if inside and dice.random() < 0.9 else tree, dice)
    text = json.dumps(tree, ensure_ascii=dice.random() < 0.5, indent=dice.choice((None, None, 1)))
    content = text.encode("utf-8", "surrogatepass")
    return dice.choice(_BYTE_HARMS)(content, dice) if dice.random() < 0.2 else content


def _places(tree: Tree) -> list[tuple[Tree, Any]]:
    """Every place in a tree: its holder and its key."""
    places: list[tuple[Tree, Any]] = [({"root": tree}, "root")] if not tree else []
    open_nodes = [tree]
    while open_nodes:
        node = open_nodes.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in keys:
            places.append((node, key))
            open_nodes.append(node[key])
    return places


def _drop(tree: Tree, dice: random.Random) -> None:
    holder, key = dice.choice(_places(tree))
    del holder[key]


def _duplicate(tree: Tree, dice: random.Random) -> None:
    lists = [holder for holder, _ in _places(tree) if isinstance(holder, list) and holder]
    if lists:
        holder = dice.choice(lists)
        holder.insert(dice.randrange(len(holder) + 1), copy.deepcopy(dice.choice(holder)))


def _retype(tree: Tree, dice: random.Random) -> None:
    holder, key = dice.choice(_places(tree))
    holder[key] = copy.deepcopy(dice.choice((*_WORDS, *_NUMBERS, *_OTHERS)))


def _same_type(tree: Tree, dice: random.Random) -> None:
    places = [(holder, key) for holder, key in _places(tree) if isinstance(holder[key], str | int | float)]
    if places:
        holder, key = dice.choice(places)
        holder[key] = dice.choice(_WORDS if isinstance(holder[key], str) else _NUMBERS)


def _swap(tree: Tree, dice: random.Random) -> None:
    places = _places(tree)
    (one, key), (other, other_key) = dice.choice(places), dice.choice(places)
    one[key], other[other_key] = copy.deepcopy(other[other_key]), copy.deepcopy(one[key])


def _nest(tree: Tree, dice: random.Random) -> None:
    holder, key = dice.choice(_places(tree))
    for _ in range(dice.choice((1, 5, 40))):
        holder[key] = [holder[key]] if dice.random() < 0.5 else {str(key): holder[key]}


def _rename(tree: Tree, dice: random.Random) -> None:
    places = [(holder, key) for holder, key in _places(tree) if isinstance(holder, dict)]
    holder, key = dice.choice(places)
    other = dice.choice(places)[1]
    holder[other] = holder.pop(key)


_TREE_HARMS: tuple[Callable[[Tree, random.Random], None], ...] = (
    _drop, _duplicate, _retype, _retype, _same_type, _same_type, _same_type, _swap, _nest, _rename,
)  # fmt: skip


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def _flip(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    return content[:place] + bytes([dice.randrange(256)]) + content[place + 1 :]


def _insert(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    harm = dice.choice(
        (b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\\ud800", b"NaN", b"[" * 20_000, b'{"a":' * 5_000, b"\n", b"}{", b",")
    )
    return content[:place] + harm + content[place:]


def _mark(content: bytes, dice: random.Random) -> bytes:
    return dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b", b"\n\n", b" ")) + content


def _lines(content: bytes, dice: random.Random) -> bytes:
    return content + b"\n" + (content if dice.random() < 0.5 else content[: len(content) // 2])


_BYTE_HARMS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flip, _flip, _insert, _insert, _mark, _lines)


# --- trying --------------------------------------------------------------------------------------------------------


class Tried(NamedTuple):
    """What came of one round: a chart, a documented refusal, or a failure with its description."""

    is_chart: bool
    failure: str = ""


def attempt(content: bytes) -> Tried:
    """Read it. Any error but `ChartError` is a failure, and so is a chart that is another next time."""
    try:
        chart = read(content, knowledge())
    except ChartError as error:
        return Tried(False, "" if str(error) else "a ChartError without words")
    except Exception as error:
        return Tried(False, f"{type(error).__name__}: {error}")
    return Tried(True, _not_sound(chart, content))


def _not_sound(chart: Chart, content: bytes) -> str:
    try:
        again = read(content, knowledge())
        return "" if again == chart and again.fingerprint == chart.fingerprint else "read twice, two charts"
    except Exception as error:
        return f"the chart cannot be used: {type(error).__name__}: {error}"


def rounds(first: int, last: int, step: int = 1) -> Iterator[tuple[int, bytes]]:
    """The broken charts of these rounds; a round is always the same."""
    found = charts()
    for number in range(first, last, step):
        dice = random.Random(number)
        yield number, broken(found[0] if dice.random() < 0.5 else dice.choice(found), dice)


# --- shards --------------------------------------------------------------------------------------------------------


def run_shard(shard: int, of: int, total: int) -> int:
    """Run what is left of a shard. Returns how many of its rounds failed, over all its runs."""
    RECORDS.mkdir(exist_ok=True)
    record = RECORDS / f"fuzz-{shard}-of-{of}.jsonl"
    version = _version()
    known = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    done = [line for line in known if line["version"] == version and line["rounds"] == total]
    failed = sum(len(line["failures"]) for line in done)
    start = max((line["next"] for line in done), default=shard - 1)
    while start < total:
        stop = min(start + CHUNK * of, total)
        results = [(number, attempt(content)) for number, content in rounds(start, stop, of)]
        failures = [f"round {number}: {tried.failure}"[:300] for number, tried in results if tried.failure]
        line = {
            "shard": f"{shard}/{of}",
            "rounds": total,
            "version": version,
            "tried": len(results),
            "charts": sum(tried.is_chart for _, tried in results),
            "failures": failures,
            "next": results[-1][0] + of,
        }
        with record.open("a") as lines:
            lines.write(json.dumps(line) + "\n")
        failed += len(failures)
        start = line["next"]
    return failed


def _version() -> str:
    """A digest of the reader and of this file: what was tried with another reader says nothing of this one."""
    digest = sha256()
    for file in (*sorted((ROOT / "src" / "osteon" / "chart").rglob("*.py")), Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def main() -> int:
    """Run one shard from the command line."""
    parser = argparse.ArgumentParser(description="Read broken charts; nothing but a documented error may come of it.")
    parser.add_argument("--shard", default="1/1", metavar="I/N")
    parser.add_argument("--rounds", type=int, default=100_000, metavar="R", help="over all shards")
    asked = parser.parse_args()
    shard, of = (int(part) for part in asked.shard.split("/"))
    failed = run_shard(shard, of, asked.rounds)
    print(f"fuzz shard {shard}/{of}: {failed} failures; see .deep/fuzz-{shard}-of-{of}.jsonl")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
