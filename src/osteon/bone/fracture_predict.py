"""What does the equation expect of a trial?

A trial is many skeletons: the hazard is averaged over them, so that those who respond weakly count as they do in a
trial. The risk of either arm follows from the mean hazard between two months.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from osteon.bone.fracture_effect import GRID_MONTHS, Drivers, drivers, log_hazard_ratio
from osteon.bone.fracture_trials import TrialRow
from osteon.bone.parameters import ROW
from osteon.bone.predict import STEP_D, scale
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import Floats
from osteon.bone.simulate import simulate
from osteon.bone.types import FractureKind

KIND_OF: Mapping[str, FractureKind] = {
    "vertebral": "vertebral",
    "clinical vertebral": "vertebral",
    "hip": "hip",
    "nonvertebral": "nonvertebral",
    "wrist": "nonvertebral",
}
"""Which hazard an endpoint is read as. `any clinical` is a mixture of two."""

CLINICAL_VERTEBRAL_SHARE = 0.30
"""Share of vertebrae among clinical fractures: 5.0 of 18.2 % in the placebo arm of FIT-1; 9.8 less 6.1 of 9.8 % on
risedronate in VERO."""

USUAL_RISK = 0.05
"""A comparator's risk where it is not known; it hardly matters while risks are small (design)."""


class Skeletons(NamedTuple):
    """Whom a trial is run in: `parameters` (N, len(NAMES)) and `scaling` (N, 2: aTs, fM)."""

    parameters: Floats
    scaling: Floats


class _Arm(NamedTuple):
    regimen: Regimen
    t_spine: float
    t_hip: float


_Between = Callable[[_Arm, TrialRow, FractureKind], float]


class Trials:
    """Every arm of a table of trials, simulated once."""

    def __init__(self, rows: Sequence[TrialRow], skeletons: Skeletons) -> None:
        self.rows = tuple(rows)
        last = max(row.to_month for row in self.rows)
        self._months = np.arange(0.0, last + GRID_MONTHS, GRID_MONTHS)
        self._drivers = {arm: moved(*arm, skeletons, self._months) for row in self.rows for arm in _arms(row)}

    def log_ratios(self, coefficients: Floats, rows: Sequence[int] | None = None) -> Floats:
        """Which logarithm of the risk ratio is expected of these rows (their places), or of all?"""
        hazards: dict[tuple[_Arm, FractureKind], Floats] = {}

        def between(arm: _Arm, row: TrialRow, kind: FractureKind) -> float:
            if (arm, kind) not in hazards:
                mean = np.exp(log_hazard_ratio(kind, self._drivers[arm], coefficients)).mean(axis=0)
                steps = (mean[1:] + mean[:-1]) / 2.0 * np.diff(self._months)
                hazards[arm, kind] = np.concatenate(([0.0], np.cumsum(steps)))
            low, high = np.interp((row.from_month, row.to_month), self._months, hazards[arm, kind])
            return float(high - low)

        asked = range(len(self.rows)) if rows is None else rows
        return np.array([_log_ratio(self.rows[place], between) for place in asked])


def moved(regimen: Regimen, t_spine: float, t_hip: float, skeletons: Skeletons, months: Floats) -> Drivers:
    """What moves the hazard of these skeletons under a regimen? Against the same skeletons never treated.

    T-scores are those before the first treatment; `months` (times,) count as in the regimen, from 0 on.
    """
    spine_factor, hip_factor, neck_factor = scale(t_spine, t_hip, False, skeletons.scaling).T
    parameters = skeletons.parameters.copy()
    parameters[:, [ROW["fLS"], ROW["fTH"], ROW["fFN"]]] = np.stack((spine_factor, hip_factor, neck_factor), axis=1)
    first = min((0.0, *(course.start_month for course in regimen.courses)))
    treated = simulate(parameters, [regimen], months, step_d=STEP_D)[0]
    # The untreated baseline is the first look: a look at the first dose, which is then dropped.
    looks = np.concatenate(([first], months)) if first < 0.0 else months
    never = simulate(parameters, [Regimen()], looks, step_d=STEP_D)[0][:, len(looks) - len(months) :]
    return drivers(treated[..., :3] / never[..., :3], treated[..., 3:], months)


def _arms(row: TrialRow) -> tuple[_Arm, _Arm]:
    if row.regimen is None:
        msg = f"{row.row_id}: the model does not know this treatment"
        raise ValueError(msg)
    scores = row.t_score_lumbar_spine, row.t_score_total_hip
    return _Arm(row.regimen, *scores), _Arm(row.comparator, *scores)


def _log_ratio(row: TrialRow, between: _Between) -> float:
    treated, other = _arms(row)
    if row.endpoint == "any clinical":
        share = CLINICAL_VERTEBRAL_SHARE
        first, second = (
            share * between(arm, row, "vertebral") + (1.0 - share) * between(arm, row, "nonvertebral")
            for arm in (treated, other)
        )
    else:
        first, second = (between(arm, row, KIND_OF[row.endpoint]) for arm in (treated, other))
    risk = USUAL_RISK if row.comparator_risk is None else row.comparator_risk
    return float(np.log((1.0 - (1.0 - risk) ** (first / second)) / risk))
