"""Forecasts made by hand, for pictures and pages: smooth curves in the shape of the real ones, not results."""

from __future__ import annotations

import math
from collections.abc import Callable

from osteon.bone.goals import SD_OF_MEAN
from osteon.bone.patient import SITES, Site
from osteon.bone.types import FRACTURE_KINDS, Fan, Flag, Forecast, FractureFan, FractureKind, TargetChance

Curve = Callable[[float], float]

TODAY: dict[Site, float] = {"lumbar_spine": -3.1, "total_hip": -2.6, "femoral_neck": -2.8}
SHARE: dict[Site, float] = {"lumbar_spine": 1.0, "total_hip": 0.6, "femoral_neck": 0.55}
MEAN_G_CM2: dict[Site, float] = {"lumbar_spine": 1.047, "total_hip": 0.942, "femoral_neck": 0.858}

DENOSUMAB = "denosumab:60mg/6mo@0-120"
ZOLEDRONATE = "zoledronic_acid:5mg/12mo@0-36"


def rising(most_pct: float, years: float) -> Curve:
    """A gain that rises to `most_pct` with this time constant."""
    return lambda month: most_pct * (1.0 - math.exp(-month / 12.0 / years))


def rebound(most_pct: float, stop_month: float) -> Curve:
    """A gain that is lost within a year and a half of a stop."""
    gain = rising(most_pct, 2.5)
    return lambda month: gain(month) if month <= stop_month else gain(stop_month) * math.exp(-(month - stop_month) / 9)


def forecast(
    regimen: str = DENOSUMAB,
    *,
    gain: Curve | None = None,
    years: int = 10,
    t_scores: bool = True,
    fractures: bool = True,
    flags: tuple[Flag, ...] = (),
) -> Forecast:
    """A forecast of the right shape. `gain` is the change at the spine in per cent by month."""
    gain = gain or rising(14.0, 3.5)
    months = tuple(float(month) for month in range(12 * years + 1))
    density = {site: _density(months, gain, SHARE[site]) for site in SITES}
    scores = {site: _mapped(density[site], lambda pct, site=site: _t_score(pct, site)) for site in SITES}
    grams = {site: _mapped(density[site], lambda pct, site=site: _g_cm2(pct, site)) for site in SITES}
    return Forecast(
        regimen=regimen,
        months=months,
        density_pct=density,
        t_score=scores if t_scores else {},
        density_g_cm2=grams if t_scores else {},
        turnover={},
        fractures={kind: _fractures(kind, years) for kind in FRACTURE_KINDS} if fractures else None,
        fracture_basis="10-year risks as typed in, from FRAX" if fractures else "no risk and no age is known",
        targets=(TargetChance("total_hip", -2.5, tuple(min(0.95, 0.12 * (year + 1)) for year in range(years))),)
        if t_scores
        else (),
        flags=flags,
        evidence=212,
        learned_from=3,
        samples=500,
        seed=1,
        model="0.1.0",
    )


def _density(months: tuple[float, ...], gain: Curve, share: float) -> Fan:
    middle = [100.0 + share * gain(month) for month in months]
    spread = [
        0.9 * math.sqrt(month / 12.0) + 0.02 * abs(value - 100.0) for month, value in zip(months, middle, strict=True)
    ]
    return Fan(
        *(
            tuple(value + z * sd for value, sd in zip(middle, spread, strict=True))
            for z in (-1.645, -0.674, 0.0, 0.674, 1.645)
        )
    )


def _mapped(fan: Fan, to: Callable[[float], float]) -> Fan:
    every = (fan.low90, fan.low50, fan.median, fan.high50, fan.high90)
    return Fan(*(tuple(to(value) for value in values) for values in every))


def _t_score(pct: float, site: Site) -> float:
    relative = SD_OF_MEAN[site]
    return ((1.0 + relative * TODAY[site]) * pct / 100.0 - 1.0) / relative


def _g_cm2(pct: float, site: Site) -> float:
    return MEAN_G_CM2[site] * (1.0 + SD_OF_MEAN[site] * TODAY[site]) * pct / 100.0


def _fractures(kind: FractureKind, years: int) -> FractureFan:
    yearly = {"vertebral": 0.02, "hip": 0.006, "nonvertebral": 0.025}[kind]
    relative = {"vertebral": 0.35, "hip": 0.6, "nonvertebral": 0.8}[kind]
    excess = {"vertebral": 0.004}.get(kind, 0.0)

    def cumulative(each: float) -> tuple[float, ...]:
        return tuple(1.0 - (1.0 - each) ** (year + 1) for year in range(years))

    factors = (0.6, 0.8, 1.0, 1.25, 1.6)
    return FractureFan(
        yearly=Fan(*((yearly * relative * each,) * years for each in factors)),
        cumulative=Fan(*(cumulative(yearly * relative * each) for each in factors)),
        untreated=cumulative(yearly),
        relative_risk=(relative,) * years,
        excess_after_stop=(*((0.0,) * (years - 1)), excess),
    )
