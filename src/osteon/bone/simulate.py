"""What becomes of many patients under a regimen?"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from osteon.bone.kernel import LANES, OUTPUTS, run
from osteon.bone.parameters import NAMES
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import ONE_PATIENT_STEP_D, Floats, schedule

_BLOCKS_AT_ONCE = 32
_pool = ThreadPoolExecutor(os.cpu_count() or 1)


def simulate(
    parameters: Floats,
    regimens: Sequence[Regimen],
    months: Floats,
    *,
    step_d: float = ONE_PATIENT_STEP_D,
    stop_day: Floats | None = None,
    share_taken: Floats | None = None,
) -> Floats:
    """What would scans and blood tests show, at `months`, of every patient under every regimen?

    `parameters` (patients, len(NAMES)); `stop_day` (patients,) the day after which nothing more is taken;
    `share_taken` (patients,) of the tablets. Answers (regimens, patients, months, 5): density of lumbar spine, total
    hip and femoral neck, CTX and P1NP, each as a ratio to the untreated baseline.
    """
    if parameters.ndim != 2 or parameters.shape[1] != len(NAMES):
        msg = f"parameters must have the shape (patients, {len(NAMES)}), not {parameters.shape}"
        raise ValueError(msg)
    patients = len(parameters)
    blocks = -(-patients // LANES)
    p = _blocked(parameters, blocks).reshape(blocks, LANES, -1).transpose(0, 2, 1).reshape(blocks, -1)
    stop = _blocked(np.full(patients, np.inf) if stop_day is None else stop_day, blocks).reshape(blocks, LANES)
    share = _blocked(np.ones(patients) if share_taken is None else share_taken, blocks).reshape(blocks, LANES)
    plans = [schedule(regimen, months, step_d) for regimen in regimens]
    out = np.empty((len(plans), blocks, len(months), OUTPUTS, LANES))

    def follow(task: tuple[int, int]) -> None:
        which, first = task
        part = slice(first, first + _BLOCKS_AT_ONCE)
        run(p[part], *plans[which], stop[part], share[part], out[which, part])

    tasks = [(which, first) for which in range(len(plans)) for first in range(0, blocks, _BLOCKS_AT_ONCE)]
    list(_pool.map(follow, tasks))
    return out.transpose(0, 1, 4, 2, 3).reshape(len(plans), blocks * LANES, len(months), OUTPUTS)[:, :patients]


def _blocked(values: Floats, blocks: int) -> Floats:
    # The last block is filled up with copies of the last patient.
    missing = blocks * LANES - len(values)
    return (
        np.ascontiguousarray(np.concatenate((values, np.repeat(values[-1:], missing, axis=0)))) if missing else values
    )
