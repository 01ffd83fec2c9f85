"""Who takes what is prescribed, for how long, and with which gaps?

Persistence: a patient leaves a drug by a hazard that depends on drug and interval, fitted here to the published rows of
data/persistence.json (a Weibull curve where there are two points in time or more, a constant hazard where there is
one). Nobody who has left comes back: 46 % of those who stop do start again within two years (US claims, Int J Gen Med
2013;6:839), mostly for months, and the model has one end of treatment only. Gaps: whoever stays on tablets pauses now
and then for 30 to 60 days. Changes of a plan (a dose late, missed, a pause) are in `deviations`.
"""

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import numpy as np

from osteon.bone.regimen import Course, Regimen
from osteon.bone.schedule import Floats
from osteon.bone.types import Flag
from osteon.knowledge.spans import DAYS_PER_MONTH, DAYS_PER_YEAR

Habit = Literal["perfect", "real life"]
TABLETS = ("alendronate", "risedronate", "ibandronate_oral")
"""Drugs whose amount the model scales by the share taken."""

COVER_MONTHS = {"denosumab": 6.0, "romosozumab": 1.0, "zoledronic_acid": 12.0, "ibandronate": 3.0}
"""How long one dose counts as treatment in the claims that the rows come from; a day for all other drugs."""

_LONGEST_COURSES = 16
"""Columns of chance set aside per patient, so that the same patient leaves alike under every regimen."""


class Row(msgspec.Struct, frozen=True):
    """What did one study report? See `about` in data/persistence.json for the measures."""

    id: str
    drug: str
    measure: Literal["persistent", "next_dose", "days_covered"]
    month: float
    share: float
    people: int | None
    use: Literal["fit", "check"]
    population: str
    source: str
    known: Literal["source", "recalled"]


class Ratio(msgspec.Struct, frozen=True):
    """How does the hazard of one interval compare with another's?"""

    id: str
    of: str
    against: str
    hazard_ratio: float
    low: float
    high: float
    source: str
    known: Literal["source", "recalled"]


class Gaps(msgspec.Struct, frozen=True):
    """How often and for how long do those who go on pause their tablets?"""

    shortest_days: float
    longest_days: float
    a_year: float
    why: str
    known: str


class Evidence(msgspec.Struct, frozen=True):
    """Everything that data/persistence.json holds."""

    about: str
    rows: tuple[Row, ...]
    ratios: tuple[Ratio, ...]
    borrowed: dict[str, dict[str, str]]
    gaps: Gaps


class Persistence(msgspec.Struct, frozen=True):
    """How long do people stay on this drug? share(month) = exp(-(month / scale_months) ** shape).

    `month` is the time from the first dose at which a dose falls due: it is given to the share that is still there.
    """

    drug: str
    shape: float
    scale_months: float
    rows: tuple[str, ...]
    flags: tuple[Flag, ...]

    def share(self, month: float) -> float:
        """Which share gets a dose that is due `month` months after the first?"""
        return math.exp(-((max(month, 0.0) / self.scale_months) ** self.shape))


class Taking(msgspec.Struct, frozen=True):
    """How does each patient take a regimen?

    `stop_day` (N,) is the day, counted as in the regimen, after which nothing more is taken (infinite: never);
    `share_taken` (N,) the share of the tablets, 0 to 1. Both as `simulate` takes them.
    """

    stop_day: Floats
    share_taken: Floats
    flags: tuple[Flag, ...]


@cache
def evidence() -> Evidence:
    """What is published on persistence?"""
    found = resources.files("osteon.bone").joinpath("data/persistence.json").read_bytes()
    return msgspec.json.decode(found, type=Evidence)


def persistence(drug: str, interval_days: float | None = None) -> Persistence | None:
    """How long do people stay on this drug, given at this interval? None where nothing is published for it.

    Tablets taken daily or monthly are set against weekly ones by the Italian hazard ratios.
    """
    known = evidence()
    borrowed = known.borrowed.get(drug)
    base = drug if borrowed is None else borrowed["from"]
    rows = [row for row in known.rows if row.drug == base and row.use == "fit"]
    if not rows:
        return None
    shape, scale = _weibull(rows)
    flags = [Flag("assumed", f"{drug}: persistence is that of {base}, because {borrowed['why']}")] if borrowed else []
    if len({row.month for row in rows}) == 1:
        flags.append(Flag("sparse", f"{drug}: persistence is known at one point in time; a constant hazard", len(rows)))
    if drug in TABLETS and interval_days is not None:
        ratio = _against_weekly(interval_days)
        scale *= ratio ** (-1.0 / shape)
    return Persistence(drug, shape, scale, tuple(row.id for row in rows), tuple(flags))


