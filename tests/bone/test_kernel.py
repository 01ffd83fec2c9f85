"""Patients side by side: nothing that they share may show, and nothing wild may come of wild numbers."""

import ast
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from osteon.bone import kernel, warm
from osteon.bone.parameters import ROW
from osteon.bone.regimen import parse_regimen
from osteon.bone.simulate import simulate
from tests.bone.test_numerics import specified, varied

Floats = NDArray[np.float64]
YEARLY = np.arange(0.0, 121.0, 12.0)
MIXED = (
    "romosozumab:210mg/1mo@0-12,denosumab:60mg/6mo@12-72,zoledronic_acid:5mg/12mo@72-120,teriparatide:20ug/1d@132-156,"
    "alendronate:70mg/1wk@150-210,raloxifene:60mg/1d@200-260,pamidronate:60mg/3mo@240-270,"
    "ibandronate:3mg/3mo@270-300,abaloparatide:80ug/1d@300-318,risedronate:35mg/1wk@318-350"
)


def follow(regimen: str, patients: Floats | None = None, months: Floats = YEARLY, **more: object) -> Floats:
    chosen = varied(5, 1) if patients is None else patients
    return simulate(chosen, [parse_regimen(regimen)], months, **more)[0]  # type: ignore[arg-type]


def wild_runs(patients: int, seed: int) -> None:
    """Thirty years of everything: finite, above nothing, and a skeleton that neither vanishes nor doubles twice."""
    drawn = varied(patients, seed)
    for step_d in (5.0, 15.2, 30.0):
        seen = follow(MIXED, drawn, np.arange(0.0, 361.0, 6.0), step_d=step_d)
        assert np.isfinite(seen).all()
        assert seen[..., :3].min() > 0.05
        assert seen[..., :3].max() < 4.0
        assert seen[..., 3:].min() > 0.0
        assert seen[..., 3:].max() < 30.0


def test_thirty_years_of_everything_stay_finite_and_within_bounds_for_random_patients() -> None:
    wild_runs(200, 1)


def test_untreated_bone_stays_at_its_baseline_when_it_has_no_slope() -> None:
    still = specified()
    still[[ROW[f"{name}{at}"] for name in ("s", "l") for at in ("LS", "TH", "FN")]] = 0.0
    assert follow("none", still[None]) == pytest.approx(1.0, abs=1e-12)


def test_a_nan_shows_and_stays_with_its_patient() -> None:
    broken = varied(11, 3)
    broken[4, ROW["kLS"]] = np.nan
    seen = follow(MIXED, broken)
    assert np.isnan(seen[4, -1, 0])
    assert np.isfinite(np.delete(seen, 4, axis=0)).all()


@pytest.mark.parametrize("drug", ["denosumab:60mg/6mo", "alendronate:70mg/1wk", "teriparatide:20ug/1d"])
def test_a_regimen_split_in_two_equals_the_whole(drug: str) -> None:
    whole, split = follow(f"{drug}@0-24"), follow(f"{drug}@0-12,{drug}@12-24")
    assert np.array_equal(whole, split)


@pytest.mark.parametrize("cut", [7.0, 11.3, 18.0])
def test_a_course_of_tablets_may_be_cut_anywhere(cut: float) -> None:
    whole, split = (
        follow("alendronate:70mg/1wk@0-24"),
        follow(f"alendronate:70mg/1wk@0-{cut},alendronate:70mg/1wk@{cut}-24"),
    )
    assert split == pytest.approx(whole, abs=2e-5)


def test_the_order_of_doses_within_a_day_does_not_matter() -> None:
    drugs = ["zoledronic_acid:5mg@6", "denosumab:60mg@6", "romosozumab:210mg@6", "pamidronate:60mg@6"]
    assert np.array_equal(follow(",".join(drugs)), follow(",".join(reversed(drugs))))


def test_only_the_time_since_baseline_counts() -> None:
    early = follow("denosumab:60mg/6mo@-60--24,alendronate:70mg/1wk@-24-0", months=YEARLY - 60.0)
    assert follow("denosumab:60mg/6mo@0-36,alendronate:70mg/1wk@36-60") == pytest.approx(early, abs=1e-9)


def test_more_looks_change_nothing() -> None:
    often = follow(MIXED, months=np.arange(0.0, 121.0, 1.0))[:, ::12]
    assert often == pytest.approx(follow(MIXED), abs=2e-4)


def test_it_answers_the_same_bits_twice_and_from_several_threads() -> None:
    patients = varied(700, 7)
    first = follow(MIXED, patients)
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: follow(MIXED, patients), range(4)))
    assert all(np.array_equal(first, each) for each in again)


def test_neighbours_do_not_matter() -> None:
    patients, order = varied(37, 8), np.random.default_rng(9).permutation(37)
    together = follow(MIXED, patients)
    assert np.array_equal(follow(MIXED, patients[order]), together[order])
    assert np.array_equal(follow(MIXED, patients[20:21]), together[20:21])


