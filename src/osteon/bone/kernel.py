"""How are many patients followed at once?

Patients lie side by side in the lanes of SIMD registers, `LANES` to a block, as flat arrays `[row * LANES + lane]`: with
distances known to the compiler the loop over lanes becomes vector code. All lanes of a block share one schedule of
doses and differ in parameters, in the day on which they stop, and in the share of tablets that they take.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit

from osteon.bone.equations import (
    DAYS_A_YEAR,
    Cells,
    Drugs,
    Fades,
    Intake,
    baseline,
    dosed,
    drugs_after,
    fades,
    mean_effect,
    seen,
    stepped,
    uptake,
)
from osteon.bone.lanes import INLINE, OPTIONS
from osteon.bone.parameters import Parameters

LANES = 16
OUTPUTS = 5
"""Density at lumbar spine, total hip and femoral neck; CTX and P1NP: ratios to the untreated baseline."""


def _loader(kind: Any) -> Any:
    """How is a named tuple read from lane `i` of a flat array? Written out, because numba has no loop over fields."""
    fields = ", ".join(f"a[{row * LANES} + i]" for row in range(len(kind._fields)))
    return _written(f"def load(a, i):\n    return kind({fields})\n", "load", kind)


def _saver(kind: Any) -> Any:
    """How is a named tuple written to lane `i` of a flat array?"""
    lines = "".join(f"    a[{row * LANES} + i] = v.{name}\n" for row, name in enumerate(kind._fields))
    return _written(f"def save(a, i, v):\n{lines}", "save", kind)


def _written(source: str, name: str, kind: Any) -> Any:
    space: dict[str, Any] = {"kind": kind}
    exec(source, space)  # noqa: S102 - text from the lines above, no input from outside
    return njit(**INLINE)(space[name])


_parameters = _loader(Parameters)
_cells, _keep_cells = _loader(Cells), _saver(Cells)
_drugs, _keep_drugs = _loader(Drugs), _saver(Drugs)
_fades, _keep_fades = _loader(Fades), _saver(Fades)

_CELLS, _DRUGS, _FADES = len(Cells._fields), len(Drugs._fields), len(Fades._fields)


@njit(nogil=True, **OPTIONS)
def _advance(
    p: Any, y: Any, d: Any, half: Any, whole: Any, take: Any, stop: Any, share: Any, h: float, day: float
) -> None:
    years = (day + 0.5 * h) / DAYS_A_YEAR
    for i in range(LANES):
        q = _parameters(p, i)
        on = 1.0 if day < stop[i] else 0.0
        some = on * share[i]
        intake = Intake(on * take[0], on * take[1], on * take[2], some * take[3], some * take[4], some * take[5])
        start = _cells(y, i)
        drugs = _drugs(d, i)
        f_half = _fades(half, i)
        f_whole = _fades(whole, i)
        midway = drugs_after(q, drugs, intake, uptake(q, start.C), f_half)
        quarter = 0.5 * (drugs.D + midway.D), 0.5 * (drugs.R + midway.R)
        eD = mean_effect(drugs.D, quarter[0], midway.D)
        eR = mean_effect(drugs.R, quarter[1], midway.R)
        middle = stepped(q, start, start, drugs, eD, eR, f_half, 0.5 * h, years - 0.25 * h / DAYS_A_YEAR)
        end = drugs_after(q, drugs, intake, uptake(q, middle.C), f_whole)
        eD = mean_effect(drugs.D, midway.D, end.D)
        eR = mean_effect(drugs.R, midway.R, end.R)
        _keep_cells(y, i, stepped(q, start, middle, midway, eD, eR, f_whole, h, years))
        _keep_drugs(d, i, end)


@njit(nogil=True, **OPTIONS)
def _set_fades(p: Any, out: Any, h: float) -> None:
    for i in range(LANES):
        _keep_fades(out, i, fades(_parameters(p, i), h))


@njit(nogil=True, **OPTIONS)
def _dose(p: Any, y: Any, d: Any, slot: int, mg: float, day: float, stop: Any) -> None:
    for i in range(LANES):
        given = mg if day < stop[i] else 0.0
        _keep_drugs(d, i, dosed(_parameters(p, i), _drugs(d, i), _cells(y, i).C, slot, given))


@njit(nogil=True, **OPTIONS)
def _look(p: Any, y: Any, d: Any, out: Any) -> None:
    for i in range(LANES):
        s = seen(_parameters(p, i), _cells(y, i), _drugs(d, i))
        out[0, i] = s[0]
        out[1, i] = s[1]
        out[2, i] = s[2]
        out[3, i] = s[3]
        out[4, i] = s[4]


@njit(nogil=True, cache=True, **OPTIONS)
def _run(p: Any, day: Any, count: Any, doses: Any, intake: Any, row: Any, stop: Any, share: Any, out: Any) -> None:
    y = np.empty(_CELLS * LANES)
    d = np.zeros(_DRUGS * LANES)
    half = np.empty(_FADES * LANES)
    whole = np.empty(_FADES * LANES)
    for b in range(p.shape[0]):
        q = p[b]
        d[:] = 0.0
        for i in range(LANES):
            _keep_cells(y, i, baseline(_parameters(q, i)))
        last = -1.0
        for g in range(day.shape[0]):
            if row[g] >= 0:
                _look(q, y, d, out[b, row[g]])
            for slot in range(doses.shape[1]):
                if doses[g, slot] > 0.0:
                    _dose(q, y, d, slot, doses[g, slot], day[g], stop[b])
            if g + 1 < day.shape[0]:
                h = (day[g + 1] - day[g]) / count[g]
                if abs(h - last) > 1e-9:
                    _set_fades(q, half, 0.5 * h)
                    _set_fades(q, whole, h)
                    last = h
                for k in range(count[g]):
                    _advance(q, y, d, half, whole, intake[g], stop[b], share[b], h, day[g] + k * h)


run = cast("Callable[..., None]", _run)
"""Follow blocks of lanes through a schedule.

`p` (blocks, parameters * LANES); `day`, `count` (steps to the next day), `row` (row of `out` to write before the dose,
or -1), all (points,); `doses` (points, 8) in mg; `intake` (points, 6); `stop` and `share` (blocks, LANES); `out`
(blocks, rows, OUTPUTS, LANES).
"""
