"""Do the invented people of `osteon panel synthesize` come out as the figures that they are drawn from?

python -m benchmarks.population [PEOPLE]
"""

import sys
from datetime import date

from osteon.panel.synthetic.people import people
from osteon.panel.synthetic.targets import targets

SEED = 1
DAY = date(2026, 1, 1)
BLOCK = 500


def main() -> None:
    """Print the table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 10_000
    today = DAY.toordinal()
    found = [
        each for first in range(0, number, BLOCK) for each in people(SEED, first, min(BLOCK, number - first), today)
    ]
    print(f"| what, in {number:,} people of seed {SEED} | figure | drawn | among | use |")
    print("| --- | ---: | ---: | ---: | --- |")
    for row in targets(found, today):
        digits = 1 if row.target >= 1 else 3
        print(f"| {row.what} | {row.target:.{digits}f} | {row.drawn:.{digits}f} | {row.people:,} | {row.use} |")


if __name__ == "__main__":
    main()
