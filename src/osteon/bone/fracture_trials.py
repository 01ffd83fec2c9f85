"""By how much did treatment change the risk of fracture, trial by trial?

The curated table is data/fracture_trials.csv. `row_id` names the row of the evidence table that a figure was taken
from (`fracture-...`), or a figure that was looked up in addition (`added-...`).
"""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from osteon.bone.observations import DEFAULT_T_SCORES
from osteon.bone.regimen import Regimen, parse_regimen

SHIPPED = Path(__file__).parent / "data" / "fracture_trials.csv"

Endpoint = Literal["vertebral", "clinical vertebral", "hip", "nonvertebral", "wrist", "any clinical"]
"""`vertebral` is a new fracture on a radiograph (new or worsening in FREEDOM), `clinical vertebral` one that hurt."""

Interval = Literal["published", "counts", "p value", "recalled", "assumed", "none"]
"""Where the 95 % interval comes from. `counts` and `p value` are computed from published figures."""

_Z = 1.959964


class TrialRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many times the comparator's risk was the risk of those treated, between two months?

    `comparator_risk` is the comparator's share with a fracture, where known. `use`: `fit` counts in the fit, `check` is
    only predicted (a pooled analysis that contains trials of the fit, a trial that is kept back to test, a comparison
    without a control group), `cannot` is a drug that the model does not know. `family` is left out together: the same
    women cannot be in the fit and be predicted.
    """

    row_id: str
    trial: str
    family: str
    endpoint: Endpoint
    t_score_lumbar_spine: float
    t_score_total_hip: float
    regimen: Regimen | None
    comparator: Regimen
    from_month: float
    to_month: float
    risk_ratio: float
    low: float | None
    high: float | None
    interval: Interval
    comparator_risk: float | None
    use: Literal["fit", "check", "cannot"]
    how_known: Literal["read", "recalled"]
    source: str
    note: str

    @property
    def log_ratio(self) -> float:
        """What is the natural logarithm of the observed ratio?"""
        return math.log(self.risk_ratio)

    @property
    def log_sd(self) -> float:
        """What is its standard error? Raises ValueError for a row without an interval."""
        if self.low is None or self.high is None:
            msg = f"{self.row_id} has no interval"
            raise ValueError(msg)
        return math.log(self.high / self.low) / (2.0 * _Z)

    @property
    def drugs(self) -> frozenset[str]:
        """Which drugs does it compare?"""
        return frozenset((*(self.regimen.drugs if self.regimen else ()), *self.comparator.drugs))

    @property
    def judged(self) -> bool:
        """Does it count for the share of predictions inside the interval?

        A drug against a comparator from the evidence table, with an interval that was published or follows from
        published counts.
        """
        return self.row_id.startswith("fracture-") and self.interval in ("published", "counts") and self.use != "cannot"

    @property
    def kept_back(self) -> bool:
        """Is it a randomised trial that the fit never saw, nor any analysis in it?"""
        return self.row_id.startswith("added-") and self.use == "check" and self.interval != "assumed"


def trial_rows(path: Path = SHIPPED) -> tuple[TrialRow, ...]:
    """Which results does this table hold?"""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def usable(rows: Sequence[TrialRow]) -> tuple[TrialRow, ...]:
    """Which of these can be predicted and set against an interval?"""
    return tuple(row for row in rows if row.use != "cannot" and row.low is not None)


def _read(row: dict[str, str]) -> TrialRow:
    spine, hip = DEFAULT_T_SCORES
    known: dict[str, object] = {
        **row,
        "t_score_lumbar_spine": row["t_score_lumbar_spine"] or spine,
        "t_score_total_hip": row["t_score_total_hip"] or hip,
        "regimen": parse_regimen(row["regimen"]) if row["regimen"] else None,
        "comparator": parse_regimen(row["comparator"]),
        "low": row["low"] or None,
        "high": row["high"] or None,
        "comparator_risk": row["comparator_risk"] or None,
    }
    return msgspec.convert(known, TrialRow, strict=False)
