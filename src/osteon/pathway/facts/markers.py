"""How fast does bone turn over, and did treatment slow it?"""

from __future__ import annotations

from osteon.pathway.facts.courses import osteoporosis_courses
from osteon.pathway.facts.lookup import cited, is_running, measured, parameter
from osteon.pathway.formulas import change_pct
from osteon.pathway.known import Known, unknown
from osteon.pathway.occasion import Occasion, fact

MARKERS = ("ctx", "p1np")

NO_PAIR = unknown("no marker that was measured both before and on the treatment of today")


@fact
def marker_fall_pct(at: Occasion) -> Known:
    """By how many per cent did a turnover marker fall on the treatment of today? A rise is negative.

    CTX, else P1NP: the last before the treatment began against the latest on it.
    """
    starts = [each.start.earliest for each in osteoporosis_courses(at) if each.start and is_running(each, at)]
    if not starts:
        return NO_PAIR
    start = max(starts)
    window_d, settled_d = parameter(at, "marker_baseline_window"), parameter(at, "marker_after_start")
    for kind in MARKERS:
        after = before = None
        for item in measured(at, kind):
            if after is None and (item.when.earliest - start).days >= settled_d:
                after = item
            if before is None and 0 <= (start - item.when.latest).days <= window_d:
                before = item
        if before is not None and after is not None and before.value > 0:
            grounds = (cited(before, "before"), cited(after, "on treatment"))
            return Known(-change_pct(before.value, after.value), grounds)
    return NO_PAIR
