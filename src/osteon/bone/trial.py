"""What would these regimens do in this population, compared with each other?

A virtual trial: the same patients under every regimen (common random numbers), drawn block by block, so that the
memory does not grow with their number and the answer depends on the seed alone. Every block follows one draw of the
model's parameters; what the means of the blocks differ by, beyond chance, is what the model does not know.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from osteon.bone.adherence import Habit, Taking, taking
from osteon.bone.goals import ratio_at_target
from osteon.bone.individuals import Ensemble, Individuals, individuals
from osteon.bone.parameters import NAMES
from osteon.bone.patient import MARKERS, SITES, Marker, Patient, Sex, Site
from osteon.bone.populations import People, Population, citations, people, population
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.simulate import simulate
from osteon.bone.tally import Tally, add, deviation, empty, possible, quantiles, share_lost_as_measured
from osteon.bone.tested import evidence_flags
from osteon.bone.types import Flag

BLOCK = 512
"""Patients who share one draw of the parameters and one stream of chance; the stream is named by the block's number."""

LOOK_EVERY_MONTHS = 6.0
_MEMORY_BYTES = 200e6
_BLOCKS_FOR_MODEL_SD = 10
_SHARES = np.array([0.05, 0.25, 0.5, 0.75, 0.95])

Progress = Callable[[int, int], None]
"""Called with the patients done and the patients in all."""

Rows = Callable[[dict[str, NDArray[np.generic]]], None]
"""Called with columns of equal length, one row per patient and month, once for each chunk and regimen; patients that
the sums leave out are among them."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How did one quantity change under one regimen? One value per month of the trial, in per cent of month 0.

    `low90` to `high90` are quantiles over patients (5, 25, 50, 75, 95 %). `lost_over_3pct` is the share (0 to 1) that
    truly loses more than 3 %, `lost_over_3pct_as_measured` the share that two scans would show so (None for markers).
    `difference` is the mean difference from the first regimen within patients, `standard_error` its error by chance,
    `model_sd` and `difference_model_sd` what the model's uncertainty adds to the mean and to the difference (None
    with fewer than ten whole blocks of patients).
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    low90: tuple[float, ...]
    low50: tuple[float, ...]
    median: tuple[float, ...]
    high50: tuple[float, ...]
    high90: tuple[float, ...]
    lost_over_3pct: tuple[float, ...]
    lost_over_3pct_as_measured: tuple[float, ...] | None
    difference: tuple[float, ...]
    standard_error: tuple[float, ...]
    model_sd: tuple[float, ...] | None
    difference_model_sd: tuple[float, ...] | None


class Arm(msgspec.Struct, frozen=True):
    """What happened under one regimen? `reached` is the share with a T-score at or above the target, per month."""

    regimen: str
    density: dict[Site, Outcome]
    turnover: dict[Marker, Outcome]
    reached: dict[Site, tuple[float, ...]]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What did the virtual trial find?"""

    population: str
    words: str
    patients: int
    years: float
    seed: int
    adherence: Literal["perfect", "real life"]
    target: float
    months: tuple[float, ...]
    arms: tuple[Arm, ...]
    flags: tuple[Flag, ...]
    citations: tuple[str, ...]


