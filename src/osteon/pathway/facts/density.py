"""What do the density scans say: T-scores where they apply, Z-scores for the young, and how old is the scan?

After the ISCD: the lowest of lumbar spine, total hip and femoral neck counts; of two hips the lower; the one-third
radius only where spine and hip say nothing or where hyperparathyroidism makes it the better site.
"""

from __future__ import annotations

from osteon.chart.types import Measurement
from osteon.pathway.facts.bounds import is_at_least
from osteon.pathway.facts.lookup import age_d, measured, parameter
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

CENTRAL = ("lumbar_spine", "total_hip", "femoral_neck", "femur")
HIP = ("total_hip", "femoral_neck", "femur")
"""A `femur` whose part nobody named is one of the two, and counts for the hip."""
RADIUS = ("radius_33",)
SITES = (*CENTRAL, *RADIUS)
SCANS = ("t_score", "z_score", "bmd")

NO_T_SCORE = unknown("no valid T-score in the chart")
NO_Z_SCORE = unknown("no valid Z-score in the chart")
NO_SCAN = unknown("no density scan in the chart")
NOT_FOR_THE_YOUNG = unknown("T-scores do not count before the menopause or in a man under 50; see the Z-score")

BySite = dict[str, list[Measurement]]


@fact
def t_score_applies(at: Occasion) -> Known:
    """Do T-scores count? In women after the menopause and in men of 50 or more."""
    sex = at["sex"]
    if sex.value == "female":
        past = at["postmenopausal"]
        return Known(past.value, past.grounds, past.why_not)
    age = at["age_y"]
    if sex.value is None or age.value is None:
        return sex if sex.value is None else age
    applies = is_at_least(age, parameter(at, "adult_age_men", "diagnosis"))
    return applies if applies.value is None else Known(applies.value, (Ground(f"a man of {age.value:g}"),))


@fact
def t_score_lumbar_spine(at: Occasion) -> Known:
    """What is the latest valid T-score of the lumbar spine?"""
    return _t_score_at(at, "lumbar_spine")


@fact
def t_score_total_hip(at: Occasion) -> Known:
    """What is the latest valid T-score of the total hip, the lower of both sides?"""
    return _t_score_at(at, "total_hip")


@fact
def t_score_femoral_neck(at: Occasion) -> Known:
    """What is the latest valid T-score of the femoral neck, the lower of both sides?"""
    return _t_score_at(at, "femoral_neck")


@fact
def t_score_radius_33(at: Occasion) -> Known:
    """What is the latest valid T-score of the one-third radius?"""
    return _t_score_at(at, "radius_33")


@fact
def lowest_t_score(at: Occasion) -> Known:
    """What is the lowest valid T-score of today: of the latest at each site that counts?"""
    return _applicable(at, _lowest(at.once(_t_scores_now), _sites(at)))


@fact
def lowest_t_score_ever(at: Occasion) -> Known:
    """What is the lowest valid T-score there ever was? The diagnosis persists when density has risen."""
    ever = {site: min(items, key=_value) for site, items in at.once(_t_scores).items()}
    return _applicable(at, _lowest(ever, _sites(at)))


@fact
def lowest_hip_t_score(at: Occasion) -> Known:
    """What is the lower of the latest T-scores of total hip and femoral neck?"""
    now = at.once(_t_scores_now)
    return _applicable(at, min([now[site] for site in HIP if site in now], key=_value, default=None))


@fact
def lowest_z_score(at: Occasion) -> Known:
    """What is the lowest valid Z-score of the latest at each site that counts?"""
    item = _lowest(_lowest_at(by_site(at, "z_score")), _sites(at))
    return NO_Z_SCORE if item is None else _score(item)


@fact
def dxa_age_d(at: Occasion) -> Known:
    """How many days ago was the last density scan of spine, hip or radius?"""
    last = [next((item for item in measured(at, kind) if item.site in SITES), None) for kind in SCANS]
    return age_d(at, max(filter(None, last), key=lambda item: item.when, default=None), NO_SCAN)


# --- from the scans to one score --------------------------------------------------------------------------------------


def by_site(at: Occasion, kind: str) -> BySite:
    """The measurements of one kind at each site, the latest first."""
    found: BySite = {}
    for item in measured(at, kind):
        found.setdefault(item.site, []).append(item)
    return found


def _sites(at: Occasion) -> tuple[str, ...]:
    """The sites that count: the one-third radius too where hyperparathyroidism is known."""
    return SITES if at["hyperparathyroidism"].value is True else CENTRAL


def _lowest_at(scores: BySite) -> dict[str, Measurement]:
    """The lowest score of the latest day at each site: of two hips the lower."""
    return {site: items[0] if len(items) == 1 else _lowest_of_day(items) for site, items in scores.items()}


def _lowest_of_day(items: list[Measurement]) -> Measurement:
    return min([item for item in items if item.when == items[0].when], key=_value)


def _t_scores(at: Occasion) -> BySite:
    return by_site(at, "t_score")


def _t_scores_now(at: Occasion) -> dict[str, Measurement]:
    return _lowest_at(at.once(_t_scores))


def _lowest(by: dict[str, Measurement], sites: tuple[str, ...]) -> Measurement | None:
    """The lowest score at these sites; at the radius where none of them has one."""
    found = [by[site] for site in sites if site in by] or [by[site] for site in RADIUS if site in by]
    return min(found, key=_value, default=None)


def _value(item: Measurement) -> float:
    return item.value


def _t_score_at(at: Occasion, site: str) -> Known:
    return _applicable(at, at.once(_t_scores_now).get(site))


def _applicable(at: Occasion, item: Measurement | None) -> Known:
    """A T-score as a known value, where T-scores count for this patient."""
    if item is None:
        return NO_T_SCORE
    applies = at["t_score_applies"]
    if applies.value is True:
        return _score(item)
    if applies.value is False:
        return NOT_FOR_THE_YOUNG
    return unknown(f"a T-score of {item.value:g} is reported, but {applies.why_not}", *_score(item).grounds)


def _score(item: Measurement) -> Known:
    where = " ".join(filter(None, (item.side, item.site.replace("_", " "))))
    text = f"{where}, reference {item.reference}" if item.reference else where
    return Known(item.value, (Ground(text, item.source, item.when),))
