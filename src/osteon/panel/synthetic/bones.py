"""How dense are the bones of the invented people, and which of them broke?"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from osteon.panel.synthetic.chance import Chance, Floats
from osteon.panel.synthetic.figures import by_age, figure, tables
from osteon.panel.synthetic.person import Break, Scan
from osteon.panel.synthetic.treatment import Treatment

SITES = ("lumbar_spine", "total_hip", "femoral_neck")
BONES = ("hip", "vertebra", "forearm", "humerus")
Flags = NDArray[np.bool_]

_DENSITY_OF = {"hip": 1, "vertebra": 0, "forearm": 1, "humerus": 1}
"""At which of `SITES` is the density that the risk of each bone goes with?"""

YEAR = 365.25
_MIDDLE = 5.0
"""Means by decade hold in the middle of the decade; between them lie straight lines."""

_LOST_WITHIN = 365.0
"""Days in which a gain is lost again, where that happens (FREEDOM and its extension: within a year)."""

_KEPT = frozenset({"alendronate", "risedronate", "ibandronate_oral", "zoledronic_acid"})
"""Drugs that stay in bone: what they gained is taken to last as long as a chart goes."""


def relative_densities(chance: Chance) -> Floats:
    """(patients, 3) densities as standard deviations from the mean of their age, with the correlation of the sites."""
    matrix = np.eye(len(SITES))
    for pair, each in tables()["density_correlation"].items():
        one, other = (SITES.index(site) for site in pair.split())
        matrix[one, other] = matrix[other, one] = each.value
    mix = np.linalg.cholesky(matrix)
    drawn = chance.normal("density", len(SITES))
    # Summed place by place, not as one product of matrices, whose order of summing may depend on the size of the block.
    return np.column_stack([sum(mix[row, col] * drawn[:, col] for col in range(row + 1)) for row in range(len(SITES))])


def untreated_densities(relative: Floats, age: Floats, is_woman: Flags) -> Floats:
    """(patients, 3) densities today without treatment, in g/cm2."""
    out = np.empty_like(relative)
    for place, site in enumerate(SITES):
        mean = np.where(is_woman, _mean(f"density.{site}.female", age), _mean(f"density.{site}.male", age))
        out[:, place] = np.maximum(mean + figure("density_sd", site) * relative[:, place], 0.30)
    return out


def _mean(name: str, age: Floats) -> Floats:
    table = tables()[name]
    middles = [float(key) + _MIDDLE for key in table]
    return np.asarray(np.interp(age, middles, [each.value for each in table.values()]))


def breaks(chance: Chance, age: Floats, is_woman: Flags, relative: Floats, today: int) -> list[list[Break]]:
    """The fractures of each person in the years that records look back, at most one of each bone."""
    luck, day = chance.uniform("breaks", len(BONES)), chance.uniform("broken on", len(BONES))
    side, fell = chance.uniform("broken side", len(BONES)), chance.uniform("broken how", len(BONES))
    reach = np.minimum(figure("fracture_look_back_years") * YEAR, (age - 50.0) * YEAR)
    found: list[list[Break]] = [[] for _ in age]
    for place, bone in enumerate(BONES):
        per_sd = math.log(figure("risk_per_sd", bone))
        more = np.exp(-per_sd * relative[:, _DENSITY_OF[bone]])
        base = np.interp(expected_breaks(bone, age, is_woman), *_base_hazards(per_sd))
        broken = luck[:, place] < -np.expm1(-base * more)
        for i in np.flatnonzero(broken).tolist():
            found[i].append(
                Break(
                    bone,
                    today - 1 - int(day[i, place] * reach[i]),
                    "left" if side[i, place] < 0.5 else "right",
                    bool(fell[i, place] < figure("low_energy", bone)),
                )
            )
    return found


def expected_breaks(bone: str, age: Floats, is_woman: Flags) -> Floats:
    """How many fractures of a bone does a person of this age and sex expect in the years that records look back?"""
    years = int(figure("fracture_look_back_years"))
    return np.asarray(sum(_rate(bone, age - back - 0.5, is_woman) for back in range(years)) / 1000.0)


@cache
def _base_hazards(per_sd: float) -> tuple[Floats, Floats]:
    """Expected fractures, and the hazard at the mean density under which so many people break a bone at least once.

    The risk of a person is the base times exp(-`per_sd` · density in SD), and density is normal: the mean over all is
    worked out by Gauss and Hermite. Without this the few with a very high risk, who break a bone once and not three
    times, would leave too few who broke one.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    base = np.geomspace(1e-6, 10.0, 400)
    share = (-np.expm1(-base[:, None] * np.exp(-per_sd * nodes))) @ (weights / weights.sum())
    return np.asarray(-np.log1p(-share)), base


def _rate(bone: str, age: Floats, is_woman: Flags) -> Floats:
    """Fractures in 1,000 people of this age in a year; none is drawn below 50."""
    women = by_age(f"fractures_per_1000.{bone}.female", age)
    own = f"fractures_per_1000.{bone}.male"
    men = by_age(own, age) if own in tables() else women * figure("fractures_of_men", bone)
    return np.where(age < 50.0, 0.0, np.where(is_woman, women, men))


class Skeleton:
    """The densities of one person in time: lost with age, gained by drugs, and read with an error."""

    def __init__(self, untreated: list[float], errors: list[float], today: int) -> None:
        self._untreated = untreated
        self._errors = errors
        self._today = today

    def scan(self, day: int, treated: Treatment, number: int) -> Scan:
        """What does a scan on this day show?"""
        out = {}
        for place, site in enumerate(SITES):
            older = 1.0 + _figure("loss_per_year", site) * (self._today - day) / YEAR
            error = 1.0 + _figure("scan_error", site) * self._errors[(3 * number + place) % len(self._errors)]
            density = round(self._untreated[place] * older * (1.0 + gain(treated, day, site)) * error, 3)
            out[site] = density, round(t_score(density, site), 1)
        return Scan(day, out)

    def t_scores(self) -> tuple[float, float, float]:
        """The T-scores today without treatment, as nobody measures them."""
        spine, hip, neck = (t_score(self._untreated[place], site) for place, site in enumerate(SITES))
        return spine, hip, neck


def t_score(density: float, site: str) -> float:
    """Standard deviations from the mean of young women."""
    return (density - _figure("density_at_30", site)) / _figure("density_at_30_sd", site)


def gain(treated: Treatment, day: int, site: str) -> float:
    """By which share is the density higher on a day through the drugs so far?"""
    spans: dict[str, tuple[int, int]] = {}
    for course in treated.courses:
        spans[course.drug] = (course.start, course.end or day)
    for dose in treated.doses:
        lasts = dose.day + {"denosumab": 183, "zoledronic_acid": 730}.get(dose.drug, 30)
        spans[dose.drug] = (min(dose.day, spans.get(dose.drug, (dose.day, 0))[0]), lasts)
    total, months = 0.0, _figure("gain_time", "months")
    for drug, (start, end) in spans.items():
        if start >= day:
            continue
        most = _figure(f"gain.{drug}", "lumbar_spine" if site == "lumbar_spine" else "total_hip")
        reached = most * -math.expm1(-(min(day, end) - start) / (30.4375 * months))
        is_followed = any(other != drug and begins >= start for other, (begins, _) in spans.items())
        if end < day and drug not in _KEPT and not is_followed:
            reached *= max(0.0, 1.0 - (day - end) / _LOST_WITHIN)
        total += reached
    return total


@cache
def _figure(name: str, key: str) -> float:
    return figure(name, key)
