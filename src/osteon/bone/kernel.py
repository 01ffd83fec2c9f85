"""How are many patients followed at once?

The machine code comes from `warm`, which loads it from a file that an earlier process compiled: neither numba nor the
compiler is imported here, because that would take longer than the forecast.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from osteon.bone.schedule import DOSED, TAKEN, Floats

LANES = 8
"""Patients side by side in one block: as many as the widest registers hold."""

OUTPUTS = 5
"""Density at lumbar spine, total hip and femoral neck; CTX and P1NP: ratios to the untreated baseline."""

_CACHE_LINE = 8
"""Numbers in a line of the processor's cache. A register that straddles two lines takes longer to load (15 % in all)."""

_loading = Lock()


def run(
    p: Floats,
    day: Floats,
    steps: NDArray[np.int64],
    doses: Floats,
    intake: Floats,
    row: NDArray[np.int64],
    stop: Floats,
    share: Floats,
    out: Floats,
) -> None:
    """How do these blocks of patients fare on this schedule? The answer is written to `out`.

    `p` (blocks, parameters * LANES); `day`, `steps` (to the next day), `row` (row of `out` to write before the dose, or
    -1), all (points,); `doses` (points, 8) in mg; `intake` (points, 6); `stop` and `share` (blocks, LANES); `out`
    (blocks, rows, OUTPUTS, LANES). All contiguous. Other threads go on meanwhile. Raises ValueError for other shapes.
    """
    blocks, rows = out.shape[:2]
    points = len(day)
    _check("p", p, (blocks, p.shape[1]), np.float64)
    _check("day", day, (points,), np.float64)
    _check("steps", steps, (points,), np.int64)
    _check("doses", doses, (points, len(DOSED)), np.float64)
    _check("intake", intake, (points, len(TAKEN)), np.float64)
    _check("row", row, (points,), np.int64)
    _check("stop", stop, (blocks, LANES), np.float64)
    _check("share", share, (blocks, LANES), np.float64)
    _check("out", out, (blocks, rows, OUTPUTS, LANES), np.float64)
    with _loading:
        follow, numbers = _machine_code()
    room = np.zeros(numbers + _CACHE_LINE)
    scratch = room[-(room.ctypes.data // room.itemsize) % _CACHE_LINE :]
    arrays = (scratch, p, day, steps, doses, intake, row, stop, share, out)
    follow(*(array.ctypes.data for array in arrays), blocks, points, rows)


def _check(name: str, array: NDArray[np.generic], shape: tuple[int, ...], dtype: type[np.generic]) -> None:
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
        msg = f"{name} must be contiguous, {dtype.__name__} and of shape {shape}, not {array.dtype} and {array.shape}"
        raise ValueError(msg)


@cache
def _machine_code() -> tuple[Callable[..., int], int]:
    """`loop.follow` as a Python function, and how many numbers it needs as scratch."""
    from osteon.bone.warm import loaded

    # A function compiled by numba takes two pointers first: to its answer, and to what an exception would need.
    code = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 12, *[ctypes.c_int64] * 3)(loaded())

    def follow(*arguments: int | None) -> int:
        answer, failure = ctypes.c_int64(), ctypes.c_void_p()
        if code(ctypes.byref(answer), ctypes.byref(failure), *arguments):
            msg = "the compiled model failed: remove __pycache__ beside osteon.bone and run it again"
            raise RuntimeError(msg)
        return answer.value

    return follow, follow(*[None] * 10, 0, 0, 0)
