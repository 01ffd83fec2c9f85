"""How good is a sequence of drugs, and which are worth following further?"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np

from osteon.bone.goals import ratio_at_target, t_score_after
from osteon.bone.label import NOTHING
from osteon.bone.patient import SITES, Site
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.sequences import YEAR, Rules, Yearly
from osteon.bone.simulate import simulate

Aim = Literal["t_score", "gain", "chance", "fractures"]

FEW, MORE = 32, 256
"""Draws of the model in the first and second round of a search; the last round takes all."""

BEAM = 12
"""How many sequences for each last drug a beam carries on: a design default."""

_AT_ONCE = 64


class Scorer:
    """How good is a sequence, for the first draws of an ensemble?"""

    def __init__(
        self, rules: Rules, ensemble: Floats, t_score: Floats, aim: Aim, site: Site, target: float | None
    ) -> None:
        self.rules = rules
        self.ensemble = ensemble
        self._t_score = np.broadcast_to(t_score, (len(ensemble), len(SITES)))
        self._aim = aim
        self._place = SITES.index("total_hip" if aim == "fractures" else site)
        self._target = target

    def ratios(self, sequences: Sequence[Yearly], draws: int) -> Floats:
        """What becomes of density, against today's, at the end? (sequences, draws, 3)."""
        parameters = self.ensemble[:draws]
        end = np.array([0.0, self.rules.start_month + YEAR * max(len(each) for each in sequences)])
        out = np.empty((len(sequences), len(parameters), len(SITES)))
        for first in range(0, len(sequences), _AT_ONCE):
            regimens = [self.rules.regimen(each) for each in sequences[first : first + _AT_ONCE]]
            seen = simulate(parameters, regimens, end, step_d=POPULATION_STEP_D)
            out[first : first + len(regimens)] = seen[:, :, 1, : len(SITES)] / seen[:, :, 0, : len(SITES)]
        return out

    def scores(self, sequences: Sequence[Yearly], draws: int, *, smooth: bool = False) -> Floats:
        """How good is each, draw by draw? (sequences, draws); `smooth` ranks chances by the T-score behind them."""
        ratio = self.ratios(sequences, draws)
        if self._aim in ("gain", "fractures"):
            return np.asarray(100.0 * (ratio[..., self._place] - 1.0))
        if self._aim == "chance" and not smooth and self._target is not None:
            wanted = ratio_at_target(self._t_score[:draws], self._target)[:, self._place]
            return np.asarray(ratio[..., self._place] >= wanted, float)
        return np.asarray(t_score_after(self._t_score[:draws], ratio)[..., self._place])

    def best(self, sequences: Sequence[Yearly], draws: int, keep: int, margin: float = 0.0) -> list[Yearly]:
        """Which are the best of these, best first? Equal ones in the order of their names.

        With a `margin` half of them are the easiest (fewest visits, then fewest changes) of those that come within
        twice the margin of the best: the last word is not spoken yet, and a difference that small will not decide.
        """
        mean = self.scores(sequences, draws, smooth=True).mean(axis=1)
        order = sorted(range(len(mean)), key=lambda place: (-mean[place], sequences[place]))
        if margin <= 0.0 or len(order) <= keep:
            return [sequences[place] for place in order[:keep]]
        own = self.scores(sequences, draws).mean(axis=1)
        near = [place for place in order if own[place] >= own.max() - 2.0 * margin]
        easy = sorted(near, key=lambda place: self.rules.effort(sequences[place]))
        chosen = dict.fromkeys((*order[: keep - keep // 2], *easy[: keep // 2]))
        return [sequences[place] for place in chosen]


def beam(rules: Rules, scorer: Scorer, ruled_out: Counter[str], margin: float = 0.0) -> tuple[list[Yearly], int]:
    """Which sequences are left if every year only the best for each last drug go on, and how many were simulated?"""
    kept: list[Yearly] = [()]
    considered = 0
    for _ in range(rules.years):
        grown: dict[str, list[Yearly]] = {}
        for so_far in kept:
            for drug in (*rules.drugs, NOTHING):
                reason = rules.why_not(so_far, drug)
                if reason is None:
                    grown.setdefault(drug, []).append((*so_far, drug))
                else:
                    ruled_out[reason] += 1
        considered += sum(len(each) for each in grown.values())
        kept = [each for alike in grown.values() for each in scorer.best(alike, FEW, BEAM, margin)]
    whole = []
    for each in kept:
        reason = rules.why_unfinished(each)
        if reason is None:
            whole.append(each)
        else:
            ruled_out[reason] += 1
    return whole, considered
