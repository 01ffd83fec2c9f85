"""What is believed of the parameters now that the trials have been seen?

The shipped posterior is data/posterior.json, written by `osteon bone fit`: free numbers and their covariance, and the
error of a trial arm's mean as trials that were left out showed it.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from osteon.bone.parameters import NAMES
from osteon.bone.priors import SCALING, priors
from osteon.bone.schedule import Floats

SHIPPED = Path(__file__).parent / "data" / "posterior.json"


class ModelError(msgspec.Struct, frozen=True):
    """How wrong is the model about a trial arm's mean, in points of per cent?

    SD = change * sqrt(floor^2 + (share * size of change)^2 + (a_year * years)^2); `change` counts only after a
    switch, a stop or a combination.
    """

    floor: float
    share: float
    a_year: float
    change: float

    def sd(self, size: Floats, years: Floats | float, changed: bool) -> Floats:
        """Which SD belongs to changes of `size` points after `years`?"""
        plain = np.sqrt(self.floor**2 + (self.share * size) ** 2 + (self.a_year * np.asarray(years)) ** 2)
        return np.asarray(plain * (self.change if changed else 1.0))


class Posterior(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters after the fit, on the free scale of the priors, with provenance.

    `rows_by_drug` counts the observations under each drug, and under `none`.
    """

    version: str
    names: tuple[str, ...]
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    model_error: dict[str, ModelError]
    trials: tuple[str, ...]
    observations: int
    rows_by_drug: dict[str, int]


class Drawn(NamedTuple):
    """Parameters (samples, len(NAMES)) and scaling (samples, 2: aTs, fM) of a draw."""

    parameters: Floats
    scaling: Floats


@cache
def shipped() -> Posterior:
    """Which posterior does this version carry?"""
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Posterior)


@cache
def _spread() -> Floats:
    # Symmetric square root: exact for a covariance that is singular to rounding, and the same on every machine.
    value, vector = np.linalg.eigh(np.asarray(shipped().covariance))
    return np.asarray(vector * np.sqrt(np.maximum(value, 0.0)) @ vector.T)


def draw(samples: int, seed: int) -> Drawn:
    """Which parameters might be true? Drawn from the posterior, the same for the same seed."""
    free = np.random.default_rng(seed).standard_normal((samples, len(shipped().names)))
    return Drawn(*priors().parameters(np.asarray(shipped().mean) + free @ _spread()))


@cache
def best() -> Drawn:
    """Which parameters are the most probable? One row."""
    return Drawn(*priors().parameters(np.asarray(shipped().mean)[None]))


__all__ = ["NAMES", "SCALING", "Drawn", "ModelError", "Posterior", "best", "draw", "shipped"]
