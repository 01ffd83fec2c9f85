"""On which side of a limit is a number that may be known only within bounds?"""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt

from osteon.pathway.known import Known, unknown
from osteon.pathway.occasion import Occasion


def is_at_least(known: Known, limit: float) -> Known:
    """Is it so much or more? Unknown where the bounds disagree."""
    return _side(known, ge, limit)


def is_at_most(known: Known, limit: float) -> Known:
    """Is it so much or less? Unknown where the bounds disagree."""
    return _side(known, le, limit)


def is_below(known: Known, limit: float) -> Known:
    """Is it less? Unknown where the bounds disagree."""
    return _side(known, lt, limit)


def is_above(known: Known, limit: float) -> Known:
    """Is it more? Unknown where the bounds disagree."""
    return _side(known, gt, limit)


def _side(known: Known, holds: Callable[[float, float], bool], limit: float) -> Known:
    bounds = known.bounds
    if bounds is None:
        return known
    first = holds(bounds[0], limit)
    if first is not holds(bounds[1], limit):
        return unknown("not known exactly enough", *known.grounds)
    return Known(first, known.grounds)


def any_of(at: Occasion, names: tuple[str, ...]) -> Known:
    """Is one of these flags yes? See `some`."""
    return some([at[name] for name in names])


def some(flags: list[Known]) -> Known:
    """Is at least one of these yes? One yes decides, and all of them are grounds; else one unknown leaves it open."""
    held = [each for each in flags if each.value is True]
    if held:
        return held[0] if len(held) == 1 else Known(True, tuple([ground for each in held for ground in each.grounds]))
    for each in flags:
        if each.value is None:
            return unknown(each.why_not, *each.grounds)
    return Known(False, flags[0].grounds if flags else ())


def both(first: Known, second: Known) -> Known:
    """Do both hold? One no decides; else one unknown leaves it open."""
    for each in (first, second):
        if each.value is False:
            return each
    for each in (first, second):
        if each.value is None:
            return each
    return Known(True, (*first.grounds, *second.grounds))
