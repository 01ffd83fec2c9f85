"""How well does the equation predict trials?

Two figures per set of rows: the share of predictions inside the observed 95 % interval, and the slope of predicted on
observed logarithm of the risk ratio. Rows differ tenfold in precision, so the slope weighs each by the inverse of its
observed variance; the slope of unweighted rows is lower than that of a perfect model would be (see
`slope_without_noise`), because chance spreads the observed ratios and not the predicted ones.
"""

from collections.abc import Sequence

import numpy as np

from osteon.bone.fracture_effect import Validated
from osteon.bone.fracture_trials import TrialRow
from osteon.bone.schedule import Floats


def validated(rows: Sequence[TrialRow], predicted: Floats) -> Validated:
    """How well are these rows predicted? `predicted` (rows,) is the logarithm of the risk ratio."""
    observed = np.array([row.log_ratio for row in rows])
    sd = np.array([row.log_sd for row in rows])
    low = np.log([row.low for row in rows if row.low is not None])
    high = np.log([row.high for row in rows if row.high is not None])
    inside = (predicted >= low) & (predicted <= high)
    weight = sd**-2.0
    plain = _slope(observed, predicted, np.ones_like(sd))
    return Validated(
        rows=len(observed),
        inside=float(inside.mean()),
        slope=_slope(observed, predicted, weight),
        slope_unweighted=plain,
        slope_without_noise=1.0 - float(np.mean(sd**2) / np.var(observed)),
        slope_through_origin=float(weight @ (observed * predicted) / (weight @ observed**2)),
    )


def _slope(observed: Floats, predicted: Floats, weight: Floats) -> float:
    far = observed - np.average(observed, weights=weight)
    return float(weight @ (far * predicted) / (weight @ far**2))
