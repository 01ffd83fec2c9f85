"""What did FRAX say, and how likely is a fall?"""

from __future__ import annotations

from math import inf

from osteon.chart.types import Condition, When
from osteon.pathway.facts.bounds import both, is_above, is_at_least, some
from osteon.pathway.facts.fractures import fragility, grounds_of
from osteon.pathway.facts.lookup import age_d, latest, parameter, result
from osteon.pathway.facts.recorded import conditions
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

HARMFUL_FALL = "external_cause.low_fall"
FALLS = ("falls", HARMFUL_FALL)
BROKEN_BY_A_FALL = ("hip", "forearm", "humerus", "pelvis")
SEVERAL = ("recurrent", "repeated")

NO_FRAX = unknown("no FRAX result in the chart; it is typed in, never worked out here")
NO_FALLS = unknown("falls are not recorded")
TAKEN_AS_A_FALL = Ground("taken as broken in a fall")
NO_FALL = Known(False, (Ground("no fall in the last year"),))


@fact
def frax_mof_gc_adjusted_pct(at: Occasion) -> Known:
    """What becomes of FRAX for a major fracture under a glucocorticoid above 7.5 mg a day? Times 1.15 (ACR 2022)."""
    return _adjusted(at, "frax_mof_pct", "frax_mof_factor")


@fact
def frax_hip_gc_adjusted_pct(at: Occasion) -> Known:
    """What becomes of FRAX for a hip fracture under a glucocorticoid above 7.5 mg a day? Times 1.2 (ACR 2022)."""
    return _adjusted(at, "frax_hip_pct", "frax_hip_factor")


def _adjusted(at: Occasion, name: str, factor: str) -> Known:
    """A FRAX result raised for the dose of the steroid; bounds where that dose is not known."""
    risk, dose = at[name], at["glucocorticoid_mg_d"]
    is_high = is_above(dose, parameter(at, "frax_adjusted_above")).value
    if risk.bounds is None or is_high is False:
        return risk
    percent, (low, high), times = risk.number or 0.0, risk.bounds, parameter(at, factor)
    if is_high is None:
        return Known(percent, risk.grounds, "", low, max(high, high * times))
    bounds = (low * times, high * times) if low != high else (None, None)
    return Known(percent * times, (*risk.grounds, *dose.grounds), "", *bounds)


@fact
def frax_age_d(at: Occasion) -> Known:
    """How many days old is the FRAX result?"""
    return age_d(at, latest(at, "frax_mof") or latest(at, "frax_hip"), NO_FRAX)


@fact
def falls_last_year(at: Occasion) -> Known:
    """How many falls in the last year? As told, else at least as many as are recorded."""
    window_d = parameter(at, "falls_window")
    told = latest(at, "falls_count")
    if told is not None and (at.on - told.when.latest).days <= window_d:
        return result(told, "as told")
    falls = [each for kind in FALLS for each in conditions(kind, at, ever=True) if _is_recent(each, at)]
    low = float(sum(_times(each) for each in falls))
    if not low:
        return NO_FALLS
    return Known(low, tuple([Ground(each.text, each.source, each.began) for each in falls]), "", low, inf)


def _is_recent(item: Condition, at: Occasion) -> bool:
    return item.began is not None and _is_within(item.began, at)


def _is_within(when: When, at: Occasion) -> bool:
    return (at.on - when.earliest).days <= parameter(at, "falls_window")


def _times(fall: Condition) -> int:
    """How many falls does an entry stand for at least? `Recurrent falls` are two, `at risk for falls` is none."""
    words = fall.text.lower()
    return 0 if "risk" in words else 2 if any(word in words for word in SEVERAL) else 1


@fact
def injurious_fall(at: Occasion) -> Known:
    """Was there a fall with injury in the last year?

    As answered, or where an injury was recorded as from a fall; a fragility fracture of hip, forearm, humerus or pelvis
    is taken to come from one (a design assumption, which the grounds say), one of a vertebra is not.
    """
    harmful = [each for each in conditions(HARMFUL_FALL, at, ever=True) if _is_recent(each, at)]
    if harmful:
        return Known(True, tuple([Ground(each.text, each.source, each.began) for each in harmful]))
    broken = fragility(at).at(BROKEN_BY_A_FALL).certain
    recent = [each for each in broken if each.when is not None and _is_within(each.when, at)]
    if recent:
        return Known(True, (TAKEN_AS_A_FALL, *grounds_of(recent)))
    falls = at["falls_last_year"]
    return NO_FALL if falls.value == 0 and not falls.high else unknown("whether a fall did harm is not recorded")


@fact
def high_falls_risk(at: Occasion) -> Known:
    """Is the risk of falling high?

    After STEADI (recalled): a fall with injury, two falls or more, or one fall with a slow Timed Up and Go.
    """
    falls, slow = at["falls_last_year"], _is_slow(at)
    several = is_at_least(falls, parameter(at, "falls_high"))
    one_and_slow = both(is_at_least(falls, 1), slow)
    return some([at["injurious_fall"], several, one_and_slow])


def _is_slow(at: Occasion) -> Known:
    return is_at_least(at["timed_up_and_go_s"], parameter(at, "timed_up_and_go", "diagnosis"))
