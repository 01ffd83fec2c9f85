# mypy: disallow-untyped-decorators=False, disallow-untyped-calls=False
"""How is a block of patients followed through a schedule of doses and looks?

Patients lie side by side in the lanes of SIMD registers, `LANES` to a block, in one flat array `[row * LANES + lane]`:
with distances known to the compiler every loop over lanes becomes vector code. A step is several short loops rather
than one long one, so that the registers suffice and the processor works ahead. All lanes of a block share one schedule
and differ in parameters, in the day on which they stop, and in the share of tablets that they take.

Compiled to machine code by `warm`; called through `kernel`.
"""

from itertools import count, islice
from typing import Any, NamedTuple, get_type_hints

from numba import njit, types

from osteon.bone.equations import (
    DAYS_A_YEAR,
    Answer,
    Bone,
    Cells,
    Drugs,
    Level,
    Site,
    density,
    dosed,
    markers,
    no_drugs,
    nothing_taken,
    settling,
    untreated,
    untreated_mineral,
    uptake,
)
from osteon.bone.kernel import LANES, OUTPUTS
from osteon.bone.lanes import INLINE, OPTIONS
from osteon.bone.parameters import NAMES, ROW, Parameters
from osteon.bone.schedule import DOSED, TAKEN
from osteon.bone.stepping import (
    Fades,
    Slow,
    Weights,
    bone_after,
    cells_after,
    drugs_after,
    fades,
    mended,
    slow_part,
    weights,
)

SITES = 3


class Habit(NamedTuple):
    """How does this patient take what is prescribed?"""

    stop: float  # day after which nothing more is taken
    share: float  # of the tablets


class Taking(NamedTuple):
    """What is taken by the day in this step?"""

    on: float  # share of the step before the patient stops
    tablets: float  # that times the uptake of bone


def _leaves(kind: Any, path: str = "v") -> list[str]:
    """Where are the numbers of a named tuple, which may hold others?"""
    found: list[str] = []
    for name, hint in get_type_hints(kind).items():
        found += _leaves(hint, f"{path}.{name}") if hasattr(hint, "_fields") else [f"{path}.{name}"]
    return found


def _built(kind: Any, rows: Any, space: dict[str, Any]) -> str:
    """How is a named tuple built from the next rows?"""
    space[kind.__name__] = kind
    parts = (_built(h, rows, space) if hasattr(h, "_fields") else next(rows) for h in get_type_hints(kind).values())
    return f"{kind.__name__}({', '.join(parts)})"


def _written(text: str, space: dict[str, Any]) -> Any:
    exec(text, space)  # noqa: S102 - text from the functions below, no input from outside
    return njit(**INLINE)(space["it"])


def _reader(kind: Any, rows: list[int]) -> Any:
    """How is a named tuple read from lane `i`? Written out, because numba has no loop over fields."""
    space: dict[str, Any] = {}
    made = _built(kind, iter(f"a[{row * LANES} + i]" for row in rows), space)
    return _written(f"def it(a, i):\n    return {made}\n", space)


def _writer(kind: Any, rows: list[int]) -> Any:
    """How is a named tuple written to lane `i`?"""
    lines = (f"    a[{row * LANES} + i] = {leaf}\n" for row, leaf in zip(rows, _leaves(kind), strict=True))
    return _written("def it(a, i, v):\n" + "".join(lines), {})


_free_rows = count()


def _place(kind: Any, times: int = 1) -> tuple[Any, Any, int]:
    """Which rows of the block hold this? Answers how to read it, how to write it, and its first row.

    With `times` sites, field by field: the lane of a site is its number times LANES further on.
    """
    rows = list(islice(_free_rows, len(_leaves(kind)) * times))
    return _reader(kind, rows[::times]), _writer(kind, rows[::times]), rows[0]


_parameters, _, _ = _place(Parameters)
_site = _reader(Site, [ROW[f"{name}LS"] for name in Site._fields])
_habit, _keep_habit, _ = _place(Habit)
_cells, _keep_cells, _ = _place(Cells)
_bone, _keep_bone, _ = _place(Bone, SITES)
_drugs, _keep_drugs, _ = _place(Drugs)
_third, _keep_third, _ = _place(Fades)
_whole, _keep_whole, _ = _place(Fades)
_weights, _keep_weights, _ = _place(Weights)
_level, _keep_level, _ = _place(Level)
_taking, _keep_taking, _ = _place(Taking)
_slow, _keep_slow, _ = _place(Slow)
_answer, _keep_answer, _ = _place(Answer)

