"""How long does a plan take: cold from the command line, and warm from an open chart?

    python benchmarks/planning.py [--rounds 30]

Prints one table of medians. Cold times are whole processes, Python's own start included; warm times leave out reading.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import osteon.pathway.facts  # noqa: F401 - registers the facts
from osteon.chart.read import read
from osteon.knowledge import load
from osteon.pathway.assess import assess
from osteon.pathway.candidacy import candidacy
from osteon.pathway.gate import gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import plan

ROOT = Path(__file__).parents[1]
ON = date(2026, 11, 23)


def padded_bundle(megabytes: float) -> Path:
    """Jane's chart, padded with the resources that a record system sends beside it (claims, old vital signs)."""
    bundle = json.loads((ROOT / "examples/jane.json").read_bytes())
    weight = next(e for e in bundle["entry"] if "29463-7" in json.dumps(e))
    claim = {
        "resourceType": "Claim",
        "status": "active",
        "note": "x" * 700,
        "item": [{"sequence": n} for n in range(40)],
    }
    count = 0
    size = len(json.dumps(bundle))
    while size < megabytes * 1e6:
        count += 1
        copy = json.loads(json.dumps(weight))
        copy["resource"]["id"] = copy["fullUrl"] = f"old-{count}"
        copy["resource"]["effectiveDateTime"] = f"{2000 + count % 24}-{1 + count % 12:02d}-{1 + count % 28:02d}"
        entries = [copy, {"fullUrl": f"claim-{count}", "resource": {**claim, "id": f"claim-{count}"}}]
        bundle["entry"] += entries
        size += len(json.dumps(entries))
    file = Path(tempfile.mkdtemp()) / f"padded-{megabytes:g}MB.json"
    file.write_text(json.dumps(bundle))
    return file


def median_s(work: Callable[[], object], rounds: int) -> float:
    """The median time of one round in seconds, after a warm-up."""
    work()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def command(*arguments: str) -> Callable[[], object]:
    """One run of the command line as its own process."""
    osteon = Path(sys.executable).with_name("osteon")
    return lambda: subprocess.run([str(osteon), *arguments], check=False, capture_output=True)


_MEASURED = """
import atexit, pathlib, sys
from osteon.cli.main import main
def peak():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
atexit.register(peak)
main()
"""


def peak_mb(*arguments: str) -> float:
    """The peak memory of one run of the command line as its own process, in MB (Linux)."""
    run = subprocess.run([sys.executable, "-c", _MEASURED, *arguments], check=False, capture_output=True, text=True)
    return int(run.stderr.split()[-1]) / 1024


def megabytes(file: Path) -> str:
    """The size of a file in words."""
    return f"{file.stat().st_size / 1e6:.1f} MB"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    knowledge = load(ON)
    chart = read(ROOT / "examples/jane.json", knowledge)
    drug = knowledge.drugs["zoledronic_acid"]
    one, fifty = padded_bundle(1), padded_bundle(50)

    def facts_and_rules() -> None:
        at = Occasion(chart, ON, knowledge)
        candidacy(at, assess(at).osteoporosis)
        gate(drug, at)

    resources = len(json.loads((ROOT / "examples/jane.json").read_bytes())["entry"])
    cold_plan = command("plan", str(one), "--on", str(ON), "--no-forecast")
    foretold = command("plan", str(ROOT / "examples/jane.json"), "--on", str(ON))
    rows = [
        ("osteon --help, cold", median_s(command("--help"), rounds), "s", 0.2),
        (f"osteon plan, cold, bundle of {megabytes(one)}", median_s(cold_plan, rounds), "s", 0.7),
        ("osteon plan with forecasts, cold, Jane", median_s(foretold, rounds), "s", 2.0),
        (f"assess, candidacy, gate: {resources} resources", median_s(facts_and_rules, rounds * 10) * 1e3, "ms", 0.5),
        ("plan without forecast", median_s(lambda: plan(Occasion(chart, ON, knowledge)), rounds * 5) * 1e3, "ms", 5),
        (f"peak memory, plan of {megabytes(fifty)}", peak_mb("plan", str(fifty), "--on", str(ON)), "MB", 400),
    ]
    print(f"{'what':<58}{'median':>10}  {'limit':>8}")
    for what, value, unit, limit in rows:
        print(f"{what:<58}{value:>7.3g} {unit:<2}  {limit:>5g} {unit:<2} {'ok' if value <= limit else 'OVER'}")


if __name__ == "__main__":
    main()
