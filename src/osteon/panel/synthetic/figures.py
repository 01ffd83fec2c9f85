"""From which published figures are the invented people drawn?

All of them stand in data/*.csv, each with its source and how well it is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np

from osteon.panel.synthetic.chance import Floats


class Figure(NamedTuple):
    """One figure: its value, who says so, and how well that is known (source, recalled, design)."""

    value: float
    source: str
    known: str


class Product(NamedTuple):
    """A drug as it is prescribed: `dose` in `unit` at a time, `frequency` times in `period` `period_unit`."""

    drug: str
    rxnorm: str
    display: str
    dose: float
    unit: str
    frequency: int
    period: int
    period_unit: str
    way: str


class Problem(NamedTuple):
    """A disease of the problem list, with its share from age 50, 65 and 80, and the drug that some take for it."""

    problem: str
    icd10cm: str
    snomed: str
    display: str
    shares: tuple[float, float, float]
    drug: str
    taken: float


class Lab(NamedTuple):
    """A value that is reported besides, drawn with a mean and SD."""

    panel: str
    loinc: str
    display: str
    unit: str
    ucum: str
    mean: float
    sd: float
    decimals: int
    low: float
    high: float


@cache
def tables() -> dict[str, dict[str, Figure]]:
    """Every figure by name and key."""
    found: dict[str, dict[str, Figure]] = {}
    for row in _rows("figures.csv"):
        found.setdefault(row["name"], {})[row["key"]] = Figure(float(row["value"]), row["source"], row["known"])
    return found


def figure(name: str, key: str = "all") -> float:
    """One figure."""
    return tables()[name][key].value


def shares(name: str) -> tuple[tuple[str, ...], Floats]:
    """The keys of a table of shares, and the cumulated shares, which end at 1."""
    table = tables()[name]
    total = np.cumsum([each.value for each in table.values()])
    return tuple(table), np.asarray(total / total[-1])


def by_age(name: str, age: Floats) -> Floats:
    """The figure of each age: that of the last step not above it."""
    table = tables()[name]
    steps = np.array([float(key) for key in table])
    values = np.array([each.value for each in table.values()])
    return np.asarray(values[np.clip(np.searchsorted(steps, age, side="right") - 1, 0, None)])


@cache
def products() -> dict[str, Product]:
    """The products by drug."""
    return {
        row["drug"]: Product(
            row["drug"], row["rxnorm"], row["display"], float(row["dose"]), row["unit"], int(row["frequency"]),
            int(row["period"]), row["period_unit"], row["way"],
        )
        for row in _rows("drugs.csv")
    }  # fmt: skip


@cache
def problems() -> tuple[Problem, ...]:
    """The diseases that are drawn besides."""
    return tuple(
        Problem(
            row["problem"], row["icd10cm"], row["snomed"], row["display"],
            (float(row["from_50"]), float(row["from_65"]), float(row["from_80"])), row["drug"], float(row["taken"]),
        )
        for row in _rows("problems.csv")
    )  # fmt: skip


@cache
def labs() -> tuple[Lab, ...]:
    """The values that are reported besides."""
    return tuple(
        Lab(
            row["panel"], row["loinc"], row["display"], row["unit"], row["ucum"], float(row["mean"]),
            float(row["sd"]), int(row["decimals"]), float(row["low"]), float(row["high"]),
        )
        for row in _rows("labs.csv")
    )  # fmt: skip


def _rows(file: str) -> Iterator[dict[str, str]]:
    text = resources.files("osteon.panel.synthetic").joinpath(f"data/{file}").read_text("utf-8")
    yield from csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
