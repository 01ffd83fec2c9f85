"""A model of bone for the tests of plans: quick, the same on every machine, and clearly not the real one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from osteon.bone.patient import SITES, Patient
from osteon.bone.regimen import Regimen
from osteon.bone.types import Fan, Flag, Forecast, FractureFan, TargetChance
from tests.report import forecasts

GAINS = {"zoledronic_acid": 6.0, "denosumab": 12.0, "teriparatide": 11.0, "romosozumab": 13.0}
"""How much each drug gains at the spine in the end, in per cent; all others 4, and no drug loses 3."""

MISSED = 1.5
"""So many points less where a dose is late."""


class Asked:
    """What the plan asked the model, call by call."""

    def __init__(self) -> None:
        self.calls: list[tuple[Patient, tuple[str, ...], int, int, int]] = []

    def forecast(
        self, patient: Patient, regimens: Sequence[Regimen], *, years: int, samples: int, seed: int
    ) -> tuple[Forecast, ...]:
        self.calls.append((patient, tuple(str(each) for each in regimens), years, samples, seed))
        # Of two regimens with the same drugs the second is the one with a late dose.
        before = [[other.drugs for other in regimens[:place]] for place in range(len(regimens))]
        return tuple(
            _of(patient, each, years, samples, seed, is_late=each.drugs in earlier)
            for each, earlier in zip(regimens, before, strict=True)
        )


def _of(patient: Patient, regimen: Regimen, years: int, samples: int, seed: int, *, is_late: bool) -> Forecast:
    gain = max((GAINS.get(drug, 4.0) for drug in regimen.drugs), default=-3.0) - (MISSED if is_late else 0.0)
    made = forecasts.forecast(str(regimen), gain=forecasts.rising(gain, 3.0), years=years)
    scanned = [site for site in SITES if patient.latest(site) is not None]
    share = 0.5 if regimen.courses else 1.0
    broken = {
        kind: msgspec.structs.replace(fan, **_never(fan, bool(regimen.courses)))
        for kind, fan in (made.fractures or {}).items()
    }
    targets = tuple(
        TargetChance(site, -2.0, tuple(0.02 * (year + 1) / share for year in range(years))) for site in scanned
    )
    return msgspec.structs.replace(
        made,
        t_score={site: made.t_score[site] for site in scanned},
        density_g_cm2={site: made.density_g_cm2[site] for site in scanned},
        targets=targets,
        fractures=broken,
        flags=(Flag("sparse", "few observations of people like this", 4),) if "abaloparatide" in regimen.drugs else (),
        samples=samples,
        seed=seed,
    )


def _never(fan: FractureFan, is_treated: bool) -> dict[str, Fan]:
    return {} if is_treated else {"cumulative": Fan(*(fan.untreated,) * 5)}
