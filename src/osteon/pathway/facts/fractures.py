"""Which bones broke for want of strength, where, and how many?

A fracture counts as a fragility fracture where the chart says so; where nobody stated the cause, one of hip, vertebra,
forearm, humerus or pelvis from 50 on does too (a design assumption, which the grounds say). Injury, cancer and the
atypical fracture of the femur never count, nor do skull, hand and foot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct

from osteon.chart.types import Cause, Fracture
from osteon.pathway.facts.lookup import NO, NOTHING, ZERO, parameter, silence
from osteon.pathway.facts.person import year_bounds
from osteon.pathway.facts.recorded import conditions
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

HIP = ("hip",)
VERTEBRA = ("vertebra",)
OTHER_MAJOR = ("humerus", "pelvis", "forearm")
ASSUMED_SITES = frozenset({*HIP, *VERTEBRA, *OTHER_MAJOR})
UNNAMED = "other"
"""The site of a fracture whose bone nobody named: without a cause it may be any."""

HISTORY, HISTORY_OF_FRAGILITY = "fracture_history", "fracture_history_fragility"
NOT_FRAGILE = ("traumatic", "pathological")

MINOR_SITES = frozenset({"skull", "hand", "foot"})


class Broken(Struct, frozen=True):
    """Which fractures are fragility fractures, and which may be?"""

    certain: tuple[Fracture, ...]
    possible: tuple[Fracture, ...]

    def at(self, sites: Collection[str]) -> Broken:
        """Those of some sites; one of a bone that nobody named may be of any."""
        unnamed = tuple([each for each in self.certain if each.site == UNNAMED])
        return Broken(
            tuple([each for each in self.certain if each.site in sites]),
            (*[each for each in self.possible if each.site in sites or each.site == UNNAMED], *unnamed),
        )


def fragility(at: Occasion) -> Broken:
    """The fragility fractures on or before the day, as far as the chart tells."""
    return at.once(_fragility)


def _fragility(at: Occasion) -> Broken:
    certain: list[Fracture] = []
    possible: list[Fracture] = []
    for each in (*at.chart.fractures, *_remembered(at)):
        counts = _counts(each, at)
        if counts is not False:
            (certain if counts else possible).append(each)
    return Broken(tuple(certain), tuple(possible))


def _counts(fracture: Fracture, at: Occasion) -> bool | None:
    """Is this a fragility fracture of an adult?"""
    if fracture.when is not None and fracture.when.earliest > at.on:
        return False
    if fracture.site in MINOR_SITES or fracture.cause not in (Cause.FRAGILITY, Cause.UNSTATED):
        return False
    is_stated = fracture.cause is Cause.FRAGILITY
    if not is_stated and fracture.site not in ASSUMED_SITES:
        return None if fracture.site == UNNAMED else False
    if fracture.when is None:
        return True if is_stated else None
    low, high = year_bounds(at.chart.patient.birth_date, fracture.when)
    limit = parameter(at, "adult_from" if is_stated else "fragility_from")
    return True if low >= limit else False if high < limit else None


def _remembered(at: Occasion) -> Iterator[Fracture]:
    """Old fractures that the problem list only mentions (`history of ...`): no bone, no day."""
    for each in conditions(HISTORY, at, ever=True):
        stated = HISTORY_OF_FRAGILITY in each.kinds
        if any(kind.startswith("fracture.") for kind in each.kinds):
            continue
        if stated or not any(word in each.text.lower() for word in NOT_FRAGILE):
            cause = Cause.FRAGILITY if stated else Cause.UNSTATED
            yield Fracture(site=UNNAMED, cause=cause, text=each.text, source=each.source, is_history=True)


def grounds_of(fractures: Collection[Fracture]) -> tuple[Ground, ...]:
    """Fractures as grounds; where the cause was assumed, it says so."""
    return tuple([Ground(_said(each), each.source, each.when) for each in fractures])


def _said(fracture: Fracture) -> str:
    return fracture.text if fracture.cause is Cause.FRAGILITY else f"{fracture.text} (cause not stated)"


def broken(at: Occasion, found: Broken) -> Known:
    """Is there such a fracture? One that may be leaves it open; else the problem list speaks."""
    if found.certain:
        return Known(True, grounds_of(found.certain))
    return in_doubt(found) if found.possible else silence(at, "conditions", NO)


def in_doubt(found: Broken) -> Known:
    """Why it cannot be told whether a fracture counts."""
    text = found.possible[0].text
    return unknown(f"the bone, the cause or the date is not recorded: {text}", *grounds_of(found.possible))


@fact
def fragility_fracture(at: Occasion) -> Known:
    """Did a bone break for want of strength, in adult life?"""
    return broken(at, fragility(at))


@fact
def hip_fracture(at: Occasion) -> Known:
    """Was there a fragility fracture of the hip?"""
    return broken(at, fragility(at).at(HIP))


@fact
def vertebral_fracture(at: Occasion) -> Known:
    """Was there a fragility fracture of a vertebra?"""
    return broken(at, fragility(at).at(VERTEBRA))


@fact
def humerus_pelvis_forearm_fracture(at: Occasion) -> Known:
    """Was there a fragility fracture of humerus, pelvis or distal forearm?"""
    return broken(at, fragility(at).at(OTHER_MAJOR))


@fact
def vertebral_fracture_count(at: Occasion) -> Known:
    """How many vertebrae broke for want of strength?"""
    return _count(at, fragility(at).at(VERTEBRA))


@fact
def fragility_fracture_count(at: Occasion) -> Known:
    """How many fragility fractures were there? Each vertebra counts."""
    return _count(at, fragility(at))


@fact
def fragility_fracture_sites(at: Occasion) -> Known:
    """Where were the fragility fractures?"""
    found = fragility(at)
    if found.certain:
        return Known(frozenset([each.site for each in found.certain]), grounds_of(found.certain))
    return in_doubt(found) if found.possible else silence(at, "conditions", NOTHING)


def _count(at: Occasion, found: Broken) -> Known:
    """How many are certain; those that may count are an upper bound."""
    low = float(sum(each.count for each in found.certain))
    if not found.possible:
        return Known(low, grounds_of(found.certain)) if found.certain else silence(at, "conditions", ZERO)
    high = low + sum(each.count for each in found.possible)
    return Known(low, grounds_of((*found.certain, *found.possible)), "", low, high)
