"""The sets of vital signs, one under another: each with its NEWS2, or what is missing for it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.pathway.risk.news2 import RED, VitalSigns, news2
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State
from osteon.pathway.session.watch import uses_news2

SIGNS = (
    ("systolic_pressure", "Systolic pressure", "mmHg"),
    ("pulse", "Pulse rate", "/min"),
    ("respiration_rate", "Breathing", "/min"),
    ("spo2", "Saturation", "%"),
    ("oxygen", "Breathes", ""),
    ("temperature", "Body temperature", "°C"),
    ("consciousness", "Consciousness", ""),
)
_WIDTH, _HEIGHT, _EDGE = 320.0, 90.0, 8.0


class SetOfSigns(Struct, frozen=True):
    """One set: when, the signs in the order of `SIGNS`, and what NEWS2 says. `level` is a class of `.state`."""

    at: datetime
    signs: tuple[str, ...]
    score: str
    level: str
    is_confirmed: bool


class Line(Struct, frozen=True):
    """One sign drawn over time: its words, the points of an SVG polyline, the first and the last value."""

    words: str
    points: str
    first: float
    last: float
    unit: str


def sets_of(state: State, policy: Policy, knowledge: Knowledge) -> list[SetOfSigns]:
    """Every set of the session, in order."""
    holds = uses_news2(state, policy)
    return [
        SetOfSigns(
            each.at,
            tuple(_said(name, getattr(each.signs, name)) for name, _, _ in SIGNS),
            *(_score(each.signs, knowledge) if holds else ("NEWS2 does not hold for her", "")),
            each.is_confirmed,
        )
        for each in state.vitals
    ]


def _said(name: str, value: object) -> str:
    if value is None:
        return "–"
    if name == "oxygen":
        return "oxygen" if value else "air"
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _score(signs: VitalSigns, knowledge: Knowledge) -> tuple[str, str]:
    """In words, and how bad: 'cannot tell' with what is missing, and the least that it can be."""
    score = news2(signs, knowledge)
    total = score.figures[0].value
    red = any(each.value >= RED for each in score.figures[1:])
    urgent, emergency = (knowledge.parameter(f"session.{name}_news2").value for name in ("urgent", "emergency"))
    level = "bad" if total >= emergency or red else "wait" if total >= urgent or score.missing else "good"
    if score.missing:
        wanted = ", ".join(each.text.split(" (")[0] for each in score.missing)
        return f"cannot tell: {wanted} missing; at least {total:g}", level
    return f"NEWS2 {total:g}", level


def lines_of(state: State) -> list[Line]:
    """Pressure, pulse and temperature over time, each on its own scale; only from two confirmed values on."""
    found = []
    for name, words, unit in SIGNS:
        values = [(each.at, getattr(each.signs, name)) for each in state.confirmed_vitals]
        known = [(at, float(value)) for at, value in values if value is not None and not isinstance(value, str | bool)]
        if name in ("systolic_pressure", "pulse", "temperature") and len(known) > 1:
            found.append(Line(words, _points(known), known[0][1], known[-1][1], unit))
    return found


def _points(known: list[tuple[datetime, float]]) -> str:
    start, span = known[0][0], (known[-1][0] - known[0][0]).total_seconds() or 1.0
    low = min(value for _, value in known)
    height = (max(value for _, value in known) - low) or 1.0
    return " ".join(
        f"{_EDGE + (at - start).total_seconds() / span * (_WIDTH - 2 * _EDGE):.1f},"
        f"{_HEIGHT - _EDGE - (value - low) / height * (_HEIGHT - 2 * _EDGE):.1f}"
        for at, value in known
    )
