"""How are the outcomes of a million patients counted without keeping them?

Sums, a histogram with fixed bins and two counts per month and quantity: the memory does not grow with the patients.
Blocks are added in their order, so that the sums are the same whatever the size of the chunks.
"""

from collections.abc import Callable, Sequence
from math import erf, sqrt
from typing import Any, NamedTuple, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from osteon.bone.schedule import Floats

DENSITY_BINS = (-60.0, 100.0, 3200)
"""Lowest and highest change of density in per cent, and bins between them: 0.05 points each."""

MARKER_BINS = (-100.0, 700.0, 3200)
"""The same for turnover markers: 0.25 points each."""

LOSS_PCT = -3.0
"""A loss of more than 3 % is what trials count, near the least significant change of a scan."""

QUANTITIES = 5
DENSITIES = 3


class Tally(NamedTuple):
    """What has been counted so far, for one regimen? All but the first two are (months, 5) or start so.

    `patients` (1,); `reached` (months, 3) at or above the target T-score; `mean` and `squares` of the change in per
    cent; `apart` and `apart_squares` of the difference from the first regimen; `lost` more than 3 %; `bins` (months, 5,
    bins). `blocks` (1,) whole blocks, and over them `block_mean`, `block_squares`, `block_apart` and
    `block_apart_squares` of the means of the blocks.
    """

    patients: NDArray[np.int64]
    reached: NDArray[np.int64]
    mean: Floats
    squares: Floats
    apart: Floats
    apart_squares: Floats
    lost: NDArray[np.int64]
    bins: NDArray[np.int32]
    blocks: NDArray[np.int64]
    block_mean: Floats
    block_squares: Floats
    block_apart: Floats
    block_apart_squares: Floats


def empty(months: int) -> Tally:
    """What is counted before the first patient?"""
    shape = (months, QUANTITIES)
    return Tally(
        np.zeros(1, np.int64),
        np.zeros((months, DENSITIES), np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, np.int64),
        np.zeros((*shape, DENSITY_BINS[2]), np.int32),
        np.zeros(1, np.int64),
        *(np.zeros(shape) for _ in range(4)),
    )


def possible(seen: Sequence[Floats]) -> NDArray[np.bool_]:
    """Which patients stay, under every regimen, within what a skeleton can be? (patients,).

    `seen` holds (patients, months, 5) per regimen. A density that leaves the histogram (a loss of more than 60 % or a
    gain of more than 100 %), or a number that is none, is a failure of the model for that patient and not an outcome.
    """
    low, high = 1.0 + DENSITY_BINS[0] / 100.0, 1.0 + DENSITY_BINS[1] / 100.0
    out = np.ones(len(seen[0]), bool)
    for each in seen:
        density = each[..., :DENSITIES]
        today = density[:, :1]
        # A number that is none compares as False.
        out &= ((density >= low * today) & (density <= high * today)).all(axis=(1, 2))
        out &= np.isfinite(each[..., DENSITIES:]).all(axis=(1, 2))
    return out


@njit(nogil=True, cache=True, error_model="numpy")
def _count(
    seen: Any, first: Any, wanted: Any, reached: Any, sums: Any, squares: Any, apart: Any, apart_squares: Any,
    lost: Any, bins: Any, low: Any, width: Any,
) -> None:  # fmt: skip
    last = bins.shape[2] - 1
    per_bin = 1.0 / width
    to_pct = np.empty(seen.shape[2])
    other_pct = np.empty(seen.shape[2])
    for i in range(seen.shape[0]):
        for q in range(seen.shape[2]):
            to_pct[q] = 100.0 / seen[i, 0, q]
            other_pct[q] = 100.0 / first[i, 0, q]
        for m in range(seen.shape[1]):
            for q in range(seen.shape[2]):
                change = seen[i, m, q] * to_pct[q] - 100.0 if m else 0.0
                other = change - (first[i, m, q] * other_pct[q] - 100.0 if m else 0.0)
                sums[m, q] += change
                squares[m, q] += change * change
                apart[m, q] += other
                apart_squares[m, q] += other * other
                lost[m, q] += change < LOSS_PCT
                place = int((change - low[q]) * per_bin[q])
                bins[m, q, min(max(place, 0), last)] += 1
            for q in range(DENSITIES):
                reached[m, q] += seen[i, m, q] >= wanted[i, q] * seen[i, 0, q]