def trial(
    who: str | Population,
    regimens: Sequence[Regimen],
    *,
    patients: int,
    years: float = 10.0,
    seed: int = 1,
    adherence: Habit = "perfect",
    months: Sequence[float] | None = None,
    target: float = -2.5,
    step_d: float = POPULATION_STEP_D,
    ensemble: Ensemble = individuals,
    progress: Progress | None = None,
    rows: Rows | None = None,
    memory_bytes: float = _MEMORY_BYTES,
) -> Trial:
    """What would these regimens do to `patients` patients of this population over `years` years?

    `who` is the name of a population or one of your own; `months` are the looks (every six months if not given; month
    0 is added). The first regimen is the one that the others are compared with. The answer depends on `seed` and on
    the number of patients, not on `memory_bytes`, which bounds the buffers of one chunk, nor on threads. Raises
    ValueError for no patients, no regimen or no time.
    """
    if patients < 1 or not regimens or not years > 0.0:
        msg = "a trial needs at least one patient, one regimen and a time above 0 years"
        raise ValueError(msg)
    name, group, flags = population(who) if isinstance(who, str) else ("given", who, ())
    looks = _looks(years, months)
    tallies = [empty(len(looks)) for _ in regimens]
    noted = dict.fromkeys(
        (*flags, *(flag for regimen in regimens for flag in evidence_flags(regimen, _typical(group))))
    )
    noise: Floats = np.zeros(len(SITES))
    left_out = 0
    for first, last in _chunks(patients, len(regimens), len(looks), memory_bytes):
        blocks = [_block(group, number, patients, seed, ensemble) for number in range(first, last)]
        given = [_given(regimen, blocks, seed, adherence, years) for regimen in regimens]
        noise = blocks[0].model.precision_pct
        noted.update(dict.fromkeys(flag for block in blocks for flag in block.model.flags))
        noted.update(dict.fromkeys(flag for each in given for flag in each.flags))
        seen = _followed(blocks, regimens, looks, step_d, given)
        sound = possible(seen)
        left_out += int((~sound).sum())
        tallies = [_counted(tally, seen[which], seen[0], sound, blocks, target) for which, tally in enumerate(tallies)]
        if rows is not None:
            _told(rows, looks, seen, first * BLOCK)
        if progress is not None:
            progress(min(last * BLOCK, patients), patients)
    if left_out:
        noted[
            Flag("outside", f"left out of all sums: {left_out} patients with a density that no skeleton has", left_out)
        ] = None
    return Trial(
        population=name,
        words=group.words,
        patients=patients,
        years=years,
        seed=seed,
        adherence=adherence,
        target=target,
        months=tuple(float(month) for month in looks),
        arms=tuple(_arm(regimen, tally, noise) for regimen, tally in zip(regimens, tallies, strict=True)),
        flags=tuple(noted),
        citations=citations(name) if isinstance(who, str) else (),
    )


def _typical(group: Population) -> Patient:
    """Of whom does the evidence for this population have to tell?"""
    sex: Sex = "F" if group.share_women >= 0.5 else "M"
    return Patient(sex=sex, age=group.age.mean, glucocorticoid_mg_day=group.glucocorticoid_mg_day)


class _Block(NamedTuple):
    number: int
    people: People
    model: Individuals


def _looks(years: float, months: Sequence[float] | None) -> Floats:
    end = 12.0 * years
    wanted = np.arange(0.0, end + 1e-9, LOOK_EVERY_MONTHS) if months is None else np.asarray(months, float)
    looks = np.unique(np.concatenate(([0.0], wanted, [end])))
    if looks[0] < 0.0 or looks[-1] > end + 1e-9:
        msg = f"the months of a trial of {years:g} years lie between 0 and {end:g}"
        raise ValueError(msg)
    return looks


