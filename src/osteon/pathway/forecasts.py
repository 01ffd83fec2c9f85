"""What would each option do to this patient's bone, what if a dose is late, and what if nothing is given?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from osteon.bone.late_dose import LateDose, next_dose_late
from osteon.bone.patient import Patient
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.types import Fan, Forecast
from osteon.knowledge.spans import DAYS_PER_MONTH
from osteon.pathway.gate import gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.options import Option, Standing
from osteon.pathway.outlook import IfLate, OptionForecast, Outlook
from osteon.pathway.plan import Plan
from osteon.pathway.skeleton import NoSkeletonError, skeleton
from osteon.pathway.start import start

YEARS = 10
SAMPLES = 300
"""Skeletons behind the forecasts of a plan (design): a chance of 50 % is then known to about 3 points, and the plan is
there at once. `osteon forecast` takes as many as are asked for."""

SEED = 1

_MONTHS = (*range(0, 24, 3), *range(24, 36, 6))
"""Months that a plan keeps in the first three years; then every year. Density and fans change most at the start."""


class Forecasted(NamedTuple):
    """The options with their forecasts, and what stands behind all of them."""

    options: tuple[Option, ...]
    outlook: Outlook


class _Run(NamedTuple):
    """One option as a regimen from today, and its twin whose next dose is late."""

    option: Option
    starts_mo: float
    regimen: Regimen
    late: LateDose | None


def with_forecasts(plan: Plan, at: Occasion, *, years: int = YEARS, samples: int = SAMPLES, seed: int = SEED) -> Plan:
    """The same plan, each of its options with a forecast. `at` is the occasion for which the plan was made."""
    found = option_forecasts(at, plan.options, years=years, samples=samples, seed=seed)
    return msgspec.structs.replace(plan, options=found.options, outlook=found.outlook)


def option_forecasts(
    at: Occasion, options: Sequence[Option], *, years: int = YEARS, samples: int = SAMPLES, seed: int = SEED
) -> Forecasted:
    """What would each option that is not blocked do to the bone, from today for `years` years?

    All in one run, so that the same skeletons stand behind each and options are compared, not luck; the same for the
    same seed. Without a T-score of spine or hip there is no forecast, and the outlook says why.
    """
    try:
        found = skeleton(at)
    except NoSkeletonError as error:
        return Forecasted(tuple(options), Outlook(why_not=f"Cannot tell: {error}."))
    if not found.patient.scans:
        words = "Cannot tell: no density scan of spine or hip with a T-score is known."
        return Forecasted(tuple(options), Outlook(why_not=words, flags=found.flags))
    from osteon.bone.forecast import forecast  # the model takes a while to load, and only a forecast needs it

    runs = [_run(option, found.patient, at) for option in options if option.standing is not Standing.BLOCKED]
    regimens = [Regimen(), *(run.regimen for run in runs), *(run.late.regimen for run in runs if run.late)]
    whole = forecast(found.patient, regimens, years=years, samples=samples, seed=seed)
    without, *rest = (_kept(each) for each in whole[: len(runs) + 1])
    late = (_kept_late(each) for each in whole[len(runs) + 1 :])
    by_drug = {run.option.drug: _of_option(run, each, late) for run, each in zip(runs, rest, strict=False)}
    return Forecasted(
        tuple(msgspec.structs.replace(option, forecast=by_drug.get(option.drug)) for option in options),
        Outlook(without=without, flags=found.flags),
    )


def _of_option(run: _Run, on_time: Forecast, late: Iterator[Forecast]) -> OptionForecast:
    if run.late is None:
        return OptionForecast(starts_mo=run.starts_mo, on_time=on_time)
    due_mo = round(run.late.month, 2)
    if_late = IfLate(drug=run.late.drug, due_mo=due_mo, by_mo=run.late.by_months, forecast=next(late))
    return OptionForecast(starts_mo=run.starts_mo, on_time=on_time, if_late=if_late)


def _run(option: Option, patient: Patient, at: Occasion) -> _Run:
    """The option as a regimen that counts from today, whereas its own months count from the first dose."""
    starts_mo = _starts_mo(option, at)
    courses = (
        msgspec.structs.replace(
            course,
            start_month=round(course.start_month + starts_mo, 2),
            stop_month=None if course.stop_month is None else round(course.stop_month + starts_mo, 2),
        )
        for course in parse_regimen(option.regimen).courses
    )
    regimen = Regimen(tuple(courses))
    return _Run(option, starts_mo, regimen, next_dose_late(regimen, patient.history))


def _starts_mo(option: Option, at: Occasion) -> float:
    """In how many months could its first dose of this plan be given? What is taken at home now goes on."""
    drug = at.knowledge.drugs[option.drug]
    if option.is_running and drug.is_taken_at_home:
        return 0.0
    first = start(drug, at, gate(drug, at)).on
    return round((first - at.on).days / DAYS_PER_MONTH, 2)


def _kept(forecast: Forecast) -> Forecast:
    """A forecast as a plan carries it."""
    places = [place for place, month in enumerate(forecast.months) if _is_kept(month, forecast.months[-1])]
    return msgspec.structs.replace(
        forecast,
        months=tuple(forecast.months[place] for place in places),
        density_pct={site: _thinned(fan, places) for site, fan in forecast.density_pct.items()},
        t_score={site: _thinned(fan, places) for site, fan in forecast.t_score.items()},
        density_g_cm2={},
        turnover={},
    )


def _kept_late(forecast: Forecast) -> Forecast:
    """Of the forecast with a late dose only what differs by it: density, and broken vertebrae."""
    fractures = {kind: fan for kind, fan in (forecast.fractures or {}).items() if kind == "vertebral"}
    return msgspec.structs.replace(_kept(forecast), t_score={}, targets=(), flags=(), fractures=fractures or None)


def _is_kept(month: float, last: float) -> bool:
    return month in _MONTHS or (month >= _MONTHS[-1] and month % 12.0 == 0.0) or month == last


def _thinned(fan: Fan, places: Sequence[int]) -> Fan:
    every = (fan.low90, fan.low50, fan.median, fan.high50, fan.high90)
    return Fan(*(tuple(float(f"{values[place]:.4g}") for place in places) for values in every))
