"""When and with what is denosumab best left?"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from osteon.bone.goals import Foresee
from osteon.bone.label import Label
from osteon.bone.patient import SITES, Patient, Site
from osteon.bone.regimen import Course, Regimen
from osteon.bone.types import Flag, Forecast
from osteon.knowledge.spans import DAYS_PER_MONTH

MONTHS_AFTER_LAST_DOSE = (6.0, 7.0, 8.0, 9.0, 12.0)
"""When the way out may begin: at the time the next injection would be due, or late. A design default."""

_END_COUNTS_PCT = 0.5

YEARS_WATCHED = 3.0
"""How long what follows is watched, from the day the next injection is due (today, if that is past): a default."""


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """What follows one way out?

    `start_month` counts from today, `months_after_last_dose` from the last injection. `lowest_pct` and `end_pct` per
    site: the lowest density of the time watched and the density at its end, in per cent of the density on the day the
    next injection would have been due (medians). `excess_vertebral_per_100`: people of 100 who break a vertebra in that
    time because of the rebound; None where no fracture risk is known.
    """

    regimen: str
    drug: str
    start_month: float
    months_after_last_dose: float
    doses: int
    lowest_pct: dict[Site, float]
    end_pct: dict[Site, float]
    excess_vertebral_per_100: float | None
    because: str


class BestExit(msgspec.Struct, frozen=True, kw_only=True):
    """Which way out of denosumab loses least?

    `others` are all other ways, best first, each with the reason why it was not chosen; `without` is what happens if
    nothing follows.
    """

    due_month: float
    best: Exit
    others: tuple[Exit, ...]
    without: Exit
    flags: tuple[Flag, ...]
    sentence: str


def best_exit(
    patient: Patient,
    foresee: Foresee,
    labels: Mapping[str, Label],
    *,
    starts: Sequence[float] = MONTHS_AFTER_LAST_DOSE,
    drugs: Sequence[str] | None = None,
) -> BestExit:
    """With what, and how many months after the last injection, is denosumab best left?

    The injections so far stand in `patient.history`. Drugs are those that knowledge names as a way out (`labels`), or
    `drugs`; an infusion is tried once and once a year, tablets for the time watched; `starts` are months after the last
    injection, of which those in the past are left out. The best has the fewest vertebrae broken by the rebound where
    fracture risk is known, else the least loss at the spine. `foresee` must look far enough ahead: raises ValueError
    where its forecasts are too short, where no denosumab is running and where no way out is left.
    """
    last = _last_dose(patient)
    label = labels["denosumab"]
    due = last + label.interval_months
    chosen = tuple(drugs) if drugs is not None else label.exit_drugs
    ways = [
        (drug, start, courses)
        for start in sorted(starts)
        if last + start >= -1e-6
        for drug in chosen
        for courses in _courses(labels[drug], last + start)
    ]
    if not ways:
        msg = "no way out is left to try: name drugs, and starts that do not lie in the past"
        raise ValueError(msg)
    regimens = [Regimen(courses) for _, _, courses in ways]
    *told, nothing = foresee(patient, [*regimens, Regimen()])
    seen = [_watched(forecast, due, drug, start, last) for forecast, (drug, start, _) in zip(told, ways, strict=True)]
    seen = [msgspec.structs.replace(each, doses=_doses(way[2])) for each, way in zip(seen, ways, strict=True)]
    known = all(each.excess_vertebral_per_100 is not None for each in seen)
    ordered = sorted(seen, key=lambda each: _rank(each, known=known))
    best = ordered[0]
    others = tuple(msgspec.structs.replace(each, because=_why_not(each, best, known=known)) for each in ordered[1:])
    flags = [flag for forecast in told for flag in forecast.flags]
    if not known:
        flags.append(
            Flag("assumed", "no fracture risk is known: the best exit is the one with the least loss at the spine")
        )
    without = _watched(nothing, due, "none", 0.0, last)
    return BestExit(
        due_month=due,
        best=best,
        others=others,
        without=without,
        flags=tuple(dict.fromkeys(flags)),
        sentence=_sentence(best, without),
    )


def _last_dose(patient: Patient) -> float:
    given = [dose.day for dose in patient.history.doses() if dose.drug == "denosumab"]
    if not given:
        msg = "there is no denosumab in the history of this patient; write it as denosumab:60mg/6mo@-24-0"
        raise ValueError(msg)
    return max(given) / DAYS_PER_MONTH


def _courses(label: Label, start: float) -> tuple[tuple[Course, ...], ...]:
    stop = start + 12.0 * YEARS_WATCHED
    if not label.at_clinic:
        return ((label.course(start, stop),),)
    return ((label.one_dose(start),), (label.course(start, stop),))


def _doses(courses: Sequence[Course]) -> int:
    return sum(len(course.doses()) for course in courses)


def _watched(forecast: Forecast, due: float, drug: str, start: float, last: float) -> Exit:
    months = np.array(forecast.months)
    begin = max(due, 0.0)
    end = begin + 12.0 * YEARS_WATCHED
    if months[-1] < end - 1e-6:
        msg = f"the forecasts end after {months[-1]:g} months; the exit is watched until month {end:g}"
        raise ValueError(msg)
    inside = np.unique(np.concatenate(([begin], months[(months > begin) & (months < end)], [end])))
    lowest: dict[Site, float] = {}
    final: dict[Site, float] = {}
    for site in SITES:
        if site in forecast.density_pct:
            density = np.interp(inside, months, np.array(forecast.density_pct[site].median))
            change = 100.0 * density / density[0]
            lowest[site], final[site] = float(change.min()), float(change[-1])
    return Exit(
        regimen=forecast.regimen,
        drug=drug,
        start_month=last + start,
        months_after_last_dose=start,
        doses=0,
        lowest_pct=lowest,
        end_pct=final,
        excess_vertebral_per_100=_excess(forecast, begin, end),
        because="",
    )


def _excess(forecast: Forecast, begin: float, end: float) -> float | None:
    if forecast.fractures is None or "vertebral" not in forecast.fractures:
        return None
    yearly = forecast.fractures["vertebral"].excess_after_stop
    part = [max(0.0, min(end, 12.0 * (k + 1)) - max(begin, 12.0 * k)) / 12.0 for k in range(len(yearly))]
    return 100.0 * float(sum(share * chance for share, chance in zip(part, yearly, strict=True)))


def _rank(each: Exit, *, known: bool) -> tuple[float, float, int, float]:
    # Tenths of a person in 100 and of a point of density: closer ways are parted by fewer doses, then by the end.
    excess = round(each.excess_vertebral_per_100 or 0.0, 1) if known else 0.0
    return excess, -round(each.lowest_pct["lumbar_spine"], 1), each.doses, -each.end_pct["lumbar_spine"]


def _why_not(each: Exit, best: Exit, *, known: bool) -> str:
    parts = []
    if known and each.excess_vertebral_per_100 is not None and best.excess_vertebral_per_100 is not None:
        more = each.excess_vertebral_per_100 - best.excess_vertebral_per_100
        if round(more, 1) > 0.0:
            parts.append(f"{more:.1f} more of 100 people break a vertebra")
    spine = best.lowest_pct["lumbar_spine"] - each.lowest_pct["lumbar_spine"]
    if round(spine, 1) > 0.0:
        parts.append(f"the spine falls {spine:.1f} points lower")
    elif round(spine, 1) < 0.0:
        parts.append(f"although the spine falls {-spine:.1f} points less")
    end = each.end_pct["lumbar_spine"] - best.end_pct["lumbar_spine"]
    if abs(end) >= _END_COUNTS_PCT:
        parts.append(f"it ends {abs(end):.1f} points {'higher' if end > 0.0 else 'lower'}")
    if each.doses > best.doses:
        parts.append(f"{each.doses - best.doses} more doses")
    return ", ".join(parts) or "the same result"


def _sentence(best: Exit, without: Exit) -> str:
    loss, plain = 100.0 - best.lowest_pct["lumbar_spine"], 100.0 - without.lowest_pct["lumbar_spine"]
    out = (
        f"{best.drug.replace('_', ' ')} {best.months_after_last_dose:g} months after the last injection: "
        f"the spine loses at most {loss:.1f} % in three years, without anything {plain:.1f} %"
    )
    if best.excess_vertebral_per_100 is not None and without.excess_vertebral_per_100 is not None:
        out += (
            f"; {best.excess_vertebral_per_100:.1f} of 100 people break a vertebra because of the rebound, "
            f"without anything {without.excess_vertebral_per_100:.1f}"
        )
    return f"{out}."
