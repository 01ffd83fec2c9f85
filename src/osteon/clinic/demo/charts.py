"""The charts of invented patients, out of their stories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any

import yaml
from msgspec import Struct

from osteon.chart.plain import as_fhir
from osteon.clinic.demo.names import FAMILY, MEN, WOMEN
from osteon.clinic.records.knowledge import knowledge_on

_NUMBER = re.compile(r"\{([\d.]+):([\d.]+)\}")
_SPAN = re.compile(r"^(-?\d+)(\.\.(-?\d+)?)?$")
_HEADER = "what,value,unit,date,site,note"


class Invented(Struct, frozen=True, kw_only=True):
    """One invented patient: who, the chart as FHIR resources, and whether she comes today."""

    record_number: str
    family_name: str
    given_name: str
    birth_date: date
    sex: str
    story: str
    comes_today: bool
    resources: list[dict[str, Any]]


def invented_patients(on: date, seed: int) -> Iterator[Invented]:
    """The patients of all stories, the same for the same seed and day."""
    draw = Random(seed)  # noqa: S311 - nobody's secret
    families = draw.sample(FAMILY, len(FAMILY))
    number = 0
    for story in _stories()["stories"]:
        for nth in range(story["many"]):
            number += 1
            given = draw.choice(MEN if story["sex"] == "male" else WOMEN)
            born = date(draw.randint(*story["born"]), draw.randint(1, 12), draw.randint(1, 28))
            record = f"OST-{1000 + number}"
            family = families[number % len(families)]
            rows = _rows(story, on, draw)
            person = (
                f"sex,{story['sex']}\nbirth_date,{born}\nname,{given} {family}\nrecord_number,{record}\nwritten,{on}"
            )
            table = f"{_HEADER}\n{person}\n{rows}"
            yield Invented(
                record_number=record,
                family_name=family,
                given_name=given,
                birth_date=born,
                sex=story["sex"],
                story=story["id"],
                comes_today=nth < story["coming"],
                resources=_identified(table, on),
            )


@cache
def _stories() -> dict[str, Any]:
    text = resources.files("osteon.clinic.demo").joinpath("stories.yaml").read_text("utf-8")
    stories: dict[str, Any] = yaml.safe_load(text)
    return stories


def _rows(story: dict[str, Any], on: date, draw: Random) -> str:
    shared = [_stories()["blocks"][name].strip() for name in story["blocks"]]
    lines = "\n".join([*shared, story["rows"]]).splitlines()
    return "\n".join(_dated(_NUMBER.sub(lambda found: _drawn(found, draw), line), on) for line in lines)


def _drawn(found: re.Match[str], draw: Random) -> str:
    low, high = found.groups()
    if "." in low:
        return f"{draw.uniform(float(low), float(high)):.2f}"
    return str(draw.randint(int(low), int(high)))


def _dated(line: str, on: date) -> str:
    """A row whose fourth cell, a number of days from today, became a date or a span of dates."""
    cells = line.split(",")
    if len(cells) > 3 and (found := _SPAN.match(cells[3])):
        start, dots, end = found.groups()
        cells[3] = _day(on, start) + (f"..{_day(on, end) if end else ''}" if dots else "")
    return ",".join(cells)


def _day(on: date, days: str) -> str:
    return (on + timedelta(days=int(days))).isoformat()


def _identified(table: str, on: date) -> list[dict[str, Any]]:
    made, left_out = as_fhir(table.encode(), knowledge_on(on), name="a story")
    if left_out:
        message = f"a story of the demo is not understood: {left_out[0]}"
        raise ValueError(message)
    for number, resource in enumerate(made):
        resource.setdefault("id", f"{resource['resourceType'].lower()}-{number}")
    return made
