"""Is a bone density test worth asking for? Four simple scores for women after the menopause.

Each takes what a person knows of herself and says whether the tool suggests a bone density test. None of them
diagnoses osteoporosis or decides a treatment. The points stand in the tables `ost`, `orai`, `osiris` and `score` of
the knowledge, each with its source.
"""

from __future__ import annotations

import math

from osteon.knowledge import Knowledge
from osteon.pathway.risk.points import Points, points_of
from osteon.pathway.risk.score import Figure, Score, Used

KG_PER_LB = 0.45359237
LIMITS_OF_USE = "For women after the menopause, and only about a bone density test, not about treatment."


def ost(age_y: float, weight_kg: float, knowledge: Knowledge) -> Score:
    """OST: 0.2 (weight in kg - age in years), cut to a whole number; Koh 2001."""
    points = _points("ost", knowledge)
    index = _whole(points["each_kg_above_age"] * (weight_kg - math.floor(age_y)))
    return _score("ost", "OST", index, points, knowledge, (_age(age_y), _weight(weight_kg)))


def orai(age_y: float, weight_kg: float, knowledge: Knowledge, *, oestrogen_now: bool) -> Score:
    """ORAI: points for age, for low weight, and for taking no oestrogen now; Cadarette 2000."""
    points = _points("orai", knowledge)
    total = points.of("age_y", math.floor(age_y)) + points.of("weight_kg", weight_kg)
    total += 0 if oestrogen_now else points["no_oestrogen_now"]
    used = (_age(age_y), _weight(weight_kg), Used("oestrogen_now", oestrogen_now))
    return _score("orai", "ORAI", total, points, knowledge, used)


def osiris(
    age_y: float, weight_kg: float, knowledge: Knowledge, *, hormone_therapy_now: bool, low_impact_fracture: bool
) -> Score:
    """OSIRIS: 0.2 (weight in kg - age in years), + 2 on hormone therapy, - 2 after a low-impact fracture.

    Source: Sedrine 2002; the weights are recalled.
    """
    points = _points("osiris", knowledge)
    index = points["each_kg"] * weight_kg + points["each_year"] * math.floor(age_y)
    index += points["hormone_therapy_now"] if hormone_therapy_now else 0
    index += points["low_impact_fracture"] if low_impact_fracture else 0
    used = (
        _age(age_y),
        _weight(weight_kg),
        Used("hormone_therapy_now", hormone_therapy_now),
        Used("low_impact_fracture", low_impact_fracture),
    )
    return _score("osiris", "OSIRIS", round(index, 1), points, knowledge, used)


def score(
    age_y: float,
    weight_kg: float,
    knowledge: Knowledge,
    *,
    black: bool,
    rheumatoid_arthritis: bool,
    fractures: int,
    oestrogen_ever: bool,
) -> Score:
    """SCORE: points for race, arthritis, fractures, decades of age and oestrogen, less tens of pounds; Lydick 1998.

    `fractures` counts wrist, hip and rib fractures after 45 without much trauma.
    """
    points = _points("score", knowledge)
    total = 0 if black else points["race_not_black"]
    total += points["rheumatoid_arthritis"] if rheumatoid_arthritis else 0
    total += min(fractures * points["each_fracture"], points["all_fractures_at_most"])
    total += points["each_decade_of_age"] * (math.floor(age_y) // 10)
    total += 0 if oestrogen_ever else points["oestrogen_never"]
    total += points["each_10_lb"] * _whole(weight_kg / KG_PER_LB / 10)
    used = (
        _age(age_y),
        _weight(weight_kg),
        Used("black", black),
        Used("rheumatoid_arthritis", rheumatoid_arthritis),
        Used("fractures", fractures),
        Used("oestrogen_ever", oestrogen_ever),
    )
    return _score("score", "SCORE", total, points, knowledge, used)


def _whole(value: float) -> int:
    """Cut to a whole number; 12.999999999, which was 130 lb before it became kg, is 13."""
    return math.trunc(round(value, 6))


def _points(tool: str, knowledge: Knowledge) -> Points:
    return points_of(knowledge.tables[tool])


def _age(age_y: float) -> Used:
    return Used("age", age_y, "a")


def _weight(weight_kg: float) -> Used:
    return Used("weight", weight_kg, "kg")


def _score(tool: str, name: str, total: float, points: Points, knowledge: Knowledge, used: tuple[Used, ...]) -> Score:
    table = knowledge.tables[tool]
    band = points.band(total)
    return Score(
        tool=tool,
        name=name,
        outcome="computed",
        text=f"{name} {total:g}; {band}.",
        figures=(Figure(name=tool, label=name, value=total, unit="{score}", band=band),),
        inputs=used,
        warnings=(LIMITS_OF_USE,),
        citations=table.cite,
        verified=table.verified,
    )