_counted = cast("Callable[..., None]", _count)
_LOW = np.array([DENSITY_BINS[0]] * DENSITIES + [MARKER_BINS[0]] * 2)
_WIDTH = np.array(
    [(DENSITY_BINS[1] - DENSITY_BINS[0]) / DENSITY_BINS[2]] * DENSITIES
    + [(MARKER_BINS[1] - MARKER_BINS[0]) / MARKER_BINS[2]] * 2
)


def add(tally: Tally, seen: Floats, first: Floats, wanted: Floats, *, whole: bool = True) -> Tally:
    """What is counted once this block is added?

    `seen` (patients, months, 5) as `simulate` answers, month 0 first, and `first` the same patients under the first
    regimen; `wanted` (patients, 3) the density, as a ratio to today's, at which the target T-score is reached. A block
    that is not `whole` does not count among the means of blocks. The counts of `tally` are changed in place.
    """
    shape = tally.mean.shape
    sums, squares, apart, apart_squares = (np.zeros(shape) for _ in range(4))
    _counted(
        seen, first, wanted, tally.reached, sums, squares, apart, apart_squares, tally.lost, tally.bins, _LOW, _WIDTH
    )
    new, old = len(seen), int(tally.patients[0])
    tally.patients[0] = old + new
    tally = tally._replace(
        mean=tally.mean + (sums / new - tally.mean) * new / (old + new),
        squares=_merged(tally.squares, tally.mean, old, squares, sums, new),
        apart=tally.apart + (apart / new - tally.apart) * new / (old + new),
        apart_squares=_merged(tally.apart_squares, tally.apart, old, apart_squares, apart, new),
    )
    if not whole:
        return tally
    blocks = int(tally.blocks[0])
    tally.blocks[0] = blocks + 1
    here, there = sums / new, apart / new
    return tally._replace(
        block_mean=tally.block_mean + (here - tally.block_mean) / (blocks + 1),
        block_squares=_merged(tally.block_squares, tally.block_mean, blocks, here**2, here, 1),
        block_apart=tally.block_apart + (there - tally.block_apart) / (blocks + 1),
        block_apart_squares=_merged(tally.block_apart_squares, tally.block_apart, blocks, there**2, there, 1),
    )


def _merged(squares: Floats, mean: Floats, old: int, new_squares: Floats, sums: Floats, new: int) -> Floats:
    # Chan, Golub and LeVeque 1979: sums of squared deviations of two groups, without loss of digits.
    deviation = new_squares - sums * sums / new
    return np.asarray(squares + np.maximum(deviation, 0.0) + (sums / new - mean) ** 2 * old * new / (old + new))


def deviation(squares: Floats, patients: int) -> Floats:
    """What is the standard deviation, from the sum of squared deviations?"""
    return np.asarray(np.sqrt(squares / max(patients - 1, 1)))


def quantiles(bins: NDArray[np.int32], shares: Floats) -> Floats:
    """Below which change do these shares (0 to 1) of the patients lie? (months, 5, shares), in per cent.

    Linear within a bin, so wrong by less than its width.
    """
    running = np.cumsum(bins, axis=2, dtype=np.int64)
    out = np.empty((*bins.shape[:2], len(shares)))
    for m in range(bins.shape[0]):
        for q in range(bins.shape[1]):
            upto = running[m, q]
            aim = shares * upto[-1]
            place = np.minimum(np.searchsorted(upto, aim, side="left"), bins.shape[2] - 1)
            inside = np.maximum(bins[m, q, place], 1)
            below = upto[place] - bins[m, q, place]
            out[m, q] = _LOW[q] + _WIDTH[q] * (place + np.clip((aim - below) / inside, 0.0, 1.0))
    return out


def share_lost_as_measured(bins: NDArray[np.int32], precision_pct: Floats) -> Floats:
    """Which share seems to lose more than 3 %, if both scans err by `precision_pct` (3,) per cent (one SD)?

    (months, 3): every bin, blurred by a normal error of the difference of two scans.
    """
    centre = _LOW[0] + _WIDTH[0] * (np.arange(bins.shape[2]) + 0.5)
    out = np.empty((bins.shape[0], DENSITIES))
    for q in range(DENSITIES):
        spread = max(float(precision_pct[q]) * sqrt(2.0), 1e-9)
        below = np.array([0.5 * (1.0 + erf((LOSS_PCT - x) / (spread * sqrt(2.0)))) for x in centre])
        out[:, q] = bins[:, q] @ below / np.maximum(bins[:, q].sum(axis=1), 1)
    return out
