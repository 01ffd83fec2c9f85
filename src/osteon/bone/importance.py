"""Which effects explain what was measured?

Adaptive importance sampling. The first particles come from the prior. Where the data are too informative for them, a
normal proposal is fitted to the particles, first with the data toned down, and new particles are drawn from it (a
tenth always from the prior, which bounds the weights). All particles of all rounds count, each weighted by prior and
likelihood over the mixture of all proposals (the balance heuristic of Veach and Guibas 1995), so that the answer is
exact in the limit of many particles, whatever the shape of the posterior.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from osteon.bone.schedule import Floats

Indices = NDArray[np.int64]

LogLikelihood = Callable[[Floats, Indices], Floats]
"""Called with effects (n, effects) and the rows (n,) of the ensemble they go with; answers (n,) log likelihoods."""

ENOUGH = 0.5
"""Effective particles, as a share of those asked for, at which no further round is drawn: a design default."""

ROUNDS = 12
"""Most rounds: each costs one simulation of the history. A design default; two are enough for most patients."""

_PARTICLES_PER_EFFECT = 10
"""A proposal is fitted to so many effective particles for each effect, or to a tenth of all: a design default."""

_FROM_PRIOR = 0.1
_WIDER = 1.15


class Found(NamedTuple):
    """Particles of equal weight: effects (n, effects) and rows (n,); how many effective ones they stand for."""

    effects: Floats
    rows: Indices
    effective: float
    rounds: int


class _Proposal(NamedTuple):
    mean: Floats
    root: Floats

    def log_density(self, x: Floats) -> Floats:
        away = np.linalg.solve(self.root, (x - self.mean).T)
        normal = -0.5 * (away**2).sum(axis=0) - np.log(np.diag(self.root)).sum()
        prior = -0.5 * (x**2).sum(axis=1)
        return np.asarray(np.logaddexp(np.log1p(-_FROM_PRIOR) + normal, np.log(_FROM_PRIOR) + prior))


def explored(log_likelihood: LogLikelihood, first: Floats, active: Floats, chance: np.random.Generator) -> Found:
    """Which particles stand for the posterior, if effects are standard normal before the data?

    `first` (n, effects) is a draw from the prior; `active` (effects,) is 1 where the data can tell anything, and the
    other effects keep their prior. As many particles are answered as were given.
    """
    seen = np.flatnonzero(active)
    count = len(first)
    effects, rows = [first], [np.arange(count)]
    likely = [log_likelihood(first, rows[0])]
    proposals: list[_Proposal] = []
    while True:
        x = np.concatenate(effects)[:, seen]
        target = np.concatenate(likely) - 0.5 * (x**2).sum(axis=1)
        weight = target - _mixture(x, proposals)
        enough = effective(weight) >= ENOUGH * count
        if enough or len(effects) >= ROUNDS:
            break
        proposals.append(_fitted(x, weight, max(0.1 * count, _PARTICLES_PER_EFFECT * len(seen))))
        fresh = chance.standard_normal(first.shape)
        free = fresh[:, seen]
        guided = chance.random(count) >= _FROM_PRIOR
        fresh[:, seen] = np.where(guided[:, None], proposals[-1].mean + free @ proposals[-1].root.T, free)
        effects.append(fresh)
        rows.append(chance.permutation(count))
        likely.append(log_likelihood(fresh, rows[-1]))
    number = effective(weight)
    if number < count / 20.0:
        weight = weight * _tempering(weight, count / 20.0)
    chosen = resampled(weight, count, chance)
    return Found(np.concatenate(effects)[chosen], np.concatenate(rows)[chosen], number, len(effects))


def effective(log_weight: Floats) -> float:
    """How many equally weighted particles are these worth? (sum w)^2 / sum w^2."""
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def resampled(log_weight: Floats, count: int, chance: np.random.Generator) -> Indices:
    """Which particles stand for all, once their weights are made equal? Systematic resampling: (count,) places."""
    weight = np.exp(log_weight - log_weight.max())
    edges = np.cumsum(weight / weight.sum())
    marks = (np.arange(count) + chance.random()) / count
    return np.minimum(np.searchsorted(edges, marks), len(log_weight) - 1)


def _mixture(x: Floats, proposals: list[_Proposal]) -> Floats:
    parts = [-0.5 * (x**2).sum(axis=1), *(proposal.log_density(x) for proposal in proposals)]
    return np.asarray(np.logaddexp.reduce(parts, axis=0) - np.log(len(parts)))


def _fitted(x: Floats, weight: Floats, wanted: float) -> _Proposal:
    """Which normal proposal lies where the particles weigh most? With few of them the data are toned down first."""
    toned = weight * _tempering(weight, wanted)
    share = np.exp(toned - toned.max())
    share /= share.sum()
    mean = share @ x
    away = x - mean
    spread = (away * share[:, None]).T @ away
    # Correlations shrunk a little: a covariance from few particles is too narrow in some direction.
    spread = _WIDER * (0.9 * spread + 0.1 * np.diag(np.diag(spread))) + 1e-10 * np.eye(x.shape[1])
    return _Proposal(mean, np.linalg.cholesky(spread))


def _tempering(weight: Floats, wanted: float) -> float:
    """By which power (0 to 1) must the weights be toned down so that `wanted` effective particles remain?"""
    if effective(weight) >= wanted:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle * weight) >= wanted else (low, middle)
    return low
