"""What does the model expect where a trial looked?"""

from collections.abc import Sequence

import numpy as np

from osteon.bone.observations import QUANTITIES, Observation
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.knowledge.spans import DAYS_PER_MONTH

STEP_D = DAYS_PER_MONTH / 4.0
"""Step of the fit: error about 0.03 points, well under any trial's."""

SPINE_SD_OF_MEAN, SPINE_REFERENCE_T = 0.105, -2.6
HIP_SD_OF_MEAN, HIP_REFERENCE_T = 0.1295, -1.9
"""SD over mean of young reference density, and T-score of the reference cohort (specification a.6)."""


def scale(t_spine: Floats | float, t_hip: Floats | float, male: bool, scaling: Floats) -> Floats:
    """How much larger is the change in per cent of a thinner bone? (N, 3) for spine, hip, neck.

    f = ((1 + r * T_reference) / (1 + r * T)) ^ aTs, times fM at the hip of men: the same gain in g/cm2 is a larger
    share of less. `scaling` (N, 2) holds aTs and fM. Source: specification a.6.
    """
    power, men = scaling[:, 0], scaling[:, 1] if male else 1.0
    spine = ((1.0 + SPINE_SD_OF_MEAN * SPINE_REFERENCE_T) / (1.0 + SPINE_SD_OF_MEAN * t_spine)) ** power
    hip = ((1.0 + HIP_SD_OF_MEAN * HIP_REFERENCE_T) / (1.0 + HIP_SD_OF_MEAN * t_hip)) ** power * men
    return np.stack((spine, hip, hip), axis=-1)


class Looks:
    """Every look of a set of observations, simulated once per regimen."""

    def __init__(self, rows: Sequence[Observation]) -> None:
        self.rows = tuple(rows)
        wanted: dict[Regimen, set[float]] = {}
        for row in self.rows:
            for regimen in (row.regimen, row.comparator):
                if regimen is not None:
                    wanted.setdefault(regimen, {0.0}).update((row.from_month, row.to_month))
        self._months = {regimen: np.array(sorted(months)) for regimen, months in wanted.items()}

    def predicted(self, parameters: Floats, scaling: Floats) -> Floats:
        """What is expected of each observation? (N, rows) for parameters (N, P) and scaling (N, 2)."""
        seen = {
            regimen: simulate(parameters, [regimen], months, step_d=STEP_D)[0]
            for regimen, months in self._months.items()
        }
        return np.stack([self._one(row, seen, scaling) for row in self.rows], axis=1)

    def _one(self, row: Observation, seen: dict[Regimen, Floats], scaling: Floats) -> Floats:
        own = self._change(row, row.regimen, seen, scaling)
        if row.comparator is None:
            return own
        other = self._change(row, row.comparator, seen, scaling)
        return own / other if row.quantity in ("ctx", "p1np") else own - other

    def _change(self, row: Observation, regimen: Regimen, seen: dict[Regimen, Floats], scaling: Floats) -> Floats:
        months = self._months[regimen]
        column = QUANTITIES.index(row.quantity)
        first = seen[regimen][:, int(np.searchsorted(months, row.from_month)), column]
        last = seen[regimen][:, int(np.searchsorted(months, row.to_month)), column]
        if row.quantity in ("ctx", "p1np"):
            return last / first
        f = scale(row.t_score_lumbar_spine, row.t_score_total_hip, row.sex == "M", scaling)[:, column]
        return 100.0 * ((1.0 + f * (last - 1.0)) / (1.0 + f * (first - 1.0)) - 1.0)