def taking(
    regimen: Regimen, patients: int, seed: int | Sequence[int], habit: Habit = "real life", *, months: float = 120.0
) -> Taking:
    """How do `patients` patients take this regimen over `months` months from today?

    `perfect` is as prescribed. The same seed gives the same patients under every regimen: who is quick to leave one
    drug is quick to leave another. Whoever has taken a drug before today is known to have stayed until today.
    """
    never, whole = np.full(patients, np.inf), np.ones(patients)
    if habit == "perfect":
        return Taking(never, whole, ())
    chance = np.random.default_rng(seed)
    luck = -np.log1p(-chance.random((patients, _LONGEST_COURSES)))
    flags: list[Flag] = []
    stop = never
    courses = sorted(regimen.courses, key=lambda course: course.start_month)
    for column, course in enumerate(courses[:_LONGEST_COURSES]):
        curve = persistence(course.drug, course.interval_days)
        if course.interval is None:
            continue
        if curve is None:
            flags.append(Flag("assumed", f"{course.drug}: nothing is known of persistence; everyone stays on it"))
            continue
        flags.extend(curve.flags)
        stop = np.minimum(stop, _leaves(course, curve, luck[:, column]))
    if not any(course.drug in TABLETS for course in courses):
        return Taking(stop, whole, _once(flags))
    flags.append(Flag("assumed", f"gaps in tablets: {evidence().gaps.why}"))
    on = np.clip(np.minimum(stop, months * DAYS_PER_MONTH), 1.0, None)
    return Taking(stop, _share(on, chance), _once(flags))


def _leaves(course: Course, curve: Persistence, luck: Floats) -> Floats:
    """On which day does each patient leave this course? Infinite for whoever finishes it."""
    before = max(0.0, -course.start_month)
    scaled = (before / curve.scale_months) ** curve.shape + luck
    day = course.start_day + DAYS_PER_MONTH * curve.scale_months * scaled ** (1.0 / curve.shape)
    return np.where(day < (course.stop_day or math.inf), day, np.inf)


def _share(on_days: Floats, chance: np.random.Generator) -> Floats:
    """Which share of the tablets is taken over so many days, if pauses come as a Poisson process?"""
    gaps = evidence().gaps
    number = chance.poisson(gaps.a_year * on_days / DAYS_PER_YEAR)
    drawn = chance.random((len(on_days), max(int(number.max()), 1)))
    spread = np.where(np.arange(drawn.shape[1]) < number[:, None], drawn, 0.0).sum(axis=1)
    missed = gaps.shortest_days * number + (gaps.longest_days - gaps.shortest_days) * spread
    return np.asarray(np.clip(1.0 - missed / on_days, 0.0, 1.0))


def _against_weekly(interval_days: float) -> float:
    against_daily = {ratio.of: ratio.hazard_ratio for ratio in evidence().ratios}
    if interval_days < 4.0:
        return 1.0 / against_daily["weekly"]
    return against_daily["monthly"] / against_daily["weekly"] if interval_days > 20.0 else 1.0


def _weibull(rows: Sequence[Row]) -> tuple[float, float]:
    """Which shape and scale (months) fit these rows? Least squares of log(-log share) on log month."""
    direct = [row for row in rows if row.measure != "days_covered"]
    if not direct:
        (row,) = rows
        return 1.0, _scale_for_days_covered(row)
    month = np.log([row.month - (_cover(row.drug) if row.measure == "persistent" else 0.0) for row in direct])
    hazard = np.log(-np.log([row.share for row in direct]))
    if np.ptp(month) < 1e-9:
        return 1.0, float(np.exp(month.mean() - hazard.mean()))
    shape, offset = np.polyfit(month, hazard, 1)
    return float(shape), float(np.exp(-offset / shape))


def _scale_for_days_covered(row: Row) -> float:
    """Which constant hazard leaves this mean share of days covered? Scale in months, by bisection."""
    low, high = 0.1, 1e4
    while high / low > 1.0 + 1e-9:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if days_covered(row.drug, 1.0, middle, row.month) < row.share else (low, middle)
    return math.sqrt(low * high)


def days_covered(drug: str, shape: float, scale_months: float, months: float) -> float:
    """Which mean share of the days up to `months` is covered, if every dose covers the interval until the next?"""
    cover = _cover(drug) or 1.0
    due = np.arange(0.0, months, cover)
    given = np.exp(-((due / scale_months) ** shape))
    return float((given * np.minimum(cover, months - due)).sum() / months)


def _cover(drug: str) -> float:
    return COVER_MONTHS.get(drug, 0.0)


def _once(flags: Sequence[Flag]) -> tuple[Flag, ...]:
    return tuple(dict.fromkeys(flags))
