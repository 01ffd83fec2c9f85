"""Calcium, vitamin D and their neighbours in the blood: how high, how old, and on which side of their range?"""

from __future__ import annotations

from msgspec import Struct

from osteon.chart.types import Measurement
from osteon.pathway.facts.bounds import any_of, is_above, is_below
from osteon.pathway.facts.lookup import age_d, cited, computed, latest, measured, parameter, result
from osteon.pathway.facts.recorded import conditions, was_done
from osteon.pathway.formulas import corrected_calcium_mg_dl
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

NO_CALCIUM = unknown("no calcium in the chart")


class Side(Struct, frozen=True):
    """Which side of a normal range is meant?"""

    is_low: bool
    diagnosis: str
    words: str


LOW = Side(True, "hypocalcaemia_recorded", "lower limit")
HIGH = Side(False, "hypercalcaemia_recorded", "upper limit")


@fact
def calcium_corrected_mg_dl(at: Occasion) -> Known:
    """What is the calcium, corrected for albumin?

    mg/dL, from the newest calcium: as the laboratory corrected it, or total calcium with an albumin near it in time.
    Without that albumin it cannot be told.
    """
    reported, total = latest(at, "calcium_corrected"), latest(at, "calcium")
    if reported is not None and (total is None or reported.when.latest >= total.when.latest):
        return result(reported, "as corrected by the laboratory")
    if total is None:
        return NO_CALCIUM
    albumin = _albumin_near(total, at)
    if albumin is None:
        return unknown("no albumin near the calcium to correct it with", cited(total, "total calcium"))
    grounds = (cited(total, "total calcium"), cited(albumin, "albumin"))
    return computed(corrected_calcium_mg_dl, total.value, albumin.value, grounds=grounds)


def _albumin_near(total: Measurement, at: Occasion) -> Measurement | None:
    """The albumin closest in time to this calcium, if it is close enough."""
    day = total.when.latest
    nearest = min(measured(at, "albumin"), key=lambda item: abs(item.when.latest - day), default=None)
    if nearest is None or abs(nearest.when.latest - day).days > parameter(at, "albumin_window"):
        return None
    return nearest


@fact
def calcium_age_d(at: Occasion) -> Known:
    """How many days old is the calcium that says whether it is low or high?"""
    return age_d(at, at.once(_decisive), NO_CALCIUM)


@fact
def hypocalcaemia(at: Occasion) -> Known:
    """Is the calcium below the normal range? By the newest of ionised and corrected calcium."""
    return _calcium_is(LOW, at)


@fact
def hypercalcaemia(at: Occasion) -> Known:
    """Is the calcium above the normal range? By the newest of ionised and corrected calcium."""
    return _calcium_is(HIGH, at)


@fact
def calcium_status(at: Occasion) -> Known:
    """Is the calcium low, normal or high? By the newest of ionised and corrected calcium."""
    low, high = at["hypocalcaemia"], at["hypercalcaemia"]
    if low.value is True or high.value is True:
        return Known("low", low.grounds) if low.value is True else Known("high", high.grounds)
    if low.value is None or high.value is None:
        return low if low.value is None else high
    return Known("normal", low.grounds)


def _decisive(at: Occasion) -> Measurement | None:
    """The newest calcium; on the same day the ionised before the corrected before the total."""
    found = [latest(at, kind) for kind in ("calcium_ionised", "calcium_corrected", "calcium")]
    return max((item for item in found if item is not None), key=lambda item: item.when.latest, default=None)


def _calcium_is(side: Side, at: Occasion) -> Known:
    """Is calcium beyond this side of its range? A newer diagnosis on the problem list says so too."""
    item = at.once(_decisive)
    for each in conditions(side.diagnosis, at):
        began = each.began
        if began is not None and (item is None or began.latest > item.when.latest):
            return Known(True, (Ground(each.text, each.source, began),))
    if item is None:
        return NO_CALCIUM
    known = result(item) if item.kind == "calcium_ionised" else at["calcium_corrected_mg_dl"]
    return beyond(side, known, item, at)


def beyond(side: Side, known: Known, item: Measurement, at: Occasion) -> Known:
    """Is this result beyond one side of its range: the laboratory's own, or the program's where there is none?"""
    if known.value is None:
        return known
    limit, whose = item.low if side.is_low else item.high, "the laboratory's"
    if limit is None:
        analyte = at.knowledge.analytes.get(item.kind)
        quantity = (analyte.normal_low if side.is_low else analyte.normal_high) if analyte else None
        if quantity is None:
            return unknown("no normal range is known for this result", *known.grounds)
        limit, whose = quantity.value, "the program's, as the laboratory gave none"
    is_beyond = is_below(known, limit) if side.is_low else is_above(known, limit)
    grounds = (*known.grounds, Ground(f"{side.words} {limit:g} ({whose})"))
    return Known(is_beyond.value, grounds, is_beyond.why_not)


@fact
def pth_high(at: Occasion) -> Known:
    """Is the parathyroid hormone above its range?"""
    return _is_high("pth", at["pth_pg_ml"], at)


@fact
def alp_high(at: Occasion) -> Known:
    """Is the alkaline phosphatase above its range?"""
    return _is_high("alp", at["alp_u_l"], at)


def _is_high(kind: str, known: Known, at: Occasion) -> Known:
    item = latest(at, kind)
    return known if item is None else beyond(HIGH, known, item, at)


@fact
def calcium_trouble_likely(at: Occasion) -> Known:
    """Is low calcium likely after a dose?

    With hypoparathyroidism, neck surgery, malabsorption, excised bowel or stomach, or advanced kidney disease.
    """
    excised = was_done((EXCISED_BOWEL,), at)
    return excised if excised.value is True else any_of(at, PRONE_TO_LOW_CALCIUM)


PRONE_TO_LOW_CALCIUM = ("hypoparathyroidism", "neck_surgery", "malabsorption", "bariatric_surgery", "advanced_ckd")
EXCISED_BOWEL = "small_bowel_excision"
