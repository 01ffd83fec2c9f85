"""By how much does the model miss each trial, once the trial's own errors are allowed for?

The arms of one trial share two errors that belong to the trial and not to the model: its own untreated slope and its
own strength of response. They widen and correlate the residuals of the trial instead of becoming constants of it.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from osteon.bone.observations import Observation
from osteon.bone.predict import Looks
from osteon.bone.priors import Priors
from osteon.bone.regimen import Regimen
from osteon.bone.schedule import Floats

SLOPE_SD_PCT_A_YEAR = 0.20
RESPONSE_SD = 0.04
ROW_SD_PCT = 0.1
"""Trial-level errors: untreated slope, share of the response, and what is left per row, in points of per cent.
Design: chosen for the cross-validated error, see docs/explanation/the-bone-model.md."""

MARKER_RESPONSE_SD = 0.20
MARKER_ROW_SD = 0.10
"""The same for markers, as a share: one trial's assay is not another's. Design."""

CHANGE_OF_COURSE = 0.6
"""Rows after a switch, a stop or a combination count for more: they are few, and forecasts are asked for them.
Design."""


class Problem:
    """The observations and the priors, as residuals in SDs."""

    def __init__(self, rows: Sequence[Observation], priors: Priors) -> None:
        self.rows = tuple(rows)
        self.priors = priors
        self.looks = Looks(rows)
        self.observed = np.array([row.observed for row in rows])
        self._groups = _whitening(self.rows)

    def residuals(self, theta: Floats) -> Floats:
        """By how many SDs does each observation, then each prior, miss? (N, rows + free) for free numbers (N, free)."""
        missed = self.looks.predicted(*self.priors.parameters(theta)) - self.observed
        white = np.empty_like(missed)
        for rows, whitener in self._groups:
            white[:, rows] = missed[:, rows] @ whitener.T
        return np.concatenate((white, self.priors.surprise(theta)), axis=1)

    def jacobian(self, theta: Floats, step: float = 1e-4) -> Floats:
        """How do the residuals move with each free number? All differences in one batch, a lane each."""
        shifts = step * np.eye(len(theta))
        moved = self.residuals(np.concatenate((theta + shifts, theta - shifts)))
        return np.asarray(((moved[: len(theta)] - moved[len(theta) :]) / (2.0 * step)).T)


class _Seen(Protocol):
    @property
    def regimen(self) -> Regimen: ...
    @property
    def to_month(self) -> float: ...


def changes_course(row: _Seen) -> bool:
    """Was it seen under a second drug, or after the last course had stopped?"""
    courses = row.regimen.courses
    stops = [course.stop_month for course in courses if course.stop_month is not None]
    return len(row.regimen.drugs) > 1 or (len(stops) == len(courses) > 0 and row.to_month > max(stops) + 1.0)


def _whitening(rows: Sequence[Observation]) -> list[tuple[NDArray[np.int64], Floats]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault((row.trial, row.quantity), []).append(place)
    return [
        (np.array(places), np.linalg.inv(np.linalg.cholesky(_covariance([rows[place] for place in places]))))
        for places in groups.values()
    ]


def _covariance(rows: Sequence[Observation]) -> Floats:
    sd = np.array([row.sd * (CHANGE_OF_COURSE if changes_course(row) else 1.0) for row in rows])
    size = np.array([row.observed for row in rows])
    if rows[0].quantity in ("ctx", "p1np"):
        return np.asarray(np.diag(sd**2 + (MARKER_ROW_SD * size) ** 2) + np.outer(size, size) * MARKER_RESPONSE_SD**2)
    years = np.array([0.0 if row.comparator else (row.to_month - row.from_month) / 12.0 for row in rows])
    shared = np.outer(years, years) * SLOPE_SD_PCT_A_YEAR**2 + np.outer(size, size) * RESPONSE_SD**2
    return np.asarray(np.diag(sd**2 + ROW_SD_PCT**2) + shared)
