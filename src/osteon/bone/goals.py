"""Which regimen reaches the goal, with the least burden?"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from osteon.bone.patient import SITES, Patient, Site
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import Floats
from osteon.bone.types import Forecast, TargetChance

Foresee = Callable[[Patient, Sequence[Regimen]], Sequence[Forecast]]
"""A forecaster: `osteon.bone.forecast.forecast` with its years, samples and seed bound."""

SD_OF_MEAN: dict[Site, float] = {
    "lumbar_spine": 0.110 / 1.047,
    "total_hip": 0.122 / 0.942,
    "femoral_neck": 0.120 / 0.858,
}
"""SD over mean of young women's density: Hologic (spine) and NHANES III (hip), as in knowledge/reference_densities."""


def ratio_at_target(t_score: Floats, target: float) -> Floats:
    """By which factor must density change to reach the target T-score?

    (..., 3) for T-scores (..., 3) in the order of `SITES`. A T-score of T is the density mean + T * SD of young women.
    """
    relative = np.array([SD_OF_MEAN[site] for site in SITES])
    return np.asarray((1.0 + relative * target) / (1.0 + relative * np.asarray(t_score, float)))


def t_score_after(t_score: Floats, ratio: Floats) -> Floats:
    """Which T-score is it once density has changed by this factor? Both (..., 3) in the order of `SITES`."""
    relative = np.array([SD_OF_MEAN[site] for site in SITES])
    return np.asarray(((1.0 + relative * np.asarray(t_score, float)) * ratio - 1.0) / relative)


def chance_of_target(ratio: Floats, months: Floats, t_score: Floats, site: Site, target: float) -> TargetChance:
    """How likely is the T-score of this site at or above the target at the end of each year?

    `ratio` (samples, months, 3) is density against today's, at `months` (months,) from today; `t_score` (3,) or
    (samples, 3) is today's. One chance for each whole year that was looked at; between looks density runs straight.
    """
    place = SITES.index(site)
    wanted = np.broadcast_to(ratio_at_target(t_score, target)[..., place], (len(ratio),))
    years = np.arange(12.0, float(months[-1]) + 1e-6, 12.0)
    above = np.searchsorted(months, years - 1e-9)
    weight = np.where(above > 0, (years - months[above - 1]) / np.maximum(months[above] - months[above - 1], 1e-9), 1.0)
    dense = ratio[:, above - 1, place] * (1.0 - weight) + ratio[:, above, place] * weight
    return TargetChance(site, target, tuple(float(share) for share in (dense >= wanted[:, None]).mean(axis=0)))


class Reach(msgspec.Struct, frozen=True):
    """How does one regimen stand to the goal?

    `chance` (0 to 1) is that of being at or above the target at the end of the year asked for; `first_year` the first
    year in which the chance asked for is reached, None if never; `burden` in the unit that was passed in, None where
    it is not known.
    """

    regimen: str
    chance: float | None
    first_year: int | None
    burden: float | None
    because: str


class SmallestBurden(msgspec.Struct, frozen=True, kw_only=True):
    """Which regimen reaches the goal with the least burden? `best` is None where none does, and `sentence` says why."""

    site: Site
    target: float
    year: int
    chance: float
    best: Reach | None
    others: tuple[Reach, ...]
    sentence: str


def smallest_burden(
    forecasts: Sequence[Forecast],
    burden: Mapping[str, float],
    *,
    site: Site,
    target: float,
    year: int,
    chance: float,
    unit: str = "visits",
) -> SmallestBurden:
    """Which of these regimens has the least burden among those that reach the target by `year` with this chance?

    `burden` maps the regimen as the forecast writes it to a number (visits, hours, money: `unit` names it); a regimen
    without one cannot be chosen, and says so. Equal burdens are parted by the higher chance. The others come with the
    reason why they were not chosen. Raises ValueError for a chance outside 0 to 1 or a year below 1.
    """
    if not 0.0 < chance <= 1.0 or year < 1:
        msg = f"ask for a chance above 0 up to 1 and a year from 1 on, not {chance:g} in year {year}"
        raise ValueError(msg)
    asked = [_reach(forecast, burden, site, target, year, chance) for forecast in forecasts]
    able = [each for each in asked if each.chance is not None and each.chance >= chance and each.burden is not None]
    aim = f"a T-score of {target:g} at the {_said(site)} by year {year} with a chance of {100.0 * chance:.0f} %"
    if not able:
        nearest = max(
            (each for each in asked if each.chance is not None), key=lambda each: each.chance or 0.0, default=None
        )
        found = (
            "no forecast tells its chance"
            if nearest is None
            else f"the nearest is {nearest.regimen}: {nearest.because}"
        )
        return SmallestBurden(
            site=site, target=target, year=year, chance=chance, best=None, others=tuple(asked),
            sentence=f"None of these regimens is known to reach {aim}; {found}.",
        )  # fmt: skip
    best = min(able, key=lambda each: (each.burden or 0.0, -(each.chance or 0.0)))
    others = tuple(
        msgspec.structs.replace(each, because=f"{each.because}; {_why_not(each, best, chance, unit)}")
        for each in asked
        if each is not best
    )
    return SmallestBurden(
        site=site, target=target, year=year, chance=chance, best=best, others=others,
        sentence=f"{best.regimen} reaches {aim} with the least burden: {best.burden:g} {unit}.",
    )  # fmt: skip


def _reach(
    forecast: Forecast, burden: Mapping[str, float], site: Site, target: float, year: int, chance: float
) -> Reach:
    known = burden.get(forecast.regimen)
    told = next((each for each in forecast.targets if each.site == site and abs(each.target - target) < 1e-6), None)
    if told is None:
        because = f"the forecast does not tell the chance of {target:g} at the {_said(site)}"
        return Reach(forecast.regimen, None, None, known, because)
    first = next((number for number, share in enumerate(told.by_year, 1) if share >= chance), None)
    if year > len(told.by_year):
        because = f"the forecast ends after year {len(told.by_year)}"
        return Reach(forecast.regimen, None, first, known, because)
    share = told.by_year[year - 1]
    return Reach(forecast.regimen, share, first, known, f"chance {100.0 * share:.0f} % in year {year}")


def _why_not(each: Reach, best: Reach, chance: float, unit: str) -> str:
    if each.chance is None:
        return "cannot tell"
    if each.chance < chance:
        later = "" if each.first_year is None else f" (it gets there in year {each.first_year})"
        return f"less than the {100.0 * chance:.0f} % asked for{later}"
    if each.burden is None or best.burden is None:
        return "its burden is not known"
    more = each.burden - best.burden
    return f"{more:g} {unit} more" if more > 0.0 else "the same burden and a lower chance"


def _said(site: Site) -> str:
    return site.replace("_", " ")
