"""What does a calculator say to what somebody typed?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeAlias

from msgspec.structs import replace

from osteon.chart.types import Sex
from osteon.knowledge import Knowledge
from osteon.pathway import formulas
from osteon.pathway.finding import Missing
from osteon.pathway.risk import kidney_and_calcium, prescreens
from osteon.pathway.risk.inputs import InputError, Value, Values, read_inputs
from osteon.pathway.risk.news2 import VitalSigns, news2
from osteon.pathway.risk.qfracture import CONDITIONS, QFractureInputs, conditions_asked, qfracture
from osteon.pathway.risk.score import Score, Used
from osteon.pathway.risk.tools import TOOLS, Tool

Given: TypeAlias = Mapping[str, Any]
Compute: TypeAlias = Callable[[Given, Knowledge], Score]

ANSWERS_IN_PART = frozenset({"news2"})
"""Calculators that say something even where an input is missing: the least that it can be."""


def calculate(tool: str, typed: Mapping[str, str], knowledge: Knowledge) -> Score:
    """What does this calculator say to these typed inputs?

    Where a needed input is missing the outcome is `cannot_tell`. Raises `InputError` for an unknown calculator, name,
    unit or word, and `OutOfRangeError` where the calculator does not go.
    """
    reading = read_inputs(tool_named(tool).inputs, typed, knowledge)
    values, missing = _with_bmi(reading.values, reading.missing)
    if missing and tool not in ANSWERS_IN_PART:
        text = f"{tool}: cannot tell, {', '.join(each.text for each in missing)} missing."
        return Score(tool=tool, name=tool, outcome="cannot_tell", text=text, inputs=reading.used, missing=missing)
    score = COMPUTE[tool](values, knowledge)
    return replace(score, inputs=_as_typed(score.inputs, reading.used))


def tool_named(name: str) -> Tool:
    """The calculator of this name. Raises `InputError` where there is none, with the nearest name."""
    found = next((each for each in TOOLS.tools if each.id == name), None)
    if found is None:
        near = get_close_matches(name, COMPUTE, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMPUTE)}"
        message = f"no calculator is called {name!r}; {hint}"
        raise InputError(message)
    return found


def _with_bmi(values: Values, missing: tuple[Missing, ...]) -> tuple[dict[str, Value], tuple[Missing, ...]]:
    """Body mass index from weight and height, where it is asked for and not given."""
    weight, height = values.get("weight"), values.get("height")
    if any(each.fact == "bmi" for each in missing) and isinstance(weight, float) and isinstance(height, float):
        bmi = formulas.body_mass_index_kg_m2(weight, height)
        return {**values, "bmi": bmi}, tuple(each for each in missing if each.fact != "bmi")
    return dict(values), missing


def _as_typed(used: tuple[Used, ...], typed: tuple[Used, ...]) -> tuple[Used, ...]:
    """The inputs as the calculator used them, each with what was typed where that differs."""
    was = {each.name: each.was for each in typed}
    unused = (each for each in typed if each.name not in {item.name for item in used})
    return (*(replace(each, was=was.get(each.name, "")) for each in used), *unused)


# --- from inputs by name to each calculator ------------------------------------------------------------------------


def _qfracture(given: Given, knowledge: Knowledge) -> Score:
    sex = Sex(given["sex"])
    words = ("alcohol", "smoking", "ethnicity")
    inputs = QFractureInputs(
        sex=sex,
        age_y=given["age"],
        bmi_kg_m2=given["bmi"],
        years=round(given.get("years", 10)),
        present=frozenset(name for name in CONDITIONS if given.get(name)),
        clamp_bmi=given.get("clamp_bmi", False),
        **{name: given[name] for name in words if name in given},
    )
    asked = {name: CONDITIONS[name] for name in conditions_asked(sex, knowledge)} | {name: name for name in words}
    assumed = tuple(label for name, label in asked.items() if name not in given)
    return qfracture(inputs, knowledge, assumed=assumed)


def _news2(given: Given, knowledge: Knowledge) -> Score:
    signs = VitalSigns(**{name: value for name, value in given.items() if name not in ("age", "pregnant")})
    return news2(signs, knowledge, age_y=given.get("age"), pregnant=given.get("pregnant"))


def _cockcroft_gault(given: Given, _knowledge: Knowledge) -> Score:
    return kidney_and_calcium.cockcroft_gault(given["age"], given["weight"], given["creatinine"], Sex(given["sex"]))


def _ckd_epi(given: Given, _knowledge: Knowledge) -> Score:
    return kidney_and_calcium.ckd_epi_2021(given["age"], given["creatinine"], Sex(given["sex"]))


def _corrected_calcium(given: Given, knowledge: Knowledge) -> Score:
    return kidney_and_calcium.corrected_calcium(given["calcium"], given["albumin"], knowledge)


def _ost(given: Given, knowledge: Knowledge) -> Score:
    return prescreens.ost(given["age"], given["weight"], knowledge)


def _orai(given: Given, knowledge: Knowledge) -> Score:
    return prescreens.orai(given["age"], given["weight"], knowledge, oestrogen_now=given["oestrogen_now"])


def _osiris(given: Given, knowledge: Knowledge) -> Score:
    return prescreens.osiris(
        given["age"],
        given["weight"],
        knowledge,
        hormone_therapy_now=given["hormone_therapy_now"],
        low_impact_fracture=given["low_impact_fracture"],
    )


def _score(given: Given, knowledge: Knowledge) -> Score:
    return prescreens.score(
        given["age"],
        given["weight"],
        knowledge,
        black=given["black"],
        rheumatoid_arthritis=given["rheumatoid_arthritis"],
        fractures=round(given["fractures"]),
        oestrogen_ever=given["oestrogen_ever"],
    )


COMPUTE: MappingProxyType[str, Compute] = MappingProxyType(
    {
        "qfracture": _qfracture,
        "cockcroft-gault": _cockcroft_gault,
        "ckd-epi-2021": _ckd_epi,
        "corrected-calcium": _corrected_calcium,
        "ost": _ost,
        "orai": _orai,
        "osiris": _osiris,
        "score": _score,
        "news2": _news2,
    }
)
"""The function behind each tool of `tools.TOOLS`."""
