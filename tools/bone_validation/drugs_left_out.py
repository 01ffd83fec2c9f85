"""What does the model say of a drug, or of a change of course, that it has hardly seen?"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from osteon.bone.fit import fit
from osteon.bone.observations import Observation
from osteon.bone.patient import SITES
from osteon.bone.posterior import shipped
from osteon.bone.predict import Looks
from osteon.bone.priors import priors
from osteon.bone.residuals import changes_course
from tools.bone_validation.judged import Z90, arm_sd

DRAWS = 63

PIVOTAL = {
    "alendronate": "FIT",
    "denosumab": "FREEDOM",
    "ibandronate_oral": "BONE",
    "risedronate": "VERT-NA",
    "romosozumab": "FRAME",
    "teriparatide": "Neer",
    "zoledronic_acid": "HORIZON",
}
"""The trial on which each drug was licensed, where the evidence holds others too."""


class Unseen(NamedTuple):
    """What was predicted of an observation of density by a model that lacked `without`? Points of per cent."""

    without: str
    row: Observation
    predicted: float
    sd: float

    @property
    def error(self) -> float:
        return self.predicted - self.row.observed

    @property
    def inside_90(self) -> bool:
        return abs(self.error) < Z90 * self.sd


def one_trial_only(rows: Sequence[Observation]) -> tuple[Unseen, ...]:
    """What is predicted of all other trials of a drug from its pivotal trial alone, drug after drug?

    All rows with the drug, alone or with others, are taken away except those of its pivotal trial.
    """
    out: list[Unseen] = []
    for drug, trial in PIVOTAL.items():
        out += _asked(rows, drug, lambda row, drug=drug, trial=trial: _has(row, drug) and row.trial != trial)
    return tuple(out)


def changes_of_course(rows: Sequence[Observation]) -> tuple[Unseen, ...]:
    """What is predicted of a drug's switches, stops and combinations from all rows on one drug?

    Drug after drug, and then (`without` is "any drug") for all of them at once.
    """
    drugs = sorted({drug for row in rows if changes_course(row) for drug in row.regimen.drugs})
    out: list[Unseen] = []
    for drug in drugs:
        out += _asked(rows, drug, lambda row, drug=drug: _has(row, drug) and changes_course(row))
    return (*out, *_asked(rows, "any drug", changes_course))


def _has(row: Observation, drug: str) -> bool:
    return drug in row.regimen.drugs or (row.comparator is not None and drug in row.comparator.drugs)


def _asked(rows: Sequence[Observation], without: str, away: Callable[[Observation], bool]) -> list[Unseen]:
    asked = [row for row in rows if away(row) and row.quantity in SITES]
    if not asked:
        return []
    near, covariance = fit([row for row in rows if not away(row)], priors(), start=np.asarray(shipped().mean), evaluations=15)
    draws = np.random.default_rng(1).multivariate_normal(near, covariance, size=DRAWS, method="eigh")
    seen = Looks(asked).predicted(*priors().parameters(np.concatenate((near[None], draws))))
    spread = seen[1:].std(axis=0)
    return [
        Unseen(without, row, float(p), arm_sd(row, float(p), float(sd), shipped().model_error))
        for row, p, sd in zip(asked, seen[0], spread, strict=True)
    ]
