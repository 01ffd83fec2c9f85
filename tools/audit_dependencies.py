"""Ask whether a version that is locked is known to be weak.

    python tools/audit_dependencies.py        (part of make test-deep)

Asks a public service over the network through pip-audit; where that cannot be reached it says so and ends with 0. Ends
with 1 where a known weakness is found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKED = Path(__file__).parents[1] / "requirements" / "run.txt"


def main() -> int:
    """Ask, and print what was found."""
    command = ["pip-audit", "--require-hashes", "--disable-pip", "--format", "json", "--requirement", str(LOCKED)]
    path = Path(sys.executable).with_name(command[0])
    done = subprocess.run([path, *command[1:]], capture_output=True, text=True, check=False)
    try:
        asked = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"Skipped: the dependencies could not be asked about. {done.stderr.strip().splitlines()[-1:]}")
        return 0
    known = [each for each in asked if "skip_reason" not in each]
    weak = [(each["name"], each["version"], weakness) for each in known for weakness in each["vulns"]]
    for name, version, weakness in weak:
        print(
            f"{name} {version}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        )
    if not known:
        print(
            f"Skipped: the service that knows of weaknesses was not reached; {len(asked)} packages were not asked about."
        )
        return 0
    print(f"{len(known)} of {len(asked)} packages were asked about; {len(weak)} known weaknesses.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
