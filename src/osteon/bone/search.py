"""Which sequence of drugs serves this patient best, within label limits and a budget?

All sequences of yearly decisions that the rules of `sequences` allow are simulated, first for a few draws of the
model, then the best for more, so that the last comparison rests on the whole ensemble and on the same draws for every
sequence. Where there are too many of them, a beam goes year by year and keeps the best for each last drug.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from osteon.bone.label import NOTHING, Label
from osteon.bone.patient import Patient, Site
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.schedule import Floats
from osteon.bone.scoring import FEW, MORE, Aim, Scorer, beam
from osteon.bone.sequences import (
    MOST_CHANGES,
    Budget,
    Rules,
    Yearly,
    enumerate_sequences,
    known_changes,
    next_due_month,
)
from osteon.bone.tested import evidence_flags
from osteon.bone.types import Flag

MARGIN: dict[Aim, float] = {"t_score": 0.05, "gain": 0.5, "chance": 0.02, "fractures": 0.2}
"""Differences smaller than this do not decide; fewer visits do. T-score, per cent, 0 to 1, people of 100: defaults."""

_UNIT: dict[Aim, str] = {
    "t_score": "of T-score",
    "gain": "points of density",
    "chance": "points of chance",
    "fractures": "fractures in 100 people",
}

EXHAUSTIVE = 6000
"""Up to so many sequences are all simulated; beyond, a beam goes year by year. A design default."""

_KEPT_AFTER_FEW, _KEPT_AFTER_MORE = 96, 12

FracturesPer100 = Callable[[Sequence[Regimen]], Sequence[float]]
"""How many of 100 people break a bone over the time searched, for each regimen (history and plan together)?"""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What does one sequence give, and what does it ask for?

    `regimen` is what is to be given from today on; `score` in the unit of the aim (T-score; per cent; chance 0 to 1;
    fractures in 100 people), with the 5 and 95 % quantiles over the ensemble where the aim has them; `visits` are
    doses at a clinic, `cost` in the unit of the budget, None where it is not known. `must_follow` says what is still
    due after the end.
    """

    regimen: str
    score: float
    low90: float | None
    high90: float | None
    visits: float
    treated_months: float
    cost: float | None
    must_follow: str


