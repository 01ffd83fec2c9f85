"""Did density change between two scans by more than the measurement itself scatters?"""

from __future__ import annotations

from osteon.chart.types import Measurement
from osteon.pathway.facts.bounds import is_at_most, some
from osteon.pathway.facts.courses import covering, osteoporosis_courses
from osteon.pathway.facts.density import BySite, by_site
from osteon.pathway.facts.lookup import parameter
from osteon.pathway.formulas import change_pct
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

MONITORED = ("lumbar_spine", "total_hip", "femoral_neck")

NO_PAIR = unknown("no two scans of this site")
NO_SAME_MACHINE = unknown("no two scans of this site that are known to be from the same machine")
NOTHING_COMPARED = unknown("no site has two scans that are known to be from the same machine")
NO_LOSS = Known(False, (Ground("no density was lost"),))
UNTREATED_LOSS = Known(False, (Ground("the loss was not on treatment"),))


@fact
def bmd_change_lumbar_spine_pct(at: Occasion) -> Known:
    """By how many per cent did spine density change from the scan before to the last one? Negative is a loss."""
    return _change(at, "lumbar_spine")


@fact
def bmd_change_total_hip_pct(at: Occasion) -> Known:
    """By how many per cent did total-hip density change from the scan before to the last one? Negative is a loss."""
    return _change(at, "total_hip")


@fact
def bmd_change_femoral_neck_pct(at: Occasion) -> Known:
    """By how many per cent did femoral-neck density change from the scan before to the last one?"""
    return _change(at, "femoral_neck")


@fact
def significant_bmd_loss(at: Occasion) -> Known:
    """Was density lost beyond the least significant change, at any site that can be compared?"""
    losses = [
        is_at_most(change, -least_significant_change_pct(at, site))
        for site in MONITORED
        if (change := at[f"bmd_change_{site}_pct"]).value is not None
    ]
    return some(losses) if losses else NOTHING_COMPARED


@fact
def significant_bmd_loss_on_treatment(at: Occasion) -> Known:
    """Was density lost beyond the least significant change while a drug for osteoporosis had its year to work?"""
    loss = at["significant_bmd_loss"]
    if loss.value is not True:
        return loss
    day = max((ground.when for ground in loss.grounds if ground.when), default=None)
    if day is None:
        return unknown("the scans are not dated")
    covered = [covering(course, day, at) for course in osteoporosis_courses(at)]
    if True in covered:
        return loss
    if None in covered or "medications" not in at.chart.lists:
        return unknown("whether a drug was taken between the scans is not recorded exactly enough")
    return UNTREATED_LOSS


def least_significant_change_pct(at: Occasion, site: str) -> float:
    """How large must a change at this site be to be more than scatter? Per cent, at 95 % confidence."""
    return parameter(at, f"lsc_{site}")


def _change(at: Occasion, site: str) -> Known:
    """The change from the latest earlier scan on the same machine and side; of two hips the greater loss."""
    scans = at.once(_densities).get(site, [])
    last = [item for item in scans if item.when == scans[0].when]
    earlier = scans[len(last) :]
    if not earlier:
        return NO_PAIR
    pairs = [(item, next((each for each in earlier if _is_comparable(item, each)), None)) for item in last]
    changes = [_changed(before, item) for item, before in pairs if before is not None and before.value > 0]
    return min(changes, key=lambda change: change.number or 0.0, default=NO_SAME_MACHINE)


def _changed(before: Measurement, last: Measurement) -> Known:
    grounds = (
        Ground(f"{last.value:g} {last.unit}", last.source, last.when),
        Ground(f"before: {before.value:g} {before.unit}", before.source, before.when),
    )
    return Known(change_pct(before.value, last.value), grounds)


def _densities(at: Occasion) -> BySite:
    return by_site(at, "bmd")


def _is_comparable(last: Measurement, earlier: Measurement) -> bool:
    return bool(last.machine) and last.machine == earlier.machine and last.side == earlier.side