_PER_M = next(_free_rows) * LANES
_SEEN = _PER_M + SITES * LANES
SCRATCH = _SEEN + OUTPUTS * LANES
_FIRST = 0.25
"""Share of a step that comes first when a drug is begun: 0.2 to 0.3 served best (docs/explanation/numerics.md)."""

_PARAMETERS, _DOSED, _TAKEN = len(NAMES), len(DOSED), len(TAKEN)
_SCALE = ROW["fLS"] * LANES


@njit(**OPTIONS)
def _begin(a: Any) -> None:
    for i in range(LANES):
        _keep_cells(a, i, untreated())
        _keep_drugs(a, i, no_drugs())
    for s in range(SITES):
        for i in range(LANES):
            j = s * LANES + i
            m = untreated_mineral(_parameters(a, i), _site(a, j))
            _keep_bone(a, j, Bone(1.0, 1.0, m))
            a[_PER_M + j] = 1.0 / m


@njit(**OPTIONS)
def _set_step(a: Any, h: float) -> None:
    for i in range(LANES):
        _keep_third(a, i, fades(_parameters(a, i), h / 3.0))
    for i in range(LANES):
        _keep_whole(a, i, fades(_parameters(a, i), h))
    for i in range(LANES):
        _keep_weights(a, i, weights(_parameters(a, i), h))


@njit(**OPTIONS)
def _set_intake(a: Any, t: Any, first: int) -> None:
    for i in range(LANES):
        p, share = _parameters(a, i), _habit(a, i).share
        aln, ris, ibo = share * t[first + 3], share * t[first + 4], share * t[first + 5]
        _keep_level(a, i, settling(p, t[first], t[first + 1], t[first + 2], aln, ris, ibo))


@njit(**OPTIONS)
def _take(a: Any, h: float, day: float) -> None:
    for i in range(LANES):
        on = min(max((_habit(a, i).stop - day) / h, 0.0), 1.0)
        _keep_taking(a, i, Taking(on, on * uptake(_parameters(a, i), _cells(a, i).C)))


@njit(**OPTIONS)
def _step_drugs(a: Any, h: float) -> None:
    for i in range(LANES):
        drugs, level = _drugs(a, i), nothing_taken()
        d1 = drugs_after(drugs, _third(a, i), level, 0.0, 0.0)
        d2 = drugs_after(drugs, _whole(a, i), level, 0.0, 0.0)
        _keep_slow(a, i, slow_part(_parameters(a, i), _cells(a, i), d1, d2, _weights(a, i), h))
        _keep_drugs(a, i, d2)


@njit(**OPTIONS)
def _step_drugs_taken(a: Any, h: float) -> None:
    for i in range(LANES):
        drugs, level, taking = _drugs(a, i), _level(a, i), _taking(a, i)
        d1 = drugs_after(drugs, _third(a, i), level, taking.on, taking.tablets)
        d2 = drugs_after(drugs, _whole(a, i), level, taking.on, taking.tablets)
        _keep_slow(a, i, slow_part(_parameters(a, i), _cells(a, i), d1, d2, _weights(a, i), h))
        _keep_drugs(a, i, d2)


@njit(**OPTIONS)
def _step_cells(a: Any) -> None:
    for i in range(LANES):
        cells, answer = cells_after(_parameters(a, i), _cells(a, i), _slow(a, i), _weights(a, i))
        _keep_cells(a, i, cells)
        _keep_answer(a, i, answer)


@njit(**OPTIONS)
def _mend_uptake(a: Any) -> None:
    """Uptake was that of the start of the step; now that turnover over the step is known, mend what is in bone."""
    for i in range(LANES):
        p, d, f, level, taking = _parameters(a, i), _drugs(a, i), _whole(a, i), _level(a, i), _taking(a, i)
        more = taking.on * uptake(p, _answer(a, i).C) - taking.tablets
        _keep_drugs(a, i, mended(d, f, level, more))


@njit(**OPTIONS)
def _step_bone(a: Any, h: float, years: float) -> None:
    for s in range(SITES):
        for i in range(LANES):
            j = s * LANES + i
            p, site, bone, answer = _parameters(a, i), _site(a, j), _bone(a, j), _answer(a, i)
            _keep_bone(a, j, bone_after(p, site, bone, a[_PER_M + j], answer, h, years))


