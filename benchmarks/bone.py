"""How fast is the bone model, how exact, and how does it compare with other solvers of the same equations?

    python -m benchmarks.bone [--rounds 7] [--quick]

One table of medians, measured in one run. Errors are those of density, in points of per cent, against LSODA at a
relative tolerance of 1e-9. A peer that is not installed is named and left out (`pip install libroadrunner antimony
numbalsoda`; numbalsoda needs a Fortran compiler). `--quick` leaves out the million patients.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from tests.bone.test_numerics import REGIMENS, varied
from tests.bone.tight_solver import solved

from benchmarks import bone_peers
from osteon.bone import kernel
from osteon.bone.regimen import parse_regimen
from osteon.bone.schedule import schedule
from osteon.bone.simulate import simulate
from osteon.knowledge.spans import DAYS_PER_MONTH

Floats = NDArray[np.float64]
YEARS = 10
YEARLY = np.arange(0.0, 12.0 * YEARS + 1.0, 12.0)
MONTHLY = np.arange(0.0, 12.0 * YEARS + 1.0)
SEQUENCE = "romosozumab:210mg/1mo@0-12,alendronate:70mg/1wk@12-60,denosumab:60mg/6mo@60-108,zoledronic_acid:5mg@108"
"""Every month to six months a dose, then four years of tablets: no part of the model is idle."""

GREATEST_ERROR = 0.05
EIGHT = (*REGIMENS, "zoledronic_acid:5mg/12mo@0-36", "teriparatide:20ug/1d@0-24,alendronate:70mg/1wk@24-84")


def median_s(work: Callable[[], object], rounds: int) -> float:
    """The median time of one round in seconds, after a warm-up."""
    work()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def one_core(patients: Floats, parts: int, months: Floats) -> Callable[[], object]:
    """The kernel alone, in this thread."""
    blocks = len(patients) // kernel.LANES
    p = np.ascontiguousarray(patients.reshape(blocks, kernel.LANES, -1).transpose(0, 2, 1).reshape(blocks, -1))
    stop, share = np.full((blocks, kernel.LANES), np.inf), np.ones((blocks, kernel.LANES))
    plan = schedule(parse_regimen(SEQUENCE), months, DAYS_PER_MONTH / parts)
    out = np.empty((blocks, len(months), kernel.OUTPUTS, kernel.LANES))
    return lambda: kernel.run(p, *plan, stop, share, out)


def all_cores(patients: Floats, parts: int, months: Floats) -> Callable[[], Floats]:
    """What a program calls."""
    return lambda: simulate(patients, [parse_regimen(SEQUENCE)], months, step_d=DAYS_PER_MONTH / parts)


def speed(rounds: int) -> Iterator[tuple[str, float, float]]:
    """What, patient-years a second, error."""
    few = varied(8, 1)
    truth = np.array([solved(patient, SEQUENCE, YEARLY) for patient in few])

    def error(found: Floats) -> float:
        return float(100.0 * np.abs(found - truth[: len(found)])[..., :3].max())

    many = varied(2048, 1)
    for parts in (2, 3):
        exact = error(all_cores(few, parts, YEARLY)()[0])
        for words, months in (("yearly", YEARLY), ("monthly", MONTHLY)):
            yearly_rate = len(many) * YEARS
            took = median_s(one_core(many, parts, months), rounds)
            yield f"osteon, 1/{parts} month, seen {words}, one core", yearly_rate / took, exact
            took = median_s(all_cores(many, parts, months), rounds)
            yield f"osteon, 1/{parts} month, seen {words}, {os.cpu_count()} cores", yearly_rate / took, exact
    for name, make, patients in (
        ("numbalsoda", bone_peers.numbalsoda, 8),
        ("libRoadRunner", bone_peers.roadrunner, 8),
        ("scipy LSODA", bone_peers.scipy, 2),
    ):
        try:
            follow, tolerance, exact = loosest(make, few[:2], error)
        except ImportError as missing:
            print(f"{name} is left out: {missing.name} is not installed")
            continue
        took = median_s(lambda: follow(few[:patients]), rounds)  # noqa: B023 - called at once
        yield f"{name}, tolerance {tolerance:g}, seen yearly, one core", patients * YEARS / took, exact


def loosest(
    make: Callable[[str, Floats, float], bone_peers.Follow], few: Floats, error: Callable[[Floats], float]
) -> tuple[bone_peers.Follow, float, float]:
    """The solver at the loosest tolerance with which it is exact enough, that tolerance, and its error."""
    for tolerance in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
        follow = make(SEQUENCE, YEARLY, tolerance)
        exact = error(follow(few))
        if exact <= GREATEST_ERROR:
            return follow, tolerance, exact
    raise ValueError(make.__name__)


def exponent(rounds: int) -> tuple[list[float], float]:
    """Seconds for 1,000, 10,000 and 100,000 patients, and the power of the number with which they grow."""
    numbers = [1_000, 10_000, 100_000]
    everyone = varied(numbers[-1], 2)
    half_yearly = np.arange(0.0, 121.0, 6.0)
    took = [median_s(all_cores(everyone[:number], 2, half_yearly), rounds) for number in numbers]
    return took, float(np.polyfit(np.log(numbers), np.log(took), 1)[0])


_FIRST = """
import numpy as np
from osteon.bone.parameters import NAMES
from osteon.bone.regimen import parse_regimen
from osteon.bone.simulate import simulate
simulate(np.ones((500, len(NAMES))), [parse_regimen("denosumab:60mg/6mo@0-120")], np.arange(121.0))
"""

_MILLION = """
import sys, time, pathlib
import numpy as np
sys.path.insert(0, ".")
from osteon.bone.regimen import parse_regimen
from osteon.bone.simulate import simulate
from benchmarks.bone import SEQUENCE
from tests.bone.test_numerics import varied
from osteon.knowledge.spans import DAYS_PER_MONTH
patients, regimen, months = varied(10_000, 3), [parse_regimen(SEQUENCE)], np.arange(0.0, 121.0, 6.0)
simulate(patients[:8], regimen, months)
begin = time.perf_counter()
for _ in range(100):
    mean = simulate(patients, regimen, months, step_d=DAYS_PER_MONTH / 2.0).mean(axis=1)
