"""How fast are bundles read into charts, what do others take for less, and how much memory does a large one need?

    python benchmarks/reading.py [FOLDER]

FOLDER holds FHIR R4 bundles, one patient each; without it the third-party charts beside the repository are taken or,
where there are none, the two examples grown to a megabyte each. Everything runs on one core, in one process, in one
run; peers that are not installed are named as such. The memory is that of a fresh process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]
THIRD_PARTY = ROOT.parent / "shared" / "charts" / "synthea"
EXAMPLES = ROOT / "examples"
DAY = date(2026, 11, 23)
ROUNDS = 5
LARGE_MB = 50
MEGABYTE = 1_000_000

Parser = Callable[[bytes], Any]


def bundles(folder: Path | None) -> list[bytes]:
    """The documents to read."""
    chosen = folder or (THIRD_PARTY if THIRD_PARTY.is_dir() else None)
    if chosen:
        return [file.read_bytes() for file in sorted(chosen.glob("*.json"))]
    return [grown(json.loads(file.read_bytes()), MEGABYTE) for file in sorted(EXAMPLES.glob("*.json"))]


def grown(bundle: dict[str, Any], size: int) -> bytes:
    """The bundle with its entries repeated under new ids until it has this size; its patient once."""
    person, *others = bundle["entry"]
    entries, length, number = [person], 0, 0
    while length < size:
        for entry in others:
            copied = {"resource": {**entry["resource"], "id": f"{entry['resource']['id']}-{number}"}}
            entries.append(copied)
            length += len(json.dumps(copied))
        number += 1
    return json.dumps({**bundle, "entry": entries}).encode()


def readers() -> dict[str, Parser | None]:
    """What is compared: our reader, and what others take to parse or validate the same bytes; None if not installed."""
    from osteon.chart.read import read
    from osteon.knowledge.in_force import load

    knowledge = load(DAY)
    found: dict[str, Parser | None] = {"osteon: bytes to Chart": lambda content: read(content, knowledge)}
    found["json: bytes to dict"] = json.loads
    for name, module, attribute in (
        ("msgspec: bytes to dict", "msgspec.json", "decode"),
        ("orjson: bytes to dict", "orjson", "loads"),
    ):
        found[name] = _attribute(module, attribute)
    found["fhir.resources R4B: bytes to models"] = _attribute("fhir.resources.R4B.bundle", "Bundle.model_validate_json")
    return found


def _attribute(module: str, path: str) -> Parser | None:
    try:
        target: Any = import_module(module)
    except ImportError:
        return None
    for step in path.split("."):
        target = getattr(target, step)
    return target


def megabytes_per_second(parse: Parser, documents: list[bytes]) -> float:
    """The best of a few rounds over all documents: other work on the machine only ever slows one down."""
    best = 0.0
    for _ in range(ROUNDS):
        start = perf_counter()
        for document in documents:
            parse(document)
        best = max(best, sum(map(len, documents)) / MEGABYTE / (perf_counter() - start))
        if best < 10:
            break
    return best


MEASURE = """
import sys
from datetime import date
from pathlib import Path
from osteon.chart.read import read
from osteon.knowledge.in_force import load

def peak_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM"))

knowledge = load(date(2026, 11, 23))
before = peak_mb()
chart = read(Path(sys.argv[1]), knowledge)
print(before, peak_mb(), len(chart.measurements))
"""


def memory_of_a_large_bundle(documents: list[bytes]) -> str:
    """The peak memory of a fresh process that reads one bundle of 50 MB, as Linux counts it."""
    if not Path("/proc/self/status").exists():
        return "its memory is measured on Linux only"
    large = grown(json.loads(max(documents, key=len)), LARGE_MB * MEGABYTE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.json"
        file.write_bytes(large)
        told = subprocess.run([sys.executable, "-c", MEASURE, file], check=True, capture_output=True, text=True)
    before, peak, measurements = told.stdout.split()
    return f"{peak} MB at most, {before} MB of it before reading; {measurements} measurements in the chart"


def main() -> None:
    """Print the table."""
    documents = bundles(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    size = sum(map(len, documents)) / MEGABYTE
    print(f"{len(documents)} bundles, {size:.1f} MB, Python {sys.version.split()[0]}, one core\n")
    print("| what                                 |    MB/s |")
    print("| ------------------------------------ | ------: |")
    for name, parse in readers().items():
        speed = f"{megabytes_per_second(parse, documents):.1f}" if parse else "not installed"
        print(f"| {name:<36} | {speed:>7} |")
    print(f"\nA bundle of {LARGE_MB} MB: {memory_of_a_large_bundle(documents)}.")


if __name__ == "__main__":
    main()
