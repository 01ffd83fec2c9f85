"""Which scores does this patient have today, and what is missing for the others?"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from osteon.pathway.finding import Missing
from osteon.pathway.occasion import Occasion
from osteon.pathway.risk import prescreens
from osteon.pathway.risk.asking import needed, number, words
from osteon.pathway.risk.qfracture import qfracture
from osteon.pathway.risk.qfracture_inputs import qfracture_inputs
from osteon.pathway.risk.score import Figure, OutOfRangeError, Score

__all__ = ["Score", "scores"]

WRIST_HIP_OR_RIB = frozenset({"forearm", "hip", "rib"})
SCANNED = "Her bone density is known, and goes before this score."
PAST_OESTROGEN = ("oestrogen in the past",)
RACE = Missing("race", "race", "ask about race", "not recorded")
FRAX_LIMITS = "Typed in from the FRAX site; FRAX is not worked out here."


def scores(at: Occasion) -> tuple[Score, ...]:
    """A typed-in FRAX, QFracture-2012, and the pre-screens OST, ORAI, OSIRIS and SCORE, always in this order."""
    return (_frax(at), _qfracture(at), _ost(at), _orai(at), _osiris(at), _score(at))


def _frax(at: Occasion) -> Score:
    major, hip = number("frax_mof_pct", at), number("frax_hip_pct", at)
    figures = tuple(
        Figure(name=name, label=f"{label} within 10 years", value=value, unit="%")
        for name, label, value in (("mof_pct", "major osteoporotic fracture", major), ("hip_pct", "hip fracture", hip))
        if value is not None
    )
    missing = tuple(needed(name, at) for name in ("frax_mof_pct", "frax_hip_pct") if not at[name].is_known)
    said = ", ".join(f"{figure.value:g} % {figure.label}" for figure in figures)
    return Score(
        tool="frax",
        name="FRAX",
        outcome="cannot_tell" if missing else "computed",
        text=f"FRAX, typed in: {said}." if said else "FRAX: cannot tell, no result in the chart.",
        figures=figures,
        missing=missing,
        warnings=(FRAX_LIMITS,),
    )


def _qfracture(at: Occasion) -> Score:
    mapped = qfracture_inputs(at)
    if mapped.inputs is None:
        text = _lacking("QFracture-2012", mapped.missing)
        return Score(tool="qfracture", name="QFracture-2012", outcome="cannot_tell", text=text, missing=mapped.missing)
    try:
        return qfracture(mapped.inputs, at.knowledge, assumed=mapped.assumed)
    except OutOfRangeError as error:
        text = f"QFracture-2012: does not apply. {error}."
        return Score(tool="qfracture", name="QFracture-2012", outcome="does_not_apply", text=text)


def _ost(at: Occasion) -> Score:
    return _prescreen("ost", "OST", at, (), lambda age_y, weight_kg: prescreens.ost(age_y, weight_kg, at.knowledge))


def _orai(at: Occasion) -> Score:
    def compute(age_y: float, weight_kg: float) -> Score:
        oestrogen_now = at["hormone_therapy_now"].value is True
        return prescreens.orai(age_y, weight_kg, at.knowledge, oestrogen_now=oestrogen_now)

    return _prescreen("orai", "ORAI", at, ("hormone_therapy_now",), compute)


def _osiris(at: Occasion) -> Score:
    def compute(age_y: float, weight_kg: float) -> Score:
        return prescreens.osiris(
            age_y,
            weight_kg,
            at.knowledge,
            hormone_therapy_now=at["hormone_therapy_now"].value is True,
            low_impact_fracture=at["fragility_fracture"].value is True,
        )

    return _prescreen("osiris", "OSIRIS", at, ("hormone_therapy_now", "fragility_fracture"), compute)


def _score(at: Occasion) -> Score:
    """SCORE, where the race is recorded; each site of fracture counts once, and past oestrogen counts as never."""
    race = at.chart.patient.ethnicity.lower()

    def compute(age_y: float, weight_kg: float) -> Score:
        sites = words("fragility_fracture_sites", at) or frozenset()
        oestrogen = at["hormone_therapy_now"].value is True
        score = prescreens.score(
            age_y,
            weight_kg,
            at.knowledge,
            black="black" in race,
            rheumatoid_arthritis=at["rheumatoid_arthritis"].value is True,
            fractures=len(sites & WRIST_HIP_OR_RIB),
            oestrogen_ever=oestrogen,
        )
        return replace(score, assumed=("a second fracture at the same site", *(() if oestrogen else PAST_OESTROGEN)))

    facts = ("hormone_therapy_now", "rheumatoid_arthritis", "fragility_fracture_sites")
    return _prescreen("score", "SCORE", at, facts, compute, missing=() if race else (RACE,))


def _prescreen(
    tool: str,
    name: str,
    at: Occasion,
    facts: tuple[str, ...],
    compute: Callable[[float, float], Score],
    *,
    missing: tuple[Missing, ...] = (),
) -> Score:
    """A pre-screen, only for a woman after the menopause of whom everything that it asks is known."""
    if at["sex"].value == "male" or at["postmenopausal"].value is False:
        text = f"{name}: does not apply, it is for women after the menopause."
        return Score(tool=tool, name=name, outcome="does_not_apply", text=text)
    asked = ("sex", "postmenopausal", "age_y", "weight_kg", *facts)
    missing = (*(needed(fact, at) for fact in asked if not at[fact].is_known), *missing)
    age_y, weight_kg = number("age_y", at), number("weight_kg", at)
    if missing or age_y is None or weight_kg is None:
        text = _lacking(name, missing)
        return Score(tool=tool, name=name, outcome="cannot_tell", text=text, missing=missing)
    score = compute(age_y, weight_kg)
    return replace(score, warnings=(*score.warnings, SCANNED)) if at["lowest_t_score"].is_known else score


def _lacking(name: str, missing: tuple[Missing, ...]) -> str:
    return f"{name}: cannot tell, {', '.join(each.text for each in missing)} missing."
