"""What does the chart hold of a thing up to the day, how long ago was it, and what does silence mean?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import inf

from osteon.chart.types import Course, Measurement, When
from osteon.pathway.calendar import months_between
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion

# --- measurements ---------------------------------------------------------------------------------------------------


def measured(at: Occasion, kind: str) -> Iterator[Measurement]:
    """The measurements of one kind on or before the day, the latest first."""
    return (item for item in reversed(at.chart.by_measure.get(kind, ())) if item.when.earliest <= at.on)


def latest(at: Occasion, kind: str) -> Measurement | None:
    """The latest measurement of one kind on or before the day."""
    for item in reversed(at.chart.by_measure.get(kind, ())):
        if item.when.earliest <= at.on:
            return item
    return None


def result(item: Measurement, text: str = "") -> Known:
    """A measurement as a known number; a value below or above the laboratory's limit is known within bounds."""
    grounds = (Ground(text or f"{item.value:g} {item.unit}", item.source, item.when),)
    if not item.comparator:
        return Known(item.value, grounds)
    if item.comparator.startswith("<"):
        return Known(item.value, grounds, "", 0.0 if item.value >= 0 else -inf, item.value)
    return Known(item.value, grounds, "", item.value, inf)


def cited(item: Measurement, label: str) -> Ground:
    """A measurement as the ground of something else: `creatinine 1.1 mg/dL`."""
    return Ground(f"{label} {item.comparator}{item.value:g} {item.unit}", item.source, item.when)


def computed(formula: Callable[..., float], *numbers: float, grounds: tuple[Ground, ...]) -> Known:
    """What a formula makes of these numbers; unknown where one of them cannot be."""
    try:
        return Known(formula(*numbers), grounds)
    except ValueError as error:
        return unknown(str(error), *grounds)


# --- time -----------------------------------------------------------------------------------------------------------


def days_since(at: Occasion, when: When, *grounds: Ground) -> Known:
    """How many days ago was it? Whole days; a partial date gives bounds, and their middle as the value."""
    low = max((at.on - when.latest).days, 0)
    if when.is_exact:
        return Known(float(low), grounds)
    high = max((at.on - when.earliest).days, 0)
    return Known(float((low + high) // 2), grounds, "", float(low), float(high))


def months_since(at: Occasion, when: When, *grounds: Ground) -> Known:
    """How many months ago was it? A partial date gives bounds, and their middle as the value."""
    low = max(months_between(when.latest, at.on), 0.0)
    if when.is_exact:
        return Known(low, grounds)
    high = max(months_between(when.earliest, at.on), 0.0)
    return Known((low + high) / 2, grounds, "", low, high)


def age_d(at: Occasion, item: Measurement | None, missing: Known) -> Known:
    """How many days old is this measurement?"""
    return missing if item is None else days_since(at, item.when, Ground("", item.source, item.when))


def parameter(at: Occasion, name: str, topic: str = "facts") -> float:
    """A number of the parameters: of `facts.yaml`, or of another topic."""
    return at.knowledge.parameters[topic][name].value


# --- silence --------------------------------------------------------------------------------------------------------

_LISTS = {
    "conditions": ("not on the problem list", "the chart holds no problem list"),
    "medications": ("not on the medication list", "the chart holds no medication list"),
    "allergies": ("not on the allergy list", "the chart holds no allergy list"),
    "procedures": ("not among the procedures", "the chart holds no list of procedures"),
}
_NO_LIST = {"cannot_tell": unknown("not recorded"), **{name: unknown(text) for name, (_, text) in _LISTS.items()}}
NO = {name: Known(False, (Ground(text),)) for name, (text, _) in _LISTS.items()}
ZERO = {name: Known(0.0, (Ground(text),)) for name, (text, _) in _LISTS.items()}
NOTHING = {name: Known(frozenset[str](), (Ground(text),)) for name, (text, _) in _LISTS.items()}


def silence(at: Occasion, of: str, empty: Mapping[str, Known] = NO) -> Known:
    """What does it mean that a list is silent? The empty value where the chart holds the list, else cannot tell.

    `of` is the list, as in the vocabulary's `silence`; `empty` is `NO`, `ZERO` or `NOTHING`.
    """
    return empty[of] if of in at.chart.lists else _NO_LIST[of]


# --- courses --------------------------------------------------------------------------------------------------------


def is_running(course: Course, at: Occasion) -> bool | None:
    """Is this drug being taken on the day? None where the chart does not tell."""
    began = course.began
    if began is not None and began.earliest > at.on:
        return False
    if course.stop is not None:
        return True if course.stop.earliest > at.on else False if course.stop.latest <= at.on else None
    return course.is_active
