"""What do the words of an entry say of a fracture: which bone, which side, how many, how long ago, and why?

A code often leaves the cause open, and what it calls traumatic may have been a fall from standing height. Words are
read in English; what they do not say stays unsaid.
"""

from __future__ import annotations

import re

from osteon.chart.types import Cause

UNNAMED = "other"
"""The site of a fracture whose bone is not named."""


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# --- why -----------------------------------------------------------------------------------------------------------

_PATHOLOGICAL = _any_of("metasta", "malignan", "neoplas", "tumou?r", "myeloma", "lytic lesion")
_ATYPICAL = _any_of(r"\batypical\b")
_FRAGILITY = _any_of(
    "standing height",
    "(?:same|ground)[- ]level",
    "low[- ](?:energy|trauma|impact|velocity)",
    "minimal trauma|without trauma|atraumatic|no trauma|spontaneous",
    "fragility|osteoporotic|due to osteoporosis|insufficiency fracture",
    r"\b(?:tripp|slipp)(?:ed|ing)\b|\bstumbl(?:e|ed|ing)\b",
    r"\bafter (?:lifting|bending|coughing|sneezing|turning)\b",
)
_FALL_FROM = r"(?:fall(?:en)?|fell) (?:from|off) (?:an? |the |his |her |their )?"
_TRAUMA = _any_of(
    "high[- ](?:energy|trauma|impact|velocity)",
    r"motor[- ]?(?:vehicle|cycle|bike)|\bmv[ac]\b|\brt[ac]\b|road traffic|traffic accident",
    r"\bcar (?:accident|crash)|collision|pedestrian|run over|\bcyclist\b|bicycle",
    _FALL_FROM + "(?:height|roof|ladder|tree|horse|window|scaffold|bike|cliff|balcony)",
    r"\bski(?:ing|ed)?\b|snowboard|football|rugby|hockey|\bsports?\b",
    "gunshot|assault|crush injur|explosion",
)


_DENIED = re.compile(r"\b(?:no|not|without|denies|denied|negative for|excluded)\b[^,.;:]{0,40}", re.IGNORECASE)


def cause_by_words(words: str) -> Cause:
    """What do the words say of the cause? A named disease of the bone comes before the energy of the injury."""
    said = _DENIED.sub(" ", words)
    for pattern, cause, where in (
        (_PATHOLOGICAL, Cause.PATHOLOGICAL, said),
        (_ATYPICAL, Cause.ATYPICAL, said),
        (_FRAGILITY, Cause.FRAGILITY, words),
        (_TRAUMA, Cause.TRAUMA, said),
    ):
        if pattern.search(where):
            return cause
    return Cause.UNSTATED


# --- which bone ----------------------------------------------------------------------------------------------------

_OF_FEMUR = "(?:end )?(?:of )?(?:the |left |right )*femur"
_SITES = (
    ("femur_shaft", _any_of(f"(?:shaft|diaphysis|distal|subtrochanteric)[a-z ]* {_OF_FEMUR}", "fem(?:ur|oral) shaft")),
    ("hip", _any_of(r"\bhips?\b", "trochant", r"\bfemur", "femoral")),
    (
        "vertebra",
        _any_of("vertebra", r"\bspin(?:e|al)\b", r"\b[TL]\d{1,2}\b", "lumbar", "wedge (?:compression )?fracture"),
    ),
    (
        "forearm",
        _any_of(r"\bwrist", r"\bforearm", r"\bradi(?:us|al)\b", r"\buln(?:a|ar)\b", "colles", "smith'?s fracture"),
    ),
    ("humerus", _any_of("humer", r"\bshoulder", "upper arm")),
    (
        "pelvis",
        _any_of("pelvi[sc]", r"\bpub(?:is|ic)\b", r"\bsacr(?:um|al)\b", "acetabul", r"\bili(?:um|ac)\b", "ischi"),
    ),
    ("rib", _any_of(r"\bribs?\b")),
    ("sternum", _any_of("stern(?:um|al)")),
    ("clavicle", _any_of("clavic", "collar ?bone")),
    ("ankle", _any_of(r"\bankle", "malleol")),
    ("foot", _any_of(r"\bfoot\b", r"\bfeet\b", "metatars", r"\btoes?\b", "calcane", r"\btarsal\b", r"\bheel\b")),
    ("tibia", _any_of(r"\btibia", r"\bfibul", "lower leg")),
    ("hand", _any_of(r"\bhand\b", "metacarp", r"\bcarpal\b", r"\bfinger", r"\bthumb", "phalan")),
    (
        "skull",
        _any_of("skull", "crani(?:um|al)", "facial", r"\bjaw\b", "mandib", "maxill", "orbit", "nasal", r"\bnose\b"),
    ),
)
_SIDE = re.compile(r"\b(left|right|bilateral|both|lt|rt)\b|(?<=[a-z])-([lr])\b|\(([lr])\)", re.IGNORECASE)
_SIDES = {"l": "left", "lt": "left", "r": "right", "rt": "right", "bilateral": "both"}


def site_by_words(words: str) -> str:
    """Which bone do the words name? `other` where they name none."""
    return next((site for site, pattern in _SITES if pattern.search(words)), UNNAMED)


def side_by_words(words: str) -> str:
    """Left, right or both? An empty string where it is not said, or where the words say more than one thing."""
    said = {next(filter(None, each)).lower() for each in _SIDE.findall(words)}
    sides = {_SIDES.get(each, each) for each in said}
    return "both" if {"left", "right"} <= sides else sides.pop() if len(sides) == 1 else ""


# --- when and how many ---------------------------------------------------------------------------------------------

_HISTORY = _any_of(
    r"\bhistory of\b|\bh/o\b|\b(?:healed|previous|prior|past)\b|\bsequela",
    r"\bold (?:\w+ ){0,3}(?:fracture|compression|wedge|infarct)",
)
_LEVEL = re.compile(r"\b([TDL])\s?(\d{1,2})\b(?:\s?(?:-|–|to)\s?([TDL])?\s?(\d{1,2})\b)?", re.IGNORECASE)
_NUMBER = re.compile(r"\b(two|three|four|five|six|\d)\s+(?:\w+\s+){0,3}(?:fractures|vertebra)", re.IGNORECASE)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SPINE = (*(f"T{number}" for number in range(1, 13)), *(f"L{number}" for number in range(1, 6)))


def is_history_by_words(words: str) -> bool:
    """Do the words speak of an old fracture?"""
    return bool(_HISTORY.search(words))


def levels_by_words(words: str) -> frozenset[str]:
    """Which vertebrae do the words name? `T11-L1` names three."""
    levels: set[str] = set()
    for region, first, region_after, last in _LEVEL.findall(words):
        start = _index(region, first)
        end = _index(region_after or region, last) if last else start
        if start is not None and end is not None and start <= end:
            levels.update(_SPINE[start : end + 1])
    return frozenset(levels)


def _index(region: str, number: str) -> int | None:
    name = f"{'T' if region in 'TDtd' else 'L'}{number}"
    return _SPINE.index(name) if name in _SPINE else None


def count_by_words(words: str) -> int:
    """How many bones do the words name? At least one."""
    number = _NUMBER.search(words)
    said = _NUMBERS.get(number[1].lower()) or (int(number[1]) if number[1].isdigit() else 1) if number else 1
    return max(1, said, len(levels_by_words(words)))
