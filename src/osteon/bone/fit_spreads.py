"""Which spreads between patients would make trials report the SDs that they report?

Moment matching: the model is run for the same patients (fixed effects in SDs) with trial spreads, the noise of two
scans is added, and the spreads are moved until the SDs of change agree with the published ones.
"""

from collections.abc import Sequence

import numpy as np

from osteon.bone.between_patients import EFFECTS, Target, applied, drawn, spreads
from osteon.bone.patient import MARKERS, SITES
from osteon.bone.precision import scan_error_pct, shipped
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.simulate import simulate

FREE = ("rate_spine", "rate_hip", "rate_neck", "formation_spine", "anabolic", "romosozumab")
"""Effects whose spread published SDs can tell; the others rest on other evidence or are defaults."""

_QUANTITIES = (*SITES, *MARKERS)
_BELIEVED, _BELIEVED_SD = 0.3, 1.0
"""A spread is believed to be near 0.3, within a factor of e: a default that keeps what no target touches in bounds."""


def predicted_sd(targets: Sequence[Target], parameters: Floats, effects: Floats, sd: Floats) -> Floats:
    """Which SD between patients does the model expect of each target? (targets,), noise of two scans included.

    `parameters` (1, len(NAMES)) of the average patient; `effects` (patients, effects); `sd` (effects,).
    """
    people = applied(np.repeat(parameters, len(effects), axis=0), effects, sd)
    out = np.empty(len(targets))
    for regimen in dict.fromkeys(target.regimen for target in targets):
        mine = [place for place, target in enumerate(targets) if target.regimen == regimen]
        months = np.array([0.0, *sorted({targets[place].month for place in mine})])
        both = [parse_regimen(regimen), parse_regimen("none")]
        treated, untreated = simulate(people, both, months, step_d=POPULATION_STEP_D)
        for place in mine:
            out[place] = _one(targets[place], months, treated, untreated)
    return out


def _one(target: Target, months: Floats, treated: Floats, untreated: Floats) -> float:
    look, column = int(np.searchsorted(months, target.month)), _QUANTITIES.index(target.quantity)
    if target.quantity in MARKERS:
        noise = 2.0 * shipped().marker_error[target.quantity].within ** 2
        return float(np.sqrt(np.log(treated[:, look, column] / treated[:, 0, column]).var() + noise))
    change = 100.0 * (treated[:, look, column] / treated[:, 0, column] - 1.0)
    if target.of == "excess":
        added = change.var() - float(np.var(100.0 * (untreated[:, look, column] / untreated[:, 0, column] - 1.0)))
        return float(np.sqrt(max(added, 1e-6)))
    return float(np.sqrt(change.var() + 2.0 * scan_error_pct()[column] ** 2))


def fit(
    targets: Sequence[Target], parameters: Floats, *, patients: int = 2000, seed: int = 1, steps: int = 6
) -> dict[str, float]:
    """Which spreads fit the targets best? Gauss-Newton on their logarithms, each target weighted by its people.

    The relative error of an SD from n people is 1 / sqrt(2 n); a tenth is added for what studies differ by. Answers
    the spreads of `FREE`, the same for the same seed.
    """
    used = [target for target in targets if target.use == "fit"]
    effects = drawn(patients, np.random.default_rng(seed))
    # Every column is centred and scaled, so that few patients give the SDs of many.
    effects = (effects - effects.mean(axis=0)) / effects.std(axis=0)
    error = np.array([np.hypot(1.0 / np.sqrt(2.0 * target.people), 0.1) for target in used])
    observed = np.log([target.sd for target in used])
    places = [list(EFFECTS).index(name) for name in FREE]
    sd = spreads()
    believed = np.log(_BELIEVED)

    def missed(theta: Floats) -> Floats:
        tried = sd.copy()
        tried[places] = np.exp(theta)
        found = np.log(predicted_sd(used, parameters, effects, tried))
        return np.concatenate(((found - observed) / error, (theta - believed) / _BELIEVED_SD))

    theta = np.full(len(FREE), believed)
    for _ in range(steps):
        here = missed(theta)
        slope = np.stack([(missed(theta + 0.05 * step) - here) / 0.05 for step in np.eye(len(theta))], axis=1)
        theta = theta - np.clip(np.linalg.lstsq(slope, here, rcond=None)[0], -0.5, 0.5)
    return {name: float(np.exp(value)) for name, value in zip(FREE, theta, strict=True)}
