"""Which scores and formulas can be asked for by name, and what does each ask?"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from osteon.pathway.risk.inputs import Input
from osteon.pathway.risk.qfracture import ALCOHOL, CONDITIONS, ETHNICITY, SMOKING


class Tool(Struct, frozen=True, kw_only=True):
    """One calculator: what it is called, which question it answers, and what it asks."""

    id: str
    question: str
    inputs: tuple[Input, ...]


class Tools(Struct, frozen=True):
    """Every calculator."""

    tools: tuple[Tool, ...]


# --- one thing to ask ----------------------------------------------------------------------------------------------


def _number(
    name: str, label: str, unit: str, limits: tuple[float, float], also: tuple[str, ...] = (), absent: str = ""
) -> Input:
    low, high = limits
    return Input(
        name=name,
        label=label,
        kind="number",
        unit=unit,
        also=also,
        low=low,
        high=high,
        absent=absent,
        needed=not absent,
    )


def _measured(name: str, label: str, unit: str) -> Input:
    return Input(name=name, label=label, kind="number", unit=unit, analyte=name)


def _flag(name: str, label: str, absent: str = "") -> Input:
    return Input(name=name, label=label, kind="flag", absent=absent, needed=not absent)


def _word(name: str, label: str, choices: tuple[str, ...], absent: str = "") -> Input:
    return Input(name=name, label=label, kind="choice", choices=choices, absent=absent, needed=not absent)


YEARS = ("y", "years")
PER_MINUTE = ("bpm", "per minute")
SEX = _word("sex", "sex", ("female", "male"))
AGE = _number("age", "age", "a", (0, 120), YEARS)
WEIGHT = _measured("weight", "actual body weight", "kg")
HEIGHT = _measured("height", "height", "cm")
CREATININE = _measured("creatinine", "serum creatinine", "mg/dL")

# --- the calculators -----------------------------------------------------------------------------------------------

QFRACTURE = (
    SEX,
    AGE,
    replace(
        _number("bmi", "body mass index", "kg/m2", (5, 120), ("kg/m²",)), absent="worked out from weight and height"
    ),
    replace(WEIGHT, needed=False),
    replace(HEIGHT, needed=False),
    _number("years", "years ahead", "a", (1, 18), YEARS, absent="10"),
    _word("alcohol", "alcohol (units a day: none, under 1, 1-2, 3-6, 7-9, over 9)", ALCOHOL, "none"),
    _word("smoking", "smoking (a day: never, ex, under 10, 10-19, 20 or more)", SMOKING, "never"),
    _word("ethnicity", "ethnic group", ETHNICITY, "white"),
    *(_flag(name, label, "no") for name, label in CONDITIONS.items()),
    _flag("clamp_bmi", "take the nearer limit where BMI lies outside 20 to 40", "no"),
)
ORAI = (AGE, WEIGHT, _flag("oestrogen_now", "takes oestrogen now"))
OSIRIS = (
    AGE,
    WEIGHT,
    _flag("hormone_therapy_now", "takes menopausal hormone therapy now"),
    _flag("low_impact_fracture", "low-impact fracture before"),
)
SCORE = (
    AGE,
    WEIGHT,
    _flag("black", "Black"),
    _flag("rheumatoid_arthritis", "rheumatoid arthritis"),
    _number("fractures", "wrist, hip and rib fractures after 45 without much trauma", "1", (0, 30)),
    _flag("oestrogen_ever", "has ever taken oestrogen"),
)
NEWS2 = (
    _number("respiration_rate", "breaths per minute", "/min", (0, 90), PER_MINUTE),
    _number("spo2", "oxygen saturation", "%", (30, 100)),
    _flag("oxygen", "breathes added oxygen"),
    _number("systolic_pressure", "systolic blood pressure", "mm[Hg]", (30, 320), ("mmHg",)),
    _number("pulse", "pulse", "/min", (10, 320), PER_MINUTE),
    _word(
        "consciousness",
        "consciousness (new confusion counts as confused)",
        ("alert", "confused", "voice", "pain", "unresponsive"),
    ),
    _number("temperature", "temperature", "Cel", (25, 45), ("C", "°C", "F", "°F")),
    _flag("scale_2_ordered", "a clinician ordered saturation scale 2 (target 88 to 92 %)", "no"),
    replace(AGE, needed=False, absent="taken to be 16 or over"),
    _flag("pregnant", "pregnant", "taken not to be"),
)


def _tool(id_: str, question: str, *inputs: Input) -> Tool:
    return Tool(id=id_, question=question, inputs=inputs)


TOOLS = Tools(
    (
        _tool("qfracture", "How likely is a fracture within the next years (UK, without bone density)?", *QFRACTURE),
        _tool("cockcroft-gault", "How much creatinine do the kidneys clear?", SEX, AGE, WEIGHT, CREATININE),
        _tool("ckd-epi-2021", "How well do the kidneys filter?", SEX, AGE, CREATININE),
        _tool(
            "corrected-calcium",
            "What would calcium be at a normal albumin?",
            _measured("calcium", "total calcium", "mg/dL"),
            _measured("albumin", "albumin", "g/dL"),
        ),
        _tool("ost", "Is a bone density test worth asking for, by age and weight?", AGE, WEIGHT),
        _tool("orai", "Is a bone density test worth asking for, by age, weight and oestrogen?", *ORAI),
        _tool("osiris", "Is a bone density test worth asking for, by four questions?", *OSIRIS),
        _tool("score", "Is a bone density test worth asking for, by six questions?", *SCORE),
        _tool("news2", "How ill is this adult now, by seven vital signs?", *NEWS2),
    )
)
"""Every calculator, in the order in which they are listed."""
