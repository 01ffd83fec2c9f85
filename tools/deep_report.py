"""Write the last report of the long fuzz from its records in `.deep/`.

    python tools/deep_report.py > docs/reference/deep-test-report.md

Exits 1 where a round failed or rounds are missing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def records() -> list[dict[str, Any]]:
    """The records of the newest version of the reader that was tried."""
    lines = [
        json.loads(line)
        for file in sorted((ROOT / ".deep").glob("fuzz-*.jsonl"), key=lambda file: file.stat().st_mtime)
        for line in file.read_text().splitlines()
    ]
    return [line for line in lines if line["version"] == lines[-1]["version"]] if lines else []


def report(found: list[dict[str, Any]]) -> str:
    """The page."""
    tried, charts = sum(line["tried"] for line in found), sum(line["charts"] for line in found)
    failures = [failure for line in found for failure in line["failures"]]
    version = found[0]["version"] if found else "none"
    rows = "\n".join(f"- {failure}" for failure in failures) or "None."
    return (
        "# The last long run\n\n"
        "`make test-deep` breaks charts in many ways, by seed, and reads each: nothing may come of it but a\n"
        "chart, the same when it is read twice, or a documented refusal. The charts are the tests' own and, where\n"
        "they are at hand, third-party bundles.\n\n"
        "| what | count |\n| --- | ---: |\n"
        f"| broken charts read | {tried:,} |\n| read as a chart | {charts:,} |\n"
        f"| refused with a documented error | {tried - charts - len(failures):,} |\n"
        f"| failures | {len(failures):,} |\n\n"
        f"Digest of the reader and the breaker: `{version}`.\n\n## Failures\n\n{rows}\n"
    )


if __name__ == "__main__":
    found = records()
    sys.stdout.write(report(found))
    complete = bool(found) and sum(line["tried"] for line in found) >= found[0]["rounds"]
    sys.exit(0 if complete and not any(line["failures"] for line in found) else 1)
