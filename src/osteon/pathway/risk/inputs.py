"""What does a calculator ask, in which units, and what did somebody type?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Literal, TypeAlias

from msgspec import Struct

from osteon.chart.units import convert
from osteon.knowledge import Knowledge
from osteon.knowledge.types import Analyte
from osteon.pathway.finding import Missing
from osteon.pathway.risk.score import Used
from osteon.pathway.wording import SPOKEN_UNITS

Value: TypeAlias = float | bool | str
Values: TypeAlias = Mapping[str, Value]

_QUANTITY = re.compile(r"\s*([-+]?(?:\d+(?:[.,]\d+)?|[.,]\d+))\s*(.*?)\s*")
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


class InputError(ValueError):
    """Something typed cannot be used as this input; the message says what the input accepts."""


class Input(Struct, frozen=True, kw_only=True):
    """One thing that a calculator asks.

    A `number` is in `unit`; where `analyte` names a measurement of the knowledge, every unit of it is accepted and
    converted, else the spellings in `also`. `low` and `high` bound what is accepted. Without `needed`, an input that is
    not given counts as `absent` says.
    """

    name: str
    label: str
    kind: Literal["number", "flag", "choice"]
    unit: str = ""
    analyte: str = ""
    also: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    needed: bool = True
    absent: str = ""


class Reading(Struct, frozen=True):
    """What was typed, understood: the values by name, how they were converted, and which needed ones are missing."""

    values: dict[str, Value]
    used: tuple[Used, ...]
    missing: tuple[Missing, ...]


def read_inputs(inputs: tuple[Input, ...], typed: Mapping[str, str], knowledge: Knowledge) -> Reading:
    """What do the typed texts say? Raises `InputError` for an unknown name, unit, word or an implausible number."""
    by_name = {each.name: each for each in inputs}
    for name in typed:
        if name not in by_name:
            near = get_close_matches(name, by_name, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; it takes {', '.join(by_name)}"
            message = f"no input is called {name!r}{hint}"
            raise InputError(message)
    values = {name: _READERS[by_name[name].kind](by_name[name], text, knowledge) for name, text in typed.items()}
    used = tuple(_used(by_name[name], typed[name], value) for name, value in values.items())
    missing = tuple(
        Missing(each.name, each.label, f"give {each.name}={accepts(each, knowledge)}", "not given")
        for each in inputs
        if each.needed and each.name not in values
    )
    return Reading(values, used, missing)


def _number(asked: Input, text: str, knowledge: Knowledge) -> float:
    match = _QUANTITY.fullmatch(text)
    if not match:
        message = f"{asked.name}: {text!r} is not a number; it takes {accepts(asked, knowledge)}"
        raise InputError(message)
    number, unit = float(match[1].replace(",", ".")), match[2]
    if asked.analyte:
        return _converted(asked, text.strip(), number, unit, knowledge.analytes[asked.analyte])
    if unit in ("F", "°F", "[degF]") and asked.unit == "Cel":
        number, unit = (number - 32) / 1.8, ""
    if unit and unit not in (asked.unit, *asked.also):
        message = f"{asked.name}: {unit!r} is not one of its units: {', '.join((asked.unit, *asked.also))}"
        raise InputError(message)
    low, high = asked.low, asked.high
    if (low is not None and number < low) or (high is not None and number > high):
        message = f"{asked.name}: {text} is outside {low:g} to {high:g} {asked.unit}".rstrip()
        raise InputError(message)
    return number


def _converted(asked: Input, text: str, number: float, unit: str, analyte: Analyte) -> float:
    """The number in the analyte's own unit.

    Without a unit it counts only where one unit alone makes it plausible: a height of 165 is in cm, but a weight of 150
    could be in kg or in lb, and a calcium of 2.4 in mg/dL or in mmol/L.
    """
    if unit:
        value = convert(number, unit, analyte)
        if isinstance(value, float):
            return value
        message = f"{asked.name}={text}: {value.reason}; {value.detail}. Is the unit right?"
        raise InputError(message)
    meant = {code: value for code in analyte.factors if isinstance(value := convert(number, code, analyte), float)}
    if len({round(value, 9) for value in meant.values()}) == 1:
        return next(iter(meant.values()))
    message = f"{asked.name}={text}: give the unit: {', '.join(f'{text}{code}' for code in meant or analyte.factors)}"
    raise InputError(message)


def _flag(asked: Input, text: str, _knowledge: Knowledge) -> bool:
    word = text.strip().lower()
    if word in _YES | _NO:
        return word in _YES
    message = f"{asked.name}: {text!r} is neither yes nor no"
    raise InputError(message)


def _choice(asked: Input, text: str, _knowledge: Knowledge) -> str:
    word = text.strip().lower().replace(" ", "_").replace("-", "_")
    if word in asked.choices:
        return word
    short = [choice for choice in asked.choices if word and choice.startswith(word)]
    if len(short) == 1:
        return short[0]
    message = f"{asked.name}: {text!r} is not one of {', '.join(asked.choices)}"
    raise InputError(message)


_READERS: dict[str, Callable[[Input, str, Knowledge], Value]] = {"number": _number, "flag": _flag, "choice": _choice}


def _used(asked: Input, text: str, value: Value) -> Used:
    match = _QUANTITY.fullmatch(text) if asked.kind == "number" else None
    is_converted = match is not None and float(match[1].replace(",", ".")) != value
    return Used(asked.name, value, asked.unit, text.strip() if is_converted else "")


def accepts(asked: Input, knowledge: Knowledge) -> str:
    """What may be typed for this input: its words, or a number with one of its units."""
    if asked.kind == "flag":
        return "yes|no"
    if asked.choices:
        return "|".join(asked.choices)
    analyte = knowledge.analytes.get(asked.analyte)
    units = dict.fromkeys(
        SPOKEN_UNITS.get(unit, unit) for unit in (asked.unit, *(analyte.factors if analyte else asked.also))
    )
    return f"a number in {' or '.join(units)}" if any(units) else "a number"