def test_regimens_do_not_matter_to_each_other() -> None:
    names = ["none", MIXED, "denosumab:60mg/6mo@0-60"]
    together = simulate(varied(9, 10), [parse_regimen(each) for each in names], YEARLY)
    for place, each in enumerate(names):
        assert np.array_equal(together[place], follow(each, varied(9, 10)))


@pytest.mark.parametrize("drug", ["denosumab:60mg/6mo", "teriparatide:20ug/1d", "alendronate:70mg/1wk"])
def test_who_stops_is_as_if_the_regimen_ended_there(drug: str) -> None:
    stop = np.array([30.4375 * 24.0, np.inf])
    seen = follow(f"{drug}@0-48", varied(2, 11), stop_day=stop)
    assert seen[0] == pytest.approx(follow(f"{drug}@0-24", varied(2, 11))[0], abs=1e-4)
    assert np.array_equal(seen[1], follow(f"{drug}@0-48", varied(2, 11))[1])


def test_who_stops_within_a_step_takes_part_of_it() -> None:
    days = 30.4375 * 24.0 + np.array([0.0, 5.0, 10.0, 15.0])
    patients = np.repeat(specified()[None], 4, axis=0)
    gain = follow("teriparatide:20ug/1d@0-48", patients, np.array([0.0, 30.0]), stop_day=days, step_d=15.3)[:, 1, 0]
    assert (np.diff(gain) > 0.0).all()


def test_half_the_tablets_are_half_the_dose() -> None:
    half = follow("alendronate:70mg/1wk@0-36", varied(3, 12), share_taken=np.full(3, 0.5))
    assert half == pytest.approx(follow("alendronate:35mg/1wk@0-36", varied(3, 12)), abs=1e-12)


def test_it_refuses_arrays_of_another_shape() -> None:
    one, whole = np.zeros(1), np.zeros(1, np.int64)
    with pytest.raises(ValueError, match=r"stop must be contiguous, float64 and of shape \(1, 8\)"):
        kernel.run(
            np.zeros((1, len(ROW) * kernel.LANES)), one, whole, np.zeros((1, 8)), np.zeros((1, 6)), whole,
            np.zeros((1, 3)), np.zeros((1, kernel.LANES)), np.zeros((1, 1, kernel.OUTPUTS, kernel.LANES)),
        )  # fmt: skip


def test_a_changed_equation_is_never_answered_by_old_machine_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in warm._SOURCES:
        shutil.copy(warm._HERE / f"{source}.py", tmp_path)
    before = warm._names()
    monkeypatch.setattr(warm, "_HERE", tmp_path)
    assert warm._names() == before
    for source in warm._SOURCES:
        file = tmp_path / f"{source}.py"
        text = file.read_text()
        file.write_text(text + "\n# changed\n")
        assert warm._names()[1] != before[1], source
        file.write_text(text)


def test_the_hash_covers_every_module_that_the_compiled_code_takes_from() -> None:
    compiled = ("loop", "stepping", "equations", "lanes")
    trees = [ast.parse((warm._HERE / f"{name}.py").read_text()) for name in compiled]
    imported = {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {str(name).removeprefix("osteon.bone.") for name in imported if str(name).startswith("osteon.")}
    assert ours | set(compiled) | {"warm"} == set(warm._SOURCES)


def test_where_nothing_can_be_written_it_compiles_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = tmp_path / "file"
    shut.touch()
    monkeypatch.setattr(warm, "_folders", lambda: iter([shut / "a", shut / "b"]))
    warm._keep("begin", "name", b"code")
    assert warm._kept("name") is None


def test_kept_code_replaces_the_last_and_spares_that_of_other_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "_folders", lambda: iter([tmp_path]))
    for name in ("here-1.o", "there-1.o", "here-2.o"):
        warm._keep(f"{name[:-3]}", name, name.encode())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["here-2.o", "there-1.o"]
    assert warm._kept("here-2.o") == b"here-2.o"


def test_a_process_that_only_simulates_imports_no_compiler() -> None:
    simulate(specified()[None], [parse_regimen("none")], YEARLY)  # compiled by now
    code = (
        "import sys, numpy as np\n"
        "from osteon.bone.simulate import simulate\n"
        "from osteon.bone.parameters import NAMES\n"
        "from osteon.bone.regimen import parse_regimen\n"
        "simulate(np.ones((1, len(NAMES))), [parse_regimen('none')], np.arange(3.0))\n"
        "print('numba' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout == "False\n"


if __name__ == "__main__":
    for seed in range(1, 101):
        wild_runs(1000, seed)
        print(f"{seed}000 patients, thirty years of everything, three steps: within bounds", file=sys.stderr)
