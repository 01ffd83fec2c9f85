"""Which publications stand behind a forecast?"""

import csv
from functools import cache
from pathlib import Path

from osteon.bone.observations import observations
from osteon.bone.regimen import Regimen

_TRIALS = Path(__file__).parent / "data" / "trials.csv"

CURVES = (
    "Curves: digitised from the trials' original figures by Joerg DJ et al. eLife 2022;11:e76228; density and markers "
    "in between are the model's"
)


@cache
def _published() -> dict[str, str]:
    with _TRIALS.open(newline="", encoding="utf-8") as file:
        return {row["trial"]: row["citation"] for row in csv.DictReader(file)}


def citations(*regimens: Regimen) -> tuple[str, ...]:
    """Which trials stand behind forecasts of these regimens (of all, without an argument), and how are they known?

    One line a trial: name, rows of evidence that were read at a source, digitised from a figure or recalled, and
    publication. Trials of calcium and vitamin D alone always count: they are what is compared with.
    """
    drugs = {drug for regimen in regimens for drug in regimen.drugs}
    known: dict[str, dict[str, int]] = {}
    for row in observations():
        if not regimens or drugs & set(row.regimen.drugs) or not row.regimen.courses:
            counts = known.setdefault(row.trial, {})
            counts[row.how_known] = counts.get(row.how_known, 0) + 1
    lines = (
        f"{trial}: {', '.join(f'{count} {how}' for how, count in sorted(counts.items()))}. {_published()[trial]}"
        for trial, counts in sorted(known.items())
    )
    return (*lines, CURVES)
