"""How exact is the kernel? Against the specification's own runs, and against a tight solver of the same equations."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from osteon.bone import posterior
from osteon.bone.parameters import NAMES, NEUTRAL, ROW
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import ONE_PATIENT_STEP_D, POPULATION_STEP_D
from osteon.bone.simulate import simulate
from osteon.knowledge.spans import DAYS_PER_MONTH
from tests.bone.tight_solver import solved

Floats = NDArray[np.float64]
DATA = Path(__file__).parents[1] / "data"

REGIMENS = (
    "none",
    "denosumab:60mg/6mo@0-36,zoledronic_acid:5mg@36",
    "romosozumab:210mg/1mo@0-12,alendronate:70mg/1wk@12-60",
    "teriparatide:20ug/1d@0-24,denosumab:60mg/6mo@24-60",
    "alendronate:10mg/1d@0-36,abaloparatide:80ug/1d@36-54,raloxifene:60mg/1d@54-72",
    "romosozumab:210mg/1mo@0-12,denosumab:60mg/6mo@12-48,romosozumab:210mg/1mo@48-60",
)
MONTHS = np.array([0.0, 3.0, 12.0, 24.0, 37.0, 60.0, 72.0])

SHARES = [
    ROW[name] for name in ("bD", "rR", "rX", "EmB", "m1", "wr", "fs", "fsZ", "c0", "lamI", "muLS", "muTH", "muFN")
]
"""Parameters that are shares of a whole: never above 1."""


def specified() -> Floats:
    """The values of the specification, a.7, with what was added since at the value at which it does nothing."""
    given = json.loads((DATA / "bone_specification_parameters.json").read_text())
    value = NEUTRAL | {name: given[name] for name in NAMES if name in given}
    value |= dict.fromkeys(("gamLS", "gamTH", "gamFN"), given["gam"])
    value |= {f"{name}FN": given[f"{name}TH"] for name in ("k", "n", "mu", "s", "d", "sg")}
    return np.array([value[name] for name in NAMES])


def varied(patients: int, seed: int, sd: float = 0.15) -> Floats:
    """Patients around the specification, with everything that was added to it switched on. (patients, len(NAMES))."""
    centre = specified()
    switched_on = {"kW": 0.002, "esc": 0.5} | {f"om{at}": 0.3 for at in ("LS", "TH", "FN")}
    switched_on |= {f"eta{at}": 0.3 for at in ("LS", "TH", "FN")} | {f"l{at}": -0.015 for at in ("LS", "TH", "FN")}
    for name, value in switched_on.items():
        centre[ROW[name]] = value
    drawn = centre * np.exp(sd * np.random.default_rng(seed).standard_normal((patients, len(NAMES))))
    drawn[:, SHARES] = np.minimum(drawn[:, SHARES], 0.98)
    return drawn


def test_it_gives_the_specifications_reference_vectors_within_0_02_points() -> None:
    rows = list(csv.DictReader((DATA / "bone_reference_vectors.csv").read_text().splitlines()))
    assert len(rows) == 44
    for row in rows:
        look = np.array([0.0, float(row["month"])])
        spine, hip, _, ctx, p1np = simulate(specified()[None], [parse_regimen(row["regimen"])], look)[0, 0, 1]
        assert 100.0 * (spine - 1.0) == pytest.approx(float(row["lumbar_spine_pct"]), abs=0.02), row
        assert 100.0 * (hip - 1.0) == pytest.approx(float(row["total_hip_pct"]), abs=0.02), row
        assert ctx == pytest.approx(float(row["ctx_ratio"]), abs=0.005), row
        assert p1np == pytest.approx(float(row["p1np_ratio"]), abs=0.005), row


@pytest.fixture(scope="module")
def patients() -> Floats:
    return np.concatenate((specified()[None], posterior.draw(1, 4).parameters, varied(1, 2)))


@pytest.fixture(scope="module")
def truth(patients: Floats) -> Floats:
    return np.array([[solved(patient, regimen, MONTHS) for patient in patients] for regimen in REGIMENS])


def worst(patients: Floats, truth: Floats, step_d: float) -> tuple[float, float]:
    """The largest error of density in points of per cent, and of a marker ratio."""
    found = np.array([simulate(patients, [parse_regimen(each)], MONTHS, step_d=step_d)[0] for each in REGIMENS])
    error = np.abs(found - truth)
    return 100.0 * error[..., :3].max(), error[..., 3:].max()


def test_one_patients_density_is_within_0_02_points_of_a_tight_solver(patients: Floats, truth: Floats) -> None:
    assert ONE_PATIENT_STEP_D <= DAYS_PER_MONTH / 3.0
    density, marker = worst(patients, truth, DAYS_PER_MONTH / 3.0)
    assert density <= 0.02
    assert marker <= 0.005


def test_density_in_populations_is_within_0_05_points_of_a_tight_solver(patients: Floats, truth: Floats) -> None:
    assert POPULATION_STEP_D <= DAYS_PER_MONTH / 2.0
    density, marker = worst(patients, truth, DAYS_PER_MONTH / 2.0)
    assert density <= 0.05
    assert marker <= 0.005


def test_these_steps_serve_every_patient_who_may_be_drawn() -> None:
    drawn, looks = posterior.draw(128, 5).parameters, np.arange(0.0, 121.0, 6.0)
    for regimen in (*REGIMENS, "romosozumab:210mg/1mo@0-24", "alendronate:10mg/1d@0-12,romosozumab:140mg/1mo@12-24"):
        exact, fine, coarse = (
            simulate(drawn, [parse_regimen(regimen)], looks, step_d=DAYS_PER_MONTH / parts)[..., :3]
            for parts in (64.0, 3.0, 2.0)
        )
        assert 100.0 * np.abs(fine - exact).max() <= 0.02, regimen
        assert 100.0 * np.abs(coarse - exact).max() <= 0.05, regimen


def test_it_converges_on_the_tight_solver_as_the_step_shrinks(patients: Floats, truth: Floats) -> None:
    density, marker = worst(patients, truth, DAYS_PER_MONTH / 64.0)
    assert density <= 0.001
    assert marker <= 0.0001


# Not tablets: a bisphosphonate begins within a day of the first, and no step resolves that.
@pytest.mark.parametrize("regimen", [REGIMENS[1], REGIMENS[3], REGIMENS[5]])
def test_halving_the_step_quarters_the_error_or_better(patients: Floats, regimen: str) -> None:
    def seen(parts: int) -> Floats:
        return simulate(patients, [parse_regimen(regimen)], MONTHS, step_d=DAYS_PER_MONTH / parts)[0]

    exact = seen(256)
    errors = [np.sqrt(((seen(parts) - exact) ** 2).mean()) for parts in (2, 4, 8, 16)]
    assert all(coarse > 4.0 * fine for coarse, fine in pairwise(errors))


@pytest.mark.parametrize("gap_d", [1e-3, 0.1, 1.0, 45.0])
def test_short_and_long_steps_lose_no_digits(gap_d: float) -> None:
    patients, regimen = varied(4, 5), parse_regimen("denosumab:60mg/6mo@0-36")
    plain = simulate(patients, [regimen], np.array([0.0, 48.0]), step_d=1.0)[0, :, 1]
    looked_at_twice = np.array([0.0, 12.0, 12.0 + gap_d / DAYS_PER_MONTH, 48.0])
    assert simulate(patients, [regimen], looked_at_twice, step_d=1.0)[0, :, 3] == pytest.approx(plain, abs=1e-5)


def test_a_rate_of_nothing_is_no_division_by_nothing() -> None:
    still = specified()
    still[[ROW["kW"], ROW["kP"], ROW["kQ"]]] = 0.0
    seen = simulate(still[None], [parse_regimen("romosozumab:210mg/1mo@0-12")], np.arange(0.0, 25.0, 6.0))
    assert np.isfinite(seen).all()
