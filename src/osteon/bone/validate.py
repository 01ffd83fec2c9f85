"""How well does the model predict trial arms that it has not seen?

Each case is one arm, or the difference of two, between two months. Predicted is the mean over the posterior; the
interval is for the mean of a trial arm: the parameters' uncertainty, the model's own error as left-out trials showed
it, and the chance of an arm of limited size.
"""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from osteon.bone.covariates import adjusted, evidence_flags
from osteon.bone.observations import DEFAULT_T_SCORES
from osteon.bone.patient import SITES, Patient, Scan, Sex, Site
from osteon.bone.populations import population
from osteon.bone.posterior import draw, shipped
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.residuals import changes_course
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.bone.types import Flag

SAMPLES, SEED = 192, 1

ARM_SD_PCT = 4.0
ARM_PATIENTS = 100.0
"""Chance of an arm's mean: between-patient SD of change about 4 points (evidence tables), arm size a design default."""

USUAL_AGE, LONG_AFTER_MENOPAUSE = 72.0, 21.0
"""An arm stands for the average of the trials behind the model, unless its population is early menopause."""

IMPAIRED_ML_MIN = 45.0
"""Creatinine clearance of an arm with kidney disease: the middle of stage 3 (design)."""

WIDER = {"sparse": 1.25, "outside": 1.5, "untested": 1.5}
"""How much wider the model's error is taken where a flag says that little or nothing is known. Design."""

_Z90, _Z50 = 1.6448536269514722, 0.6744897501960817


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What did one arm show? Months from baseline; `observed_pct` in points of per cent, less the comparator's."""

    case: str
    population: str
    sex: Sex
    t_score_lumbar_spine: float | None
    t_score_total_hip: float | None
    regimen: Regimen
    comparator: Regimen | None
    site: Site
    from_month: float
    to_month: float
    observed_pct: float


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What was predicted of a case? All in points of per cent; `error` is predicted less observed."""

    case: str
    site: Site
    from_month: float
    to_month: float
    observed_pct: float
    predicted_pct: float
    lo50: float
    hi50: float
    lo90: float
    hi90: float
    error: float
    flags: tuple[str, ...]


class SiteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How good were the predictions at one site? Errors and widths in points, coverage from 0 to 1.

    The interval score is Gneiting's for the 90 % interval (width plus 20 times what falls outside): less is better.
    """

    n: int
    median_abs_error: float
    rmse: float
    bias: float
    coverage_50: float
    coverage_90: float
    mean_half_width_90: float
    mean_interval_score_90: float


class Validation(msgspec.Struct, frozen=True):
    """How good is the model on these cases?"""

    model: str
    summary: dict[Site, SiteSummary]
    rows: tuple[Row, ...]


class CaseError(ValueError):
    """Which line of the table cannot be used, and how is it mended?"""


def read_cases(lines: Iterable[str]) -> tuple[Case, ...]:
    """Which cases does this CSV hold? Raises `CaseError` with the line at fault; further columns are ignored."""
    reader = csv.DictReader(lines)
    wanted = {"regimen", "site", "from_month", "to_month", "observed_pct"}
    absent = wanted - set(reader.fieldnames or ())
    if absent:
        msg = f"the table lacks the column{'s' if len(absent) > 1 else ''} {', '.join(sorted(absent))}"
        raise CaseError(msg)
    return tuple(_case(number, row) for number, row in enumerate(reader, start=2))


def _case(line: int, row: dict[str, str | None]) -> Case:
    text = {key: (value or "").strip() for key, value in row.items() if key}
    try:
        if text["site"] not in SITES:
            msg = f"site must be one of {', '.join(SITES)}, not {text['site']!r}"
            raise ValueError(msg)
        sex = (text.get("sex") or "F")[0].upper()
        return Case(
            case=text.get("case") or f"line {line}",
            population=text.get("population") or "pmo",
            sex="M" if sex == "M" else "F",
            t_score_lumbar_spine=_number(text.get("t_score_lumbar_spine")),
            t_score_total_hip=_number(text.get("t_score_total_hip")),
            regimen=parse_regimen(text["regimen"]),
            comparator=parse_regimen(text["comparator"]) if text.get("comparator") else None,
            site=text["site"],
            from_month=float(text["from_month"]),
            to_month=float(text["to_month"]),
            observed_pct=float(text["observed_pct"]),
        )
    except ValueError as error:
        msg = f"line {line}: {error}"
        raise CaseError(msg) from error


def _number(text: str | None) -> float | None:
    return float(text) if text and text.lower() not in ("na", "nan", "none", "unknown") else None


class _Arm(NamedTuple):
    patient: Patient
    flags: tuple[Flag, ...]


def validate(path: Path) -> Validation:
    """How well are the cases of this CSV predicted? Columns as in docs/how-to/forecast.md."""
    with path.open(newline="", encoding="utf-8") as file:
        return judge(read_cases(file))


