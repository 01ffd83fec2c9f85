"""How ill is this adult now, by the seven vital signs of NEWS2?

National Early Warning Score 2, Royal College of Physicians 2017. A score is given only from all seven signs; where one
is missing it cannot be told, and the least that it can be is said. Not for children under 16, nor in pregnancy.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.finding import Missing
from osteon.pathway.risk.points import Points, points_of
from osteon.pathway.risk.score import Figure, OutOfRangeError, Score, Used

Consciousness: TypeAlias = Literal["alert", "confused", "voice", "pain", "unresponsive"]
MINIMUM_AGE_Y = 16
RED = 3
"""The points of one sign that ask for a review whatever the total."""

LABELS = {
    "respiration_rate": "breaths per minute",
    "spo2": "oxygen saturation",
    "oxygen": "air or oxygen",
    "systolic_pressure": "systolic blood pressure",
    "pulse": "pulse",
    "consciousness": "consciousness (alert, new confusion, voice, pain, unresponsive)",
    "temperature": "temperature",
}


class VitalSigns(Struct, frozen=True, kw_only=True):
    """What was seen at one moment? None is what was not taken.

    Rates per minute, saturation in per cent, pressure in mmHg, temperature in Celsius. `scale_2_ordered`: a clinician
    ordered the saturation scale for a target of 88 to 92 % (hypercapnic respiratory failure).
    """

    respiration_rate: float | None = None
    spo2: float | None = None
    oxygen: bool | None = None
    systolic_pressure: float | None = None
    pulse: float | None = None
    consciousness: Consciousness | None = None
    temperature: float | None = None
    scale_2_ordered: bool = False


def news2(
    signs: VitalSigns, knowledge: Knowledge, *, age_y: float | None = None, pregnant: bool | None = None
) -> Score:
    """What do the seven signs add up to, and what does that ask for?

    Raises `OutOfRangeError` for a patient under 16 or pregnant.
    """
    _refuse(age_y, pregnant)
    points = _points_of_each(signs, points_of(knowledge.tables["news2"]))
    table = knowledge.tables["news2"]
    missing = tuple(
        Missing(
            name, label, f"take the {label}" if name != "oxygen" else "say whether the patient breathes air or oxygen"
        )
        for name, label in LABELS.items()
        if getattr(signs, name) is None
    )
    total = sum(points.values())
    red = [LABELS[name] for name, its_points in points.items() if its_points >= RED]
    parts = tuple(
        Figure(name=name, label=LABELS[name], value=its_points, unit="{score}") for name, its_points in points.items()
    )
    warnings = [f"One sign alone scores 3: {name}." for name in red]
    if age_y is None or pregnant is None:
        warnings.append("Not for anyone under 16, nor in pregnancy.")
    if signs.scale_2_ordered:
        warnings.append("Saturation scored on scale 2, by a clinician's order (target 88 to 92 %).")
    band, monitoring, response = _response(total, bool(red), knowledge)
    if missing:
        wanted = ", ".join(each.text for each in missing)
        text = f"NEWS2: cannot tell, {wanted} missing. At least {total:g} from the signs taken"
        text += f", which already asks for: {response} ({monitoring})." if band != "none" else "."
        whole = Figure(name="at_least", label="NEWS2 is at least", value=total, unit="{score}", band=band)
    else:
        text = f"NEWS2 {total:g}, {band}: {response}; observations {monitoring}."
        whole = Figure(name="news2", label="NEWS2", value=total, unit="{score}", band=band)
    return Score(
        tool="news2",
        name="NEWS2",
        outcome="cannot_tell" if missing else "computed",
        text=text,
        figures=(whole, *parts),
        inputs=_used(signs),
        missing=missing,
        warnings=tuple(warnings),
        citations=table.cite,
        verified=table.verified,
    )


def _refuse(age_y: float | None, pregnant: bool | None) -> None:
    if age_y is not None and age_y < MINIMUM_AGE_Y:
        message = f"age: NEWS2 is for people of {MINIMUM_AGE_Y} and over, not for {age_y:g} years"
        raise OutOfRangeError(message)
    if pregnant:
        message = "pregnant: NEWS2 is not for use in pregnancy; use an obstetric early warning score"
        raise OutOfRangeError(message)


def _points_of_each(signs: VitalSigns, points: Points) -> dict[str, float]:
    """The points of each sign taken; a saturation whose points hang on what is breathed counts at its least."""
    given: dict[str, float] = {}
    for name, value in (
        ("respiration_rate", signs.respiration_rate),
        ("systolic_pressure", signs.systolic_pressure),
        ("pulse", signs.pulse),
    ):
        if value is not None:
            given[name] = points.of(name, round(value))
    if signs.spo2 is not None:
        given["spo2"] = min(points.of(scale, round(signs.spo2)) for scale in _scales(signs))
    if signs.oxygen is not None:
        given["oxygen"] = points["oxygen" if signs.oxygen else "air"]
    if signs.consciousness is not None:
        given["consciousness"] = points[signs.consciousness]
    if signs.temperature is not None:
        given["temperature"] = points.of("temperature", signs.temperature)
    return given


def _scales(signs: VitalSigns) -> tuple[str, ...]:
    if not signs.scale_2_ordered:
        return ("spo2_scale_1",)
    if signs.oxygen is None:
        return ("spo2_scale_2_on_air", "spo2_scale_2_on_oxygen")
    return ("spo2_scale_2_on_oxygen",) if signs.oxygen else ("spo2_scale_2_on_air",)


def _response(total: float, has_red: bool, knowledge: Knowledge) -> tuple[str, str, str]:
    """Band, monitoring and response of a total; one red sign lifts a low total."""
    rows = list(knowledge.tables["news2_response"].records())
    chosen = next(row for row in rows if row["low"] and float(row["low"]) <= total <= float(row["high"]))
    if has_red and chosen["band"] in ("none", "low"):
        chosen = next(row for row in rows if not row["low"])
    return chosen["band"], chosen["monitoring"], chosen["response"]


UNITS = {"respiration_rate": "/min", "spo2": "%", "systolic_pressure": "mm[Hg]", "pulse": "/min", "temperature": "Cel"}


def _used(signs: VitalSigns) -> tuple[Used, ...]:
    return tuple(
        Used(name, value, UNITS.get(name, ""))
        for name in (*LABELS, "scale_2_ordered")
        if (value := getattr(signs, name)) is not None
    )