class Rejected(msgspec.Struct, frozen=True):
    """Why was this sequence not chosen? `behind` is the best score less its own, with its error by chance."""

    candidate: Candidate
    behind: float
    behind_error: float | None
    because: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What did the search find?

    `without` is what happens on calcium and vitamin D alone. `considered` counts the sequences that were simulated,
    `exhaustive` says whether these were all that the rules allow; `ruled_out` counts the branches that each rule cut.
    """

    aim: Aim
    site: Site
    target: float | None
    years: int
    start_month: float
    best: Candidate
    why_not: tuple[Rejected, ...]
    without: Candidate
    considered: int
    exhaustive: bool
    ruled_out: dict[str, int]
    flags: tuple[Flag, ...]
    sentence: str


class NothingAllowedError(ValueError):
    """No sequence fits label limits and budget; the message names the rules that cut most."""


def search(
    patient: Patient,
    ensemble: Floats,
    t_score: Floats | Sequence[float],
    labels: Mapping[str, Label],
    *,
    years: int = 10,
    aim: Aim = "t_score",
    site: Site = "total_hip",
    target: float | None = None,
    budget: Budget | None = None,
    drugs: Sequence[str] | None = None,
    most_changes: int = MOST_CHANGES,
    tested_only: bool = False,
    fractures: FracturesPer100 | None = None,
    margin: float | None = None,
    keep: int = 5,
) -> Found:
    """Which sequence of drugs over `years` years has the best final T-score, gain, chance or fewest fractures?

    Of the patient count her sex and the treatment so far; `ensemble` (draws, len(NAMES)) are her parameters as
    `simulate` takes them, `t_score` (3,) or (draws, 3) today's T-scores in the order of `SITES`: the `parameters` and
    `today_t` of an `Ensemble`. `site` and `target` say what is aimed at: density, T-score and chance at this site
    (`chance` needs a target), while `fractures` needs the function of that name and looks for candidates by the gain
    at the total hip. `tested_only` allows only changes of drug that a trial has tested; otherwise others are flagged.
    The answer follows from its arguments alone. Raises `NothingAllowedError` where the rules leave no sequence and
    ValueError for an aim that lacks its argument.
    """
    if (aim == "chance" and target is None) or (aim == "fractures" and fractures is None):
        msg = f"the aim {aim} needs {'a target T-score' if aim == 'chance' else 'a function that tells fractures'}"
        raise ValueError(msg)
    history = patient.history
    rules = Rules(
        labels=dict(labels),
        drugs=tuple(drugs) if drugs is not None else tuple(drug for drug in labels if not labels[drug].off_label),
        years=years,
        budget=budget or Budget(),
        male=patient.sex == "M",
        before=history,
        start_month=next_due_month(history, labels),
        most_changes=most_changes,
        tested=known_changes() if tested_only else None,
    )
    scorer = Scorer(rules, ensemble, np.asarray(t_score, float), aim, site, target)
    ruled_out: Counter[str] = Counter()
    every = enumerate_sequences(rules, EXHAUSTIVE, ruled_out)
    if every is None:
        ruled_out.clear()
    least = MARGIN[aim] if margin is None else margin
    rough = least if aim != "fractures" else 0.0
    whole, considered = beam(rules, scorer, ruled_out, rough) if every is None else (every, len(every))
    if not whole:
        cut = "; ".join(reason for reason, _ in ruled_out.most_common(3))
        msg = f"no sequence of {years} years fits label limits and budget: {cut}"
        raise NothingAllowedError(msg)
    shortlist = scorer.best(whole, FEW, _KEPT_AFTER_FEW, rough)
    finalists = scorer.best(shortlist, MORE, max(_KEPT_AFTER_MORE, keep + 1), rough)
    ranked = _Ranking(rules, scorer, aim, fractures, least)
    best, why_not, without = ranked.decided(finalists, keep)
    return Found(
        aim=aim,
        site=site,
        target=target,
        years=years,
        start_month=rules.start_month,
        best=best,
        why_not=why_not,
        without=without,
        considered=considered,
        exhaustive=every is not None,
        ruled_out=dict(ruled_out.most_common()),
        flags=_flags(patient, rules, best, ensemble),
        sentence=_sentence(best, without, aim, site, target, years),
    )


class _Ranking:
    """Which of the finalists is the one, and why not the others?"""

    def __init__(
        self, rules: Rules, scorer: Scorer, aim: Aim, fractures: FracturesPer100 | None, margin: float
    ) -> None:
        self._rules, self._scorer, self._aim = rules, scorer, aim
        self._fractures, self._margin = fractures, margin

    def decided(self, finalists: list[Yearly], keep: int) -> tuple[Candidate, tuple[Rejected, ...], Candidate]:
        """The choice, the reasons against the next best, and what happens without any drug."""
        nothing = (NOTHING,) * self._rules.years
        scores = self._all_scores([*finalists, nothing])
        mean = scores.mean(axis=1)
        top = float(mean[:-1].max())
        able = [place for place in range(len(finalists)) if mean[place] >= top - self._margin]
        chosen = min(able, key=lambda i: (*self._rules.effort(finalists[i]), -mean[i]))
        best = self._candidate(finalists[chosen], scores[chosen])
        order = sorted((i for i in range(len(finalists)) if i != chosen), key=lambda i: -mean[i])[:keep]
        why_not = tuple(
            self._rejected(best, scores[chosen], self._candidate(finalists[i], scores[i]), scores[i]) for i in order
        )
        return best, why_not, self._candidate(nothing, scores[-1])

    def _all_scores(self, sequences: Sequence[Yearly]) -> Floats:
        if self._fractures is None or self._aim != "fractures":
            return self._scorer.scores(sequences, len(self._scorer.ensemble))
        told = self._fractures([self._rules.regimen(each) for each in sequences])
        return -np.asarray(told, float)[:, None]

    def _candidate(self, whole: Yearly, scores: Floats) -> Candidate:
        spent = self._rules.spent(whole)
        sign = -1.0 if self._aim == "fractures" else 1.0
        spread = len(scores) > 1 and self._aim != "chance"
        return Candidate(
            regimen=str(Regimen(self._rules.courses(whole))),
            score=sign * float(scores.mean()),
            low90=float(np.quantile(scores, 0.05)) if spread else None,
            high90=float(np.quantile(scores, 0.95)) if spread else None,
            visits=spent.visits,
            treated_months=spent.treated_months,
            cost=spent.cost,
            must_follow=self._must_follow(whole[-1]),
        )

    def _must_follow(self, last: str) -> str:
        if last == NOTHING or not self._rules.labels[last].must_be_followed:
            return ""
        ways = self._rules.labels[last].exit_drugs or self._rules.labels[last].may_follow
        return f"{last} runs to the end: it goes on, or {' or '.join(ways)} must follow its last dose"

    def _rejected(self, best: Candidate, best_scores: Floats, other: Candidate, scores: Floats) -> Rejected:
        apart = best_scores - scores
        behind = float(apart.mean())
        error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else None
        return Rejected(other, behind, error, self._because(best, other, behind))

    def _because(self, best: Candidate, other: Candidate, behind: float) -> str:
        factor = 100.0 if self._aim == "chance" else 1.0
        unit, more = _UNIT[self._aim], other.visits - best.visits
        visits = _counted(abs(more), "more" if more > 0.0 else "fewer") if more else "as many visits"
        size = f"{abs(factor * behind):.2f} {unit}"
        if behind > self._margin:
            return f"{size} worse, with {visits}"
        if behind < 0.0:
            return f"{size} better, too little to decide (under {factor * self._margin:g}), and {visits}"
        return f"{size} worse, too little to decide (under {factor * self._margin:g}), and {visits}"


def _counted(visits: float, which: str = "") -> str:
    return f"{visits:g} {which}{' ' if which else ''}visit{'' if visits == 1.0 else 's'}"


def _flags(patient: Patient, rules: Rules, best: Candidate, ensemble: Floats) -> tuple[Flag, ...]:
    out = [Flag("assumed", "every dose is taken when it is due; see the trial for real life")]
    if best.must_follow:
        out.append(Flag("assumed", best.must_follow))
    drug = rules.still_with()
    if drug is not None:
        out.append(Flag("assumed", f"{drug} came before; the search begins in month {rules.start_month:g}"))
    out.extend(evidence_flags(parse_regimen(best.regimen), patient))
    if len(ensemble) < MORE:
        out.append(
            Flag("sparse", "few draws of the model: small differences between sequences are chance", len(ensemble))
        )
    return tuple(out)


def _sentence(best: Candidate, without: Candidate, aim: Aim, site: Site, target: float | None, years: int) -> str:
    where = site.replace("_", " ")
    if aim == "fractures":
        return (
            f"{best.regimen}: {best.score:.1f} of 100 people break a bone in {years} years, without drugs "
            f"{without.score:.1f}; {_counted(best.visits)}."
        )
    words = {
        "t_score": (f"{best.score:.2f}", f"{without.score:.2f}", f"the T-score of the {where} is"),
        "gain": (f"{best.score:+.1f} %", f"{without.score:+.1f} %", f"the density of the {where} changes by"),
        "chance": (
            f"{100.0 * best.score:.0f} %", f"{100.0 * without.score:.0f} %",
            f"the chance of {target if target is not None else 0.0:g} or more at the {where} is",
        ),
    }  # fmt: skip
    own, other, what = words[aim]
    return f"{best.regimen}: after {years} years {what} {own}, without drugs {other}; {_counted(best.visits)}."