@njit(**OPTIONS)
def _dose(a: Any, slot: int, mg: float, day: float) -> None:
    for i in range(LANES):
        given = mg if day < _habit(a, i).stop else 0.0
        _keep_drugs(a, i, dosed(_parameters(a, i), _drugs(a, i), _cells(a, i).C, slot, given))


@njit(**OPTIONS)
def _look(a: Any, out: Any, first: int) -> None:
    for s in range(SITES):
        for i in range(LANES):
            j = s * LANES + i
            a[_SEEN + j] = density(a[_SCALE + j], _bone(a, j).V, _bone(a, j).m * a[_PER_M + j])
    for i in range(LANES):
        ctx, p1np = markers(_parameters(a, i), _cells(a, i), _drugs(a, i))
        a[_SEEN + SITES * LANES + i] = ctx
        a[_SEEN + (SITES + 1) * LANES + i] = p1np
    for j in range(OUTPUTS * LANES):
        out[first + j] = a[_SEEN + j]


@njit(**OPTIONS)
def _advance(a: Any, years: float, now: float, h: float, taken: bool) -> None:
    """One step of `h` days from day `now`, `years` after baseline."""
    if taken:
        _take(a, h, now)
        _step_drugs_taken(a, h)
        _step_cells(a)
        _mend_uptake(a)
    else:
        _step_drugs(a, h)
        _step_cells(a)
    _step_bone(a, h, years + 0.5 * h / DAYS_A_YEAR)


@njit(**OPTIONS)
def _go_on(a: Any, g: int, day: Any, steps: Any, intake: Any, last: float) -> float:
    """From this point of time to the next, in steps of the length that is answered; `last` is what they were before.

    The first step of a daily drug is taken in two: tablets bring a bisphosphonate to half its effect within a day, and
    a straight line over the whole step would miss that.
    """
    h: float = (day[g + 1] - day[g]) / steps[g]
    taken, begun = False, False
    for drug in range(g * _TAKEN, (g + 1) * _TAKEN):
        taken = taken or intake[drug] > 0.0
        begun = begun or intake[drug] > (intake[drug - _TAKEN] if g > 0 else 0.0)
    if taken:
        _set_intake(a, intake, g * _TAKEN)
    years = (day[g] - day[0]) / DAYS_A_YEAR
    if begun:
        _set_step(a, _FIRST * h)
        _advance(a, years, day[g], _FIRST * h, taken)
        _set_step(a, (1.0 - _FIRST) * h)
        _advance(a, years + _FIRST * h / DAYS_A_YEAR, day[g] + _FIRST * h, (1.0 - _FIRST) * h, taken)
    if begun or abs(h - last) > 1e-9:
        _set_step(a, h)
    for k in range(1 if begun else 0, steps[g]):
        _advance(a, years + k * h / DAYS_A_YEAR, day[g] + k * h, h, taken)
    return h


_REAL, _WHOLE = types.CPointer(types.float64), types.CPointer(types.int64)
KIND = types.int64(
    *(_REAL, _REAL, _REAL, _WHOLE, _REAL, _REAL, _WHOLE, _REAL, _REAL, _REAL), types.int64, types.int64, types.int64
)
"""What `follow` takes and gives, for the compiler."""


@njit(**OPTIONS)
def follow(
    a: Any, p: Any, day: Any, steps: Any, doses: Any, intake: Any, row: Any, stop: Any, share: Any, out: Any,
    blocks: int, points: int, rows: int,
) -> int:  # fmt: skip
    """How do these blocks fare? Arrays as in `kernel.run`, and `a` for scratch; answers how many numbers that takes."""
    for b in range(blocks):
        for i in range(_PARAMETERS * LANES):
            a[i] = p[b * _PARAMETERS * LANES + i]
        for i in range(LANES):
            _keep_habit(a, i, Habit(stop[b * LANES + i], share[b * LANES + i]))
        _begin(a)
        h = -1.0
        for g in range(points):
            if row[g] >= 0:
                _look(a, out, (b * rows + row[g]) * OUTPUTS * LANES)
            for slot in range(_DOSED):
                if doses[g * _DOSED + slot] > 0.0:
                    _dose(a, slot, doses[g * _DOSED + slot], day[g])
            if g + 1 < points:
                h = _go_on(a, g, day, steps, intake, h)
    return SCRATCH
