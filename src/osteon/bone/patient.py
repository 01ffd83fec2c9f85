"""Whose skeleton is it, what was measured of it, and what has it been given?"""

from typing import Literal

import msgspec

from osteon.bone.regimen import Regimen

Site = Literal["lumbar_spine", "total_hip", "femoral_neck"]
Marker = Literal["ctx", "p1np"]
Sex = Literal["F", "M"]

SITES: tuple[Site, ...] = ("lumbar_spine", "total_hip", "femoral_neck")
MARKERS: tuple[Marker, ...] = ("ctx", "p1np")


class Scan(msgspec.Struct, frozen=True):
    """What did a DXA scan show? `month` counts from today (0 or before); a T-score has no unit."""

    month: float
    site: Site
    t_score: float


class MarkerLevel(msgspec.Struct, frozen=True):
    """What did a turnover marker read? `month` counts from today; CTX in ng/L, P1NP in ug/L."""

    month: float
    marker: Marker
    value: float


class FractureHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Which fractures raise the risk? None where nobody can tell."""

    vertebral: bool | None = None
    hip: bool | None = None
    other_fragility: bool | None = None


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one patient that bears on her bone? None is "not known" and is said on the forecast.

    Ages and years since menopause in years, glucocorticoid in mg/d of prednisolone equivalent, creatinine clearance
    in mL/min; `history` is the treatment so far in months before today (negative); risks are 10-year
    probabilities (0 to 1) as another tool gave them, with its name in `risk_source`.
    """

    sex: Sex
    age: float
    years_since_menopause: float | None = None
    scans: tuple[Scan, ...] = ()
    markers: tuple[MarkerLevel, ...] = ()
    history: Regimen = Regimen()
    glucocorticoid_mg_day: float | None = None
    crcl_ml_min: float | None = None
    calcium_and_vitamin_d: bool | None = None
    fractures: FractureHistory = FractureHistory()
    hip_risk_10y: float | None = None
    major_risk_10y: float | None = None
    risk_source: str | None = None

    def latest(self, site: Site) -> Scan | None:
        """What did the newest scan of this site show?"""
        seen = [scan for scan in self.scans if scan.site == site]
        return max(seen, key=lambda scan: scan.month) if seen else None