def _chunks(patients: int, regimens: int, months: int, memory_bytes: float) -> Iterator[tuple[int, int]]:
    """Which blocks are followed together? As many as the buffers hold: `simulate` keeps its answer twice."""
    each = BLOCK * 8 * (2 * regimens * months * (len(SITES) + len(MARKERS)) + 3 * len(NAMES))
    at_once = max(1, int(memory_bytes / each))
    blocks = -(-patients // BLOCK)
    for first in range(0, blocks, at_once):
        yield first, min(first + at_once, blocks)


def _block(group: Population, number: int, patients: int, seed: int, ensemble: Ensemble) -> _Block:
    size = min(BLOCK, patients - number * BLOCK)
    drawn = people(group, size, (seed, number, 0))
    return _Block(number, drawn, ensemble(drawn, number, (seed, number, 1)))


def _given(regimen: Regimen, blocks: Sequence[_Block], seed: int, habit: Habit, years: float) -> Taking:
    each = [
        taking(regimen, len(block.people.age), (seed, block.number, 2), habit, months=12.0 * years) for block in blocks
    ]
    return Taking(
        np.concatenate([part.stop_day for part in each]),
        np.concatenate([part.share_taken for part in each]),
        each[0].flags,
    )


def _followed(
    blocks: Sequence[_Block], regimens: Sequence[Regimen], looks: Floats, step_d: float, given: Sequence[Taking]
) -> list[Floats]:
    parameters = np.concatenate([block.model.parameters for block in blocks])
    return [
        simulate(parameters, [regimen], looks, step_d=step_d, stop_day=how.stop_day, share_taken=how.share_taken)[0]
        for regimen, how in zip(regimens, given, strict=True)
    ]


def _counted(
    tally: Tally, seen: Floats, first: Floats, sound: NDArray[np.bool_], blocks: Sequence[_Block], target: float
) -> Tally:
    at = 0
    for block in blocks:
        part = slice(at, at + len(block.people.age))
        at = part.stop
        wanted = ratio_at_target(block.people.t_score, target)
        kept = sound[part]
        if kept.all():
            tally = add(tally, seen[part], first[part], wanted, whole=len(kept) == BLOCK)
        elif kept.any():
            tally = add(tally, seen[part][kept], first[part][kept], wanted[kept], whole=len(kept) == BLOCK)
    return tally


def _told(rows: Rows, looks: Floats, seen: Sequence[Floats], before: int) -> None:
    patients, months = seen[0].shape[0], len(looks)
    patient = np.repeat(np.arange(before, before + patients, dtype=np.int64), months)
    for which, each in enumerate(seen):
        change = (100.0 * (each / each[:, :1] - 1.0)).astype(np.float32).reshape(-1, each.shape[2])
        columns: dict[str, NDArray[np.generic]] = {
            "patient": patient,
            "regimen": np.full(len(patient), which, np.int16),
            "month": np.tile(looks, patients),
        }
        columns.update({f"{name}_pct": change[:, place] for place, name in enumerate((*SITES, *MARKERS))})
        rows(columns)


def _arm(regimen: Regimen, tally: Tally, noise: Floats) -> Arm:
    patients = int(tally.patients[0])
    spread = quantiles(tally.bins, _SHARES)
    measured = share_lost_as_measured(tally.bins, noise)
    spread[0], measured[0] = 0.0, 0.0  # month 0 is the measure of all change, and no second scan
    enough = int(tally.blocks[0]) >= _BLOCKS_FOR_MODEL_SD
    model = _beyond_chance(tally.block_squares, tally.squares, tally)
    apart = _beyond_chance(tally.block_apart_squares, tally.apart_squares, tally)

    def outcome(place: int) -> Outcome:
        return Outcome(
            mean=_plain(tally.mean[:, place]),
            sd=_plain(deviation(tally.squares[:, place], patients)),
            low90=_plain(spread[:, place, 0]),
            low50=_plain(spread[:, place, 1]),
            median=_plain(spread[:, place, 2]),
            high50=_plain(spread[:, place, 3]),
            high90=_plain(spread[:, place, 4]),
            lost_over_3pct=_plain(tally.lost[:, place] / patients),
            lost_over_3pct_as_measured=_plain(measured[:, place]) if place < len(SITES) else None,
            difference=_plain(tally.apart[:, place]),
            standard_error=_plain(deviation(tally.apart_squares[:, place], patients) / np.sqrt(patients)),
            model_sd=_plain(model[:, place]) if enough else None,
            difference_model_sd=_plain(apart[:, place]) if enough else None,
        )

    return Arm(
        str(regimen),
        {site: outcome(place) for place, site in enumerate(SITES)},
        {marker: outcome(len(SITES) + place) for place, marker in enumerate(MARKERS)},
        {site: _plain(tally.reached[:, place] / patients) for place, site in enumerate(SITES)},
    )


def _beyond_chance(between: Floats, within: Floats, tally: Tally) -> Floats:
    """Which SD of the block means is left once the chance of sampling a block is taken off?"""
    sampled = deviation(within, int(tally.patients[0])) ** 2 / BLOCK
    return np.asarray(np.sqrt(np.maximum(deviation(between, int(tally.blocks[0])) ** 2 - sampled, 0.0)))


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
