"""Are the intervals right after learning?

Simulation-based calibration (Talts 2018): patients are drawn from the ensemble itself, their scans and blood tests are
simulated with noise, the ensemble learns from them, and the truth is ranked among its members. If the intervals are
right, every rank is equally likely. `python -m osteon.bone.calibrate_learning --rounds 2000` writes the table.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from osteon.bone.between_patients import applied
from osteon.bone.covariates import density_factors, first_month
from osteon.bone.ensemble import Ensemble, draw, log_density_of, t_score_of
from osteon.bone.learn import learned
from osteon.bone.parameters import ROW
from osteon.bone.patient import MARKERS, SITES, MarkerLevel, Patient, Scan
from osteon.bone.posterior import draw as population_draw
from osteon.bone.posterior import shipped as posterior
from osteon.bone.precision import marker_error_log, scan_error_log
from osteon.bone.regimen import Regimen, parse_regimen
from osteon.bone.schedule import POPULATION_STEP_D, Floats
from osteon.bone.simulate import simulate

AHEAD_MONTHS = 24.0
_FACTORS = [ROW[name] for name in ("fLS", "fTH", "fFN")]


class Story(NamedTuple):
    """What has been given so far, when was she scanned and tested, and what comes next?"""

    history: str
    scans: tuple[float, ...]
    tests: tuple[float, ...]
    next: str


STORIES: tuple[Story, ...] = (
    Story("none", (-24.0, 0.0), (), "zoledronic_acid:5mg/12mo@0-24"),
    Story("denosumab:60mg/6mo@-36-0", (-36.0, -18.0, 0.0), (0.0,), "denosumab:60mg/6mo@0-24"),
    Story("denosumab:60mg/6mo@-24-0", (-24.0, -12.0, 0.0), (-24.0, -6.0), "zoledronic_acid:5mg@0"),
    Story("teriparatide:20ug/1d@-24-0", (-24.0, -12.0, 0.0), (), "denosumab:60mg/6mo@0-24"),
    Story("alendronate:70mg/1wk@-60-0", (-60.0, -36.0, 0.0), (-48.0, 0.0), "romosozumab:210mg/1mo@0-12"),
)
"""Patients as clinics see them: untreated, on a drug, before a change, with and without blood tests."""


class Ranks(NamedTuple):
    """Where did the truth lie?

    `rank` (rounds, 3) from 0 to `members`, for the change of density at each site; `misfits` rounds that were flagged;
    `effective` (rounds,) share of members; `inside_90` (3,) share of truths in the 90 % interval, `half_width_90` (3,)
    its mean half width in points.
    """

    rank: NDArray[np.int64]
    members: int
    misfits: int
    effective: Floats
    inside_90: Floats
    half_width_90: Floats


def ranked(rounds: int, *, members: int = 255, seed: int = 1, stories: Sequence[Story] = STORIES) -> Ranks:
    """Where does the true change of density in the next 24 months lie among the members, round by round?

    The stories take turns. The same for the same seed.
    """
    rank = np.empty((rounds, len(SITES)), np.int64)
    effective, inside, half = np.empty(rounds), np.empty((rounds, len(SITES))), np.empty((rounds, len(SITES)))
    misfits = 0
    for turn in range(rounds):
        story = stories[turn % len(stories)]
        chance = np.random.default_rng((seed, turn))
        patient, truth = _patient(story, chance)
        found = learned(draw(patient, members, int(chance.integers(2**31))), patient)
        change = _change(found.parameters, patient.history, story.next)
        rank[turn] = (change < truth).sum(axis=0)
        low, high = np.quantile(change, (0.05, 0.95), axis=0)
        inside[turn], half[turn] = (truth >= low) & (truth <= high), 0.5 * (high - low)
        effective[turn] = found.effective / members
        misfits += any("do not fit" in flag.text for flag in found.flags)
    return Ranks(rank, members, misfits, effective, inside.mean(axis=0), half.mean(axis=0))


def chi_square(ranks: Ranks, bins: int = 16) -> Floats:
    """How far from equal are the counts of ranks in `bins` bins? (3,), with bins - 1 degrees of freedom."""
    edges = np.linspace(0, ranks.members + 1, bins + 1)
    counts = np.stack([np.histogram(ranks.rank[:, place], edges)[0] for place in range(len(SITES))])
    expected = len(ranks.rank) / bins
    return np.asarray(((counts - expected) ** 2 / expected).sum(axis=1))


def _change(parameters: Floats, history: Regimen, then: str) -> Floats:
    whole = Regimen((*history.courses, *parse_regimen(then).courses))
    seen = simulate(parameters, [whole], np.array([0.0, AHEAD_MONTHS]), step_d=POPULATION_STEP_D)[0]
    return np.asarray(100.0 * (seen[:, 1, : len(SITES)] / seen[:, 0, : len(SITES)] - 1.0))


def _patient(story: Story, chance: np.random.Generator) -> tuple[Patient, Floats]:
    """A patient from the ensemble, as a clinic would see her, and her true change of density (3,) from today on."""
    seed = int(chance.integers(2**31))
    history = parse_regimen(story.history)
    known = Patient(
        sex="F", age=72.0, years_since_menopause=22.0, history=history, glucocorticoid_mg_day=0.0, crcl_ml_min=70.0,
        calcium_and_vitamin_d=True,
    )  # fmt: skip
    one = _scaled(draw(known, 2, seed), seed)
    start = first_month(known)
    months = np.unique([start, *story.scans, *story.tests, 0.0])
    seen = simulate(one.parameters[:1], [history], months, step_d=POPULATION_STEP_D)[0, 0]
    density = log_density_of(one.baseline_t[0]) + np.log(seen[:, : len(SITES)])
    error = chance.standard_normal(len(SITES)) * [posterior().model_error[site].floor / 100.0 for site in SITES]
    built = 1.0 - np.exp(-(months - start) / 6.0) if history.courses else np.zeros(len(months))
    density = density + built[:, None] * error
    levels = np.log(one.markers[0]) + np.log(seen[:, len(SITES) :])
    scans = tuple(
        Scan(month, site, float(t_score_of(density[_at(months, month)] + chance.normal(0.0, scan_error_log()))[place]))
        for month in story.scans
        for place, site in enumerate(SITES)
    )
    markers = tuple(
        MarkerLevel(
            month,
            marker,
            float(np.exp(levels[_at(months, month), place] + chance.normal(0.0, marker_error_log()[place]))),
        )
        for month in story.tests
        for place, marker in enumerate(MARKERS)
    )
    patient = Patient(
        sex="F", age=72.0, years_since_menopause=22.0, history=history, glucocorticoid_mg_day=0.0, crcl_ml_min=70.0,
        calcium_and_vitamin_d=True, scans=scans, markers=markers,
    )  # fmt: skip
    return patient, _change(one.parameters[:1], history, story.next)[0]


def _scaled(ensemble: Ensemble, seed: int) -> Ensemble:
    """The same ensemble with changes scaled by each member's own untreated density, as for a real patient."""
    population = population_draw(len(ensemble.effects), seed)
    typical = ensemble.typical.copy()
    typical[:, _FACTORS] = density_factors(ensemble.baseline_t, np.zeros(len(typical), bool), population.scaling)
    return ensemble._replace(typical=typical, parameters=applied(typical, ensemble.effects, ensemble.spread))


def _at(months: Floats, month: float) -> int:
    return int(np.argmin(np.abs(months - month)))


def table(ranks: Ranks) -> str:
    """How do the ranks look in a table? One line per site."""
    lines = ["site            chi-square (15)  mean rank  inside 90 %  half width 90 %"]
    for place, (site, value) in enumerate(zip(SITES, chi_square(ranks), strict=True)):
        mean = float(ranks.rank[:, place].mean() / ranks.members)
        inside, half = 100 * ranks.inside_90[place], ranks.half_width_90[place]
        lines.append(f"{site:14s} {value:16.1f} {mean:10.3f} {inside:11.1f} % {half:15.2f}")
    lines.append(
        f"{len(ranks.rank)} rounds of {ranks.members} members; {ranks.misfits} called a misfit; effective members "
        f"{100 * ranks.effective.mean():.0f} % on average, {100 * ranks.effective.min():.0f} % at least"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the calibration and write its table to standard output."""
    parser = argparse.ArgumentParser(prog="python -m osteon.bone.calibrate_learning", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--members", type=int, default=255)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    sys.stdout.write(table(ranked(asked.rounds, members=asked.members, seed=asked.seed)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
