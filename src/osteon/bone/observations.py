"""What did trials see, arm by arm? The evidence that the model is fitted to."""

import csv
from pathlib import Path
from typing import Literal

import msgspec

from osteon.bone.regimen import Regimen, parse_regimen

Quantity = Literal["lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np"]
HowKnown = Literal["read", "digitised", "recalled"]
QUANTITIES: tuple[Quantity, ...] = ("lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np")
SHIPPED = Path(__file__).parent / "data" / "observations.csv"

DEFAULT_T_SCORES = (-2.6, -1.9)
"""Lumbar spine and total hip of the reference cohort, where an arm's own are not known."""


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What did one arm show between two months?

    Density: per cent change, or the difference from the comparator's change; markers: ratio of the second month to
    the first, or to the comparator's. `sd` in the same unit. T-scores are the arm's mean at month 0.
    """

    trial: str
    arm: str
    sex: Literal["F", "M"]
    population: str
    t_score_lumbar_spine: float
    t_score_total_hip: float
    regimen: Regimen
    comparator: Regimen | None
    quantity: Quantity
    from_month: float
    to_month: float
    observed: float
    sd: float
    how_known: HowKnown


def observations(path: Path = SHIPPED) -> tuple[Observation, ...]:
    """Which observations does this table hold?"""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: dict[str, str]) -> Observation:
    spine, hip = DEFAULT_T_SCORES
    known: dict[str, object] = {
        **row,
        "t_score_lumbar_spine": row["t_score_lumbar_spine"] or spine,
        "t_score_total_hip": row["t_score_total_hip"] or hip,
        "regimen": parse_regimen(row["regimen"]),
        "comparator": parse_regimen(row["comparator"]) if row["comparator"] else None,
    }
    return msgspec.convert(known, Observation, strict=False)
