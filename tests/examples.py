"""The two invented patients of the examples, as the tests meet them."""

from datetime import date
from functools import cache
from pathlib import Path

import osteon.pathway.facts  # noqa: F401 - registers the facts
from osteon.chart.read import read
from osteon.chart.types import Chart
from osteon.knowledge import Knowledge, load
from osteon.knowledge.types import Jurisdiction
from osteon.pathway.occasion import Occasion

ROOT = Path(__file__).parents[1]
ON = date(2026, 11, 23)
"""The day on which the examples are judged."""


@cache
def knowledge(jurisdiction: Jurisdiction = Jurisdiction.US) -> Knowledge:
    return load(ON, jurisdiction)


@cache
def example(name: str) -> Chart:
    return read(ROOT / "examples" / f"{name}.json", knowledge())


def occasion(name: str, on: date = ON, jurisdiction: Jurisdiction = Jurisdiction.US) -> Occasion:
    return Occasion(example(name), on, knowledge(jurisdiction))
