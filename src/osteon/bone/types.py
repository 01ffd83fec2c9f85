"""What does a forecast say?

Every `Fan` has one value for each month of the forecast. Nothing here is computed: these are the shapes that cross
from `bone` to the rooms above.
"""

from typing import Literal

import msgspec

from osteon.bone.patient import Marker, Site

FlagKind = Literal["untested", "sparse", "assumed", "outside"]
FractureKind = Literal["vertebral", "hip", "nonvertebral"]

FRACTURE_KINDS: tuple[FractureKind, ...] = ("vertebral", "hip", "nonvertebral")


class Flag(msgspec.Struct, frozen=True):
    """What must the reader of this forecast know?

    `untested`: no trial behind it; `sparse`: little data; `assumed`: an input was missing and a default stands in its
    place; `outside`: outside the range of the data. `observations` counts the rows of evidence, where that is a number.
    """

    kind: FlagKind
    text: str
    observations: int | None = None


class Fan(msgspec.Struct, frozen=True):
    """Where do 50 % and 90 % of what may happen lie? One value per month (or year) each, all of one length."""

    low90: tuple[float, ...]
    low50: tuple[float, ...]
    median: tuple[float, ...]
    high50: tuple[float, ...]
    high90: tuple[float, ...]


class FractureFan(msgspec.Struct, frozen=True):
    """How likely is a fracture of this kind? One value per year; probabilities from 0 to 1.

    `yearly[k]` is the chance within year k + 1, `cumulative[k]` by its end; `untreated` is the median cumulative
    chance had she never been treated, on calcium and vitamin D alone; `relative_risk` the median of yearly against
    that.
    `excess_after_stop[k]` is the part of the yearly chance that comes from the rebound after a stopped or late dose.
    """

    yearly: Fan
    cumulative: Fan
    untreated: tuple[float, ...]
    relative_risk: tuple[float, ...]
    excess_after_stop: tuple[float, ...]


class TargetChance(msgspec.Struct, frozen=True):
    """How likely is the T-score of this site at or above the target? One chance (0 to 1) per year."""

    site: Site
    target: float
    by_year: tuple[float, ...]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What will this regimen do to this skeleton?

    `months` from 0 (today) on. `density_pct`: per cent of today's density (100 today); `t_score` and `density_g_cm2`
    only for sites with a scan; `turnover`: ratio to this patient's own untreated level. `fractures` is None where no
    baseline risk can be told, and `fracture_basis` says from what the baseline comes.
    """

    regimen: str
    months: tuple[float, ...]
    density_pct: dict[Site, Fan]
    t_score: dict[Site, Fan]
    density_g_cm2: dict[Site, Fan]
    turnover: dict[Marker, Fan]
    fractures: dict[FractureKind, FractureFan] | None
    fracture_basis: str
    targets: tuple[TargetChance, ...]
    flags: tuple[Flag, ...]
    evidence: int
    learned_from: int
    samples: int
    seed: int
    model: str