def judge(cases: Sequence[Case]) -> Validation:
    """How well are these cases predicted?"""
    drawn = draw(SAMPLES, SEED)
    seen: dict[tuple[Patient, Regimen], tuple[Floats, Floats]] = {}
    rows = []
    months: dict[tuple[Patient, Regimen], set[float]] = {}
    arms = [_arm(case) for case in cases]
    for case, arm in zip(cases, arms, strict=True):
        for regimen in (case.regimen, case.comparator):
            if regimen is not None:
                months.setdefault((arm.patient, regimen), {0.0}).update((case.from_month, case.to_month))
    for (patient, regimen), wanted in months.items():
        parameters, _ = adjusted(drawn.parameters, patient, drawn.scaling)
        looks = np.array(sorted(wanted))
        seen[patient, regimen] = looks, simulate(parameters, [regimen], looks)[0][:, :, :3]
    for case, arm in zip(cases, arms, strict=True):
        change = _change(seen[arm.patient, case.regimen], case)
        if case.comparator is not None:
            change = change - _change(seen[arm.patient, case.comparator], case)
        rows.append(_row(case, arm.flags, change))
    return Validation(shipped().version, _summaries(rows), tuple(rows))


def _arm(case: Case) -> _Arm:
    _, found, flags = population(case.population)
    spine, hip = DEFAULT_T_SCORES
    scans: list[Scan] = []
    for site, value, default in (
        ("lumbar_spine", case.t_score_lumbar_spine, spine),
        ("total_hip", case.t_score_total_hip, hip),
    ):
        if value is None:
            flags = (*flags, Flag("assumed", f"T-score of the {site.replace('_', ' ')} not given: {default} stands in"))
        scans.append(Scan(0.0, site, default if value is None else value))  # type: ignore[arg-type]
    text = case.population.lower()
    early = found.menopause_y
    patient = Patient(
        sex=case.sex,
        age=USUAL_AGE if early is None else found.age.mean,
        years_since_menopause=None if case.sex == "M" else LONG_AFTER_MENOPAUSE if early is None else sum(early) / 2.0,
        scans=tuple(scans),
        glucocorticoid_mg_day=found.glucocorticoid_mg_day or 0.0,
        crcl_ml_min=IMPAIRED_ML_MIN if any(word in text for word in ("kidney", "ckd", "renal")) else 90.0,
        calcium_and_vitamin_d=not any(word in text for word in ("no calcium", "without calcium", "no supplement")),
    )
    return _Arm(patient, (*flags, *evidence_flags(case.regimen, patient)))


def _change(seen: tuple[Floats, Floats], case: Case) -> Floats:
    looks, ratio = seen
    column = SITES.index(case.site)
    first = ratio[:, int(np.searchsorted(looks, case.from_month)), column]
    last = ratio[:, int(np.searchsorted(looks, case.to_month)), column]
    return np.asarray(100.0 * (last / first - 1.0))


def _row(case: Case, flags: Sequence[Flag], change: Floats) -> Row:
    predicted = float(change.mean())
    error = shipped().model_error[case.site]
    own = error.sd(np.array(abs(predicted)), (case.to_month - case.from_month) / 12.0, changes_course(case))
    wider = max((WIDER.get(flag.kind, 1.0) for flag in flags), default=1.0)
    arms = 1.0 if case.comparator is None else 2.0
    chance = ARM_SD_PCT * math.sqrt(arms / ARM_PATIENTS)
    sd = math.sqrt(float(change.var()) + (wider * float(own)) ** 2 + chance**2)
    return Row(
        case=case.case,
        site=case.site,
        from_month=case.from_month,
        to_month=case.to_month,
        observed_pct=case.observed_pct,
        predicted_pct=predicted,
        lo50=predicted - _Z50 * sd,
        hi50=predicted + _Z50 * sd,
        lo90=predicted - _Z90 * sd,
        hi90=predicted + _Z90 * sd,
        error=predicted - case.observed_pct,
        flags=tuple(flag.text for flag in flags),
    )


def _summaries(rows: Sequence[Row]) -> dict[Site, SiteSummary]:
    out: dict[Site, SiteSummary] = {}
    for site in SITES:
        mine = [row for row in rows if row.site == site]
        if mine:
            out[site] = _summary(mine)
    return out


def _summary(rows: Sequence[Row]) -> SiteSummary:
    error = np.array([row.error for row in rows])
    observed = np.array([row.observed_pct for row in rows])
    low, high = (np.array([getattr(row, name) for row in rows]) for name in ("lo90", "hi90"))
    low50, high50 = (np.array([getattr(row, name) for row in rows]) for name in ("lo50", "hi50"))
    outside = np.maximum(low - observed, 0.0) + np.maximum(observed - high, 0.0)
    return SiteSummary(
        n=len(rows),
        median_abs_error=float(np.median(np.abs(error))),
        rmse=float(np.sqrt(np.mean(error**2))),
        bias=float(error.mean()),
        coverage_50=float(np.mean((observed >= low50) & (observed <= high50))),
        coverage_90=float(np.mean((observed >= low) & (observed <= high))),
        mean_half_width_90=float(np.mean(high - low) / 2.0),
        mean_interval_score_90=float(np.mean(high - low + 20.0 * outside)),
    )
