"""Whom is a virtual trial run in?

Named populations as distributions of age, time since menopause, sex and T-scores with their correlation, each figure
with its source (data/populations.json). A name that no population bears is answered with the nearest, and says so.
"""

import difflib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from osteon.bone.patient import SITES, Site
from osteon.bone.schedule import Floats
from osteon.bone.types import Flag

Known = Literal["source", "recalled", "design"]
LOWEST_T, HIGHEST_T = -6.0, 4.0
"""T-scores are drawn between these: a design default that keeps one strange draw from a density near nothing."""

_TRIES = 200
"""Draws before inclusion limits are called impossible; the shipped limits take fewer than 30."""


class Measure(msgspec.Struct, frozen=True):
    """What are mean and SD in this population, and who says so?"""

    mean: float
    sd: float
    source: str
    known: Known


class Correlation(msgspec.Struct, frozen=True):
    """How closely do two sites go together, and who says so?"""

    value: float
    source: str
    known: Known


class Limits(msgspec.Struct, frozen=True):
    """Which T-scores did inclusion ask for? One of the sites must lie between `low` and `high`."""

    sites: tuple[Site, ...]
    low: float
    high: float


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """Whom does this name stand for?

    Ages in years; `menopause_y` is a range of years since menopause, None where it follows from the age at menopause;
    `glucocorticoid_mg_day` in mg of prednisone a day.
    """

    words: str
    nearest_to: tuple[str, ...]
    share_women: float
    age: Measure
    lowest: float
    highest: float
    t_score: dict[Site, Measure]
    menopause_y: tuple[float, float] | None = None
    glucocorticoid_mg_day: float | None = None
    limits: Limits | None = None


class People(NamedTuple):
    """Who takes part? One entry per patient.

    `age` (N,) years; `male` (N,); `years_since_menopause` (N,), not a number for men; `t_score` (N, 3) at lumbar
    spine, total hip and femoral neck; `glucocorticoid_mg_day` (N,).
    """

    age: Floats
    male: NDArray[np.bool_]
    years_since_menopause: Floats
    t_score: Floats
    glucocorticoid_mg_day: Floats


class _Shipped(msgspec.Struct, frozen=True):
    about: str
    correlation: dict[str, Correlation]
    menopause: dict[str, Measure]
    populations: dict[str, Population]


@cache
def _shipped() -> _Shipped:
    found = resources.files("osteon.bone").joinpath("data/populations.json").read_bytes()
    return msgspec.json.decode(found, type=_Shipped)


def names() -> tuple[str, ...]:
    """Which populations are there?"""
    return tuple(_shipped().populations)


def population(name: str) -> tuple[str, Population, tuple[Flag, ...]]:
    """Which population bears this name, or comes nearest to it?

    Answers its own name, the population, and what the reader must know: that it is only the nearest, and how many of
    its figures are recalled or defaults.
    """
    shipped = _shipped().populations
    asked = name.strip().lower().replace("-", " ").replace("_", " ")
    own = {each.replace("_", " "): each for each in shipped}
    alike = {word: each for each, found in shipped.items() for word in found.nearest_to}
    flags: list[Flag] = []
    chosen = own.get(asked)
    if chosen is None:
        words = {**own, **alike}
        # A special population named among other words counts before the usual one ("men with osteoporosis").
        inside = sorted(
            (word for word in words if f" {word} " in f" {asked} "), key=lambda w: (words[w] == "pmo", -len(w))
        )
        near = inside or difflib.get_close_matches(asked, words, n=1, cutoff=0.6)
        chosen = words[near[0]] if near else "pmo"
        flags.append(
            Flag("outside", f"there is no population {name!r}; the nearest is {chosen}: {shipped[chosen].words}")
        )
    found = shipped[chosen]
    weak = [site for site, measure in found.t_score.items() if measure.known != "source"]
    if weak:
        flags.append(Flag("assumed", f"{chosen}: T-scores of {', '.join(weak)} are recalled or defaults, not read"))
    return chosen, found, tuple(flags)


def citations(name: str) -> tuple[str, ...]:
    """Where do the figures of this population come from?"""
    _, found, _ = population(name)
    lines = [f"age: {found.age.source} ({found.age.known})"]
    lines += [f"T-score {site}: {measure.source} ({measure.known})" for site, measure in found.t_score.items()]
    lines += [f"correlation {pair}: {each.source} ({each.known})" for pair, each in _shipped().correlation.items()]
    return tuple(lines)


def people(found: Population, patients: int, seed: int | Sequence[int]) -> People:
    """Who takes part, if `patients` are drawn from this population?

    Age is normal within its range, T-scores are normal with the correlation of the sites, drawn again where inclusion
    would not have let them in. Raises ValueError where almost nobody would be let in.
    """
    chance = np.random.default_rng(seed)
    male = chance.random(patients) >= found.share_women
    age = _within(chance, found.age, found.lowest, found.highest, patients)
    if found.menopause_y is None:
        at_menopause = _within(chance, _shipped().menopause["age"], 40.0, 60.0, patients)
        since = np.maximum(age - at_menopause, 0.0)
    else:
        since = chance.uniform(*found.menopause_y, patients)
    dose = np.full(patients, found.glucocorticoid_mg_day or 0.0)
    return People(age, male, np.where(male, np.nan, since), _t_scores(chance, found, patients), dose)


def _within(chance: np.random.Generator, measure: Measure, low: float, high: float, patients: int) -> Floats:
    drawn = chance.normal(measure.mean, measure.sd, patients)
    for _ in range(_TRIES):
        outside = (drawn < low) | (drawn > high)
        if not outside.any():
            break
        drawn[outside] = chance.normal(measure.mean, measure.sd, int(outside.sum()))
    return np.asarray(np.clip(drawn, low, high))


def _t_scores(chance: np.random.Generator, found: Population, patients: int) -> Floats:
    mean = np.array([found.t_score[site].mean for site in SITES])
    sd = np.array([found.t_score[site].sd for site in SITES])
    mix = (np.linalg.cholesky(_correlations()) * sd[:, None]).T
    drawn = mean + chance.standard_normal((patients, len(SITES))) @ mix
    for _ in range(_TRIES):
        again = ~_let_in(drawn, found.limits)
        if not again.any():
            return np.asarray(drawn)
        drawn[again] = mean + chance.standard_normal((int(again.sum()), len(SITES))) @ mix
    msg = "almost nobody in this population has T-scores that inclusion allows"
    raise ValueError(msg)


def _let_in(t_score: Floats, limits: Limits | None) -> NDArray[np.bool_]:
    plausible = ((t_score > LOWEST_T) & (t_score < HIGHEST_T)).all(axis=1)
    if limits is None:
        return np.asarray(plausible)
    asked = t_score[:, [SITES.index(site) for site in limits.sites]]
    return np.asarray(plausible & ((asked >= limits.low) & (asked <= limits.high)).any(axis=1))


def _correlations() -> Floats:
    out = np.eye(len(SITES))
    for pair, each in _shipped().correlation.items():
        first, second = (SITES.index(site) for site in pair.split())
        out[first, second] = out[second, first] = each.value
    return out
