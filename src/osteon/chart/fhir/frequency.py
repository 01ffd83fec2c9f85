"""How often a day is a drug taken, by the words of a dosage in English?"""

from __future__ import annotations

import re

from osteon.knowledge.spans import DAYS

_COUNTS = {
    "once": 1.0, "one": 1.0, "twice": 2.0, "two": 2.0, "three": 3.0, "four": 4.0, "six": 6.0, "eight": 8.0,
    "twelve": 12.0, "half": 0.5,
}  # fmt: skip
_DAYS = {"hour": DAYS["h"], "day": DAYS["d"], "week": DAYS["wk"], "month": DAYS["mo"], "year": DAYS["a"]}
_LATIN = {"bid": 2.0, "tid": 3.0, "qid": 4.0, "qd": 1.0, "od": 1.0, "qod": 0.5}

NUMBER = rf"(?P<number>\d+(?:\.\d+)?|{'|'.join(_COUNTS)})"
"""A number, in digits or in words."""

_UNIT = "(?P<unit>hour|day|week|month|year)"
_EVERY_OTHER_DAY = re.compile(r"\bevery (?:other|second) day\b|\balternate days\b", re.IGNORECASE)
_EVERY = re.compile(rf"\bevery\s+(?:{NUMBER}\s+)?{_UNIT}s?\b", re.IGNORECASE)
_TIMES = re.compile(
    rf"\b{NUMBER}(?:\s*x|\s+times)?\s*(?:(?:an?|per|each|every|/)\s*{_UNIT}|(?P<daily>daily)|(?P<often>week|month|year)ly)\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\b(b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?o\.?d|q\.?d|o\.?d)\b", re.IGNORECASE)
_TWO_TIMES_OF_DAY = re.compile(r"\bmorning and (?:at |in the )?(?:evening|night|bedtime)\b", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"\b(?:daily|nightly|morning|evening|night|bedtime|(?:a|per) day)\b", re.IGNORECASE)
_SELDOM = re.compile(r"\b(week|month|year)ly\b|\b(?:a|per) (week|month|year)\b", re.IGNORECASE)
_WHEN_NEEDED = re.compile(r"\b(?:as|if|when) (?:needed|required)\b|\bprn\b", re.IGNORECASE)


def is_when_needed(text: str) -> bool:
    """Is it taken only when needed?"""
    return bool(_WHEN_NEEDED.search(text))


def count(said: str) -> float:
    """The number that digits or a word mean."""
    return _COUNTS.get(said.lower()) or float(said)


def times_a_day(text: str) -> float | None:
    """How often a day: `twice a day` is 2, `three times a week` 0.43. Once alone is no frequency."""
    if _EVERY_OTHER_DAY.search(text):
        return 0.5
    every = _EVERY.search(text)
    if every:
        number = count(every["number"] or "one")
        return 1 / (number * _DAYS[every["unit"].lower()]) if number else None
    times = _TIMES.search(text)
    if times:
        unit = times["unit"] or times["often"] or "day"
        return count(times["number"]) / _DAYS[unit.lower()]
    abbreviated = _ABBREVIATED.search(text)
    if abbreviated:
        return _LATIN[abbreviated[1].lower().replace(".", "")]
    if _TWO_TIMES_OF_DAY.search(text):
        return 2.0
    seldom = _SELDOM.search(text)
    if seldom:
        return 1 / _DAYS[(seldom[1] or seldom[2]).lower()]
    return 1.0 if _TIME_OF_DAY.search(text) else None
