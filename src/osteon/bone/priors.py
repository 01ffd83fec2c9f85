"""What was believed of each parameter before the trials were seen?"""

import csv
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from osteon.bone.parameters import NAMES
from osteon.bone.schedule import Floats

SHIPPED = Path(__file__).parent / "data" / "priors.csv"

SCALING: tuple[str, ...] = ("aTs", "fM")
"""Parameters of the scaling by baseline density and sex: fitted with the rest, but not numbers of the kernel."""


class Prior(msgspec.Struct, frozen=True):
    """Where did the search for a parameter start?

    `transform` gives the scale on which `sd` is meant: `log` above 0, `logit` between 0 and 1, `identity` as it is;
    `fixed` is not fitted. `origin` `ratio to total hip` means that the prior of a femoral-neck parameter is centred
    on the total hip's fitted value.
    """

    name: str
    transform: Literal["log", "logit", "identity", "fixed"]
    value: float
    sd: float | None
    origin: str


class Priors:
    """The priors of all parameters, and the way between free numbers and parameters."""

    def __init__(self, priors: tuple[Prior, ...]) -> None:
        self.all = priors
        self.free = tuple(prior for prior in priors if prior.transform != "fixed")
        self.names = tuple(prior.name for prior in self.free)
        self.mean = np.array([_unbounded(prior, prior.value) for prior in self.free])
        self.sd = np.array([prior.sd for prior in self.free], float)
        index = {name: place for place, name in enumerate(self.names)}
        self._leader = np.array(
            [index[f"{p.name[:-2]}TH"] if p.origin == "ratio to total hip" else -1 for p in self.free]
        )
        kinds = [prior.transform for prior in self.free]
        self._log = np.array([kind == "log" for kind in kinds])
        self._logit = np.array([kind == "logit" for kind in kinds])
        self._columns = [index.get(name, -1) for name in (*NAMES, *SCALING)]
        self._defaults = np.array([prior.value for prior in priors])

    def surprise(self, theta: Floats) -> Floats:
        """How far, in prior SDs, does each free number lie from what was believed? (..., free)."""
        follows = self._leader >= 0
        centre = np.where(follows, theta[..., self._leader] + self.mean - self.mean[self._leader], self.mean)
        return np.asarray((theta - centre) / self.sd)

    def parameters(self, theta: Floats) -> tuple[Floats, Floats]:
        """Which parameters (N, len(NAMES)) and scaling (N, 2) do free numbers (N, free) stand for?"""
        value = np.where(self._log, np.exp(np.where(self._log, theta, 0.0)), theta)
        value = np.where(self._logit, 1.0 / (1.0 + np.exp(-np.where(self._logit, theta, 0.0))), value)
        out = np.broadcast_to(self._defaults, (len(theta), len(self._defaults))).copy()
        for column, place in enumerate(self._columns):
            if place >= 0:
                out[:, column] = value[:, place]
        return np.ascontiguousarray(out[:, : len(NAMES)]), out[:, len(NAMES) :]


def _unbounded(prior: Prior, value: float) -> float:
    if prior.transform == "log":
        return float(np.log(value))
    if prior.transform == "logit":
        return float(np.log(value / (1.0 - value)))
    return value


def priors(path: Path = SHIPPED) -> Priors:
    """What was believed before the fit? The table in data/priors.csv, in the order of the parameters."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [{**row, "sd": row["sd"] or None} for row in csv.DictReader(file)]
    found = tuple(msgspec.convert(row, Prior, strict=False) for row in rows)
    if tuple(prior.name for prior in found) != (*NAMES, *SCALING):
        msg = f"{path.name} must name each parameter once, in the order of osteon.bone.parameters"
        raise ValueError(msg)
    return Priors(found)