took = time.perf_counter() - begin
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
print(took, next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


def in_a_process(code: str) -> str:
    """What a fresh process prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    rows = list(speed(asked.rounds))
    base = next(rate for what, rate, _ in rows if what.startswith("osteon, 1/2 month, seen yearly, one core"))
    print(f"{'what':<62}{'patient-years/s':>16}{'ratio':>9}{'error':>9}")
    for what, rate, error in rows:
        ratio = f"{rate / base:.2f}" if rate > 0.1 * base else f"1/{base / rate:,.0f}"
        print(f"{what:<62}{rate:>16,.0f}{ratio:>9}{error:>9.3f}")
    patients, regimens = varied(1000, 4), [parse_regimen(regimen) for regimen in EIGHT]
    table = []
    for parts in (3, 2):
        took = median_s(lambda: simulate(patients, regimens, MONTHLY, step_d=DAYS_PER_MONTH / parts), asked.rounds)  # noqa: B023
        table.append(
            (f"8 regimens x 1,000 samples x 10 years, seen monthly, 1/{parts} month", f"{took:.3f} s", "0.15 s")
        )
    cold = median_s(lambda: in_a_process(_FIRST), asked.rounds)
    table.append(("first run of a cold process, 500 samples x 10 years", f"{cold:.2f} s", "1.5 s"))
    took_each, power = exponent(3)
    for number, took in zip(("1,000", "10,000", "100,000"), took_each, strict=True):
        table.append((f"{number} patients x 10 years, seen half-yearly, 1/2 month", f"{took:.3f} s", ""))
    table.append(("cost grows with patients to the power of", f"{power:.2f}", "1"))
    if not asked.quick:
        seconds, kilobytes = in_a_process(_MILLION).split()
        table.append(("1,000,000 patients x 10 years in chunks of 10,000", f"{float(seconds):.1f} s", "20 s"))
        table.append(("peak memory of that", f"{int(kilobytes) / 1024:.0f} MB", "2048 MB"))
    print(f"\n{'what':<74}{'measured':>10}{'target':>9}")
    for what, measured, target in table:
        print(f"{what:<74}{measured:>10}{target:>9}")


if __name__ == "__main__":
    main()
