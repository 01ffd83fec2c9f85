"""What became of one invented person: was she scanned, was osteoporosis written down, was she treated?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from osteon.panel.synthetic.bones import BONES, YEAR, Skeleton
from osteon.panel.synthetic.figures import figure
from osteon.panel.synthetic.person import Break, Scan
from osteon.panel.synthetic.treatment import Chances, Treatment, treatment

THRESHOLD = -2.5
"""The T-score of osteoporosis (WHO 1994)."""

DRAWS = 16
_SCANNED_ON, _AFTER_BREAK, _TREATED, _STARTED, _AGAIN, _GAP, _CODED = range(7)
_AFTER_BONE = 8
_MOST_SCANS = 4


class Story(NamedTuple):
    """The scans, the treatment, and whether the problem list names osteoporosis."""

    scans: list[Scan]
    treatment: Treatment
    is_coded: bool


def story(
    own: Sequence[float],
    drawn: list[float],
    broken: list[Break],
    is_scanned: bool,
    is_woman: bool,
    skeleton: Skeleton,
    last: int,
) -> Story:
    """What happened up to the day `last`; `own` and `drawn` are the chances of this person."""
    first = _first_scan(own, broken, is_scanned, last)
    untreated = Treatment([], [])
    scans = [skeleton.scan(first, untreated, 0)] if first else []
    by_density = bool(scans) and min(t for _, t in scans[0].density.values()) <= THRESHOLD
    start = _start(own, broken, first if by_density else 0, is_woman, last)
    treated = treatment(is_woman, start, last, Chances(drawn)) if start else untreated
    day = first
    while day and (by_density or start) and own[_AGAIN] < _figure("scan_again", "all") and len(scans) < _MOST_SCANS:
        day += int(2 * YEAR + YEAR * own[_GAP])
        if day > last:
            break
        scans.append(skeleton.scan(day, treated, len(scans)))
    major = any(each.site in ("hip", "vertebra") for each in broken)
    is_coded = bool(start) or ((by_density or major) and own[_CODED] < _figure("coded", "all"))
    return Story(scans, treated, is_coded)


def _first_scan(own: Sequence[float], broken: list[Break], is_scanned: bool, last: int) -> int:
    if is_scanned:
        return last - 1 - int(8 * YEAR * own[_SCANNED_ON])
    if broken and own[_AFTER_BREAK] < _figure("scanned_after_fracture", "all"):
        day = max(each.day for each in broken) + 20 + int(160 * own[_SCANNED_ON])
        return day if day <= last else 0
    return 0


def _start(own: Sequence[float], broken: list[Break], diagnosed: int, is_woman: bool, last: int) -> int:
    """The day on which treatment began, within a year of a fracture or a scan; 0 for never."""
    share = 1.0 if is_woman else _figure("treated_of_men", "all")
    began = [
        each.day + 14
        for each in broken
        if own[_AFTER_BONE + BONES.index(each.site)] < share * _figure("treated_after", each.site)
    ]
    if diagnosed and own[_TREATED] < share * _figure("treated_after", "diagnosis"):
        began.append(diagnosed + 7)
    day = min(began, default=0) + int(340 * own[_STARTED])
    return day if began and day <= last else 0


@cache
def _figure(name: str, key: str) -> float:
    return figure(name, key)
