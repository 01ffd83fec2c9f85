"""How do ours, the specification's model and that of Joerg et al. follow the digitised curves?"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec
import numpy as np

from benchmarks.bone_joerg import AGES, KNOWN, USUAL_AGE, predicted
from osteon.bone.fit import LeftOut
from osteon.bone.observations import Observation
from osteon.bone.parameters import NAMES, NEUTRAL
from osteon.bone.patient import SITES
from osteon.bone.posterior import Drawn, best, draw, shipped
from osteon.bone.predict import Looks
from osteon.bone.priors import priors
from osteon.bone.schedule import Floats
from tools.bone_validation.judged import Z90, arm_sd, marker_sd

DRAWS = 200


class Curve(NamedTuple):
    """One digitised arm: what was seen, and what each model says of it.

    Total hip in per cent of change, markers as ratios, between `rows`' months; `joerg` is None where that model lacks
    the drug.
    """

    name: str
    rows: tuple[Observation, ...]
    seen: Floats
    fitted: Floats
    left_out: Floats
    specification: Floats
    joerg: Floats | None
    joerg_usual_age: Floats | None


class Drawing(NamedTuple):
    """The same as lines from month 0: our prediction with its 90 % band for an arm's mean, and Joerg's."""

    name: str
    months: Floats
    ours: Floats
    low: Floats
    high: Floats
    joerg: Floats | None
    dots: tuple[tuple[float, float, float], ...]


def curves(left_out: Sequence[LeftOut], quantity: str) -> tuple[Curve, ...]:
    """What do the models say of each digitised arm of `quantity`?"""
    arms: dict[str, list[LeftOut]] = {}
    for each in left_out:
        if each.row.quantity == quantity and each.row.how_known == "digitised":
            arms.setdefault(each.row.arm, []).append(each)
    return tuple(_curve(arm, arms[arm]) for arm in arms)


def _curve(arm: str, mine: Sequence[LeftOut]) -> Curve:
    rows = tuple(each.row for each in mine)
    looks = Looks(rows)
    knows = KNOWN.issuperset(rows[0].regimen.drugs)
    return Curve(
        name=_words(arm, rows[0].trial),
        rows=rows,
        seen=np.array([row.observed for row in rows]),
        fitted=looks.predicted(*best())[0],
        left_out=np.array([each.predicted for each in mine]),
        specification=looks.predicted(*specification())[0],
        joerg=_joerg(rows, AGES[rows[0].trial]) if knows else None,
        joerg_usual_age=_joerg(rows, USUAL_AGE) if knows else None,
    )


def _words(arm: str, trial: str) -> str:
    return f"{arm.split('_', 1)[1].replace('_', ' ').replace('-', ' to ')} ({trial})"


@cache
def specification() -> Drawn:
    """What are the parameters of the specification's model? Ours with every addition at its neutral value.

    It has no femoral neck of its own: the total hip's parameters stand in there.
    """
    parameters, scaling = priors().parameters(priors().mean[None])
    for name, value in NEUTRAL.items():
        parameters[:, NAMES.index(name)] = value
    return Drawn(parameters, scaling)


def specification_errors(rows: Sequence[Observation], site: str) -> Floats:
    """By how much does the specification's model, as it was given, miss density at this site? Points of per cent."""
    mine = [row for row in rows if row.quantity == site]
    return np.asarray(Looks(mine).predicted(*specification())[0] - [row.observed for row in mine])


def _joerg(rows: Sequence[Observation], age: float) -> Floats:
    first, last = (np.array([getattr(row, name) for row in rows]) for name in ("from_month", "to_month"))
    both = getattr(predicted(rows[0].regimen, np.concatenate((first, last)), age), rows[0].quantity)
    before, after = both[: len(rows)], both[len(rows) :]
    if rows[0].quantity in SITES:
        return np.asarray(100.0 * ((1.0 + after / 100.0) / (1.0 + before / 100.0) - 1.0))
    return np.asarray(after / before)


def drawing(curve: Curve) -> Drawing:
    """Which lines show this curve from month 0 on? Dots: month, seen, left out; later stretches join the earlier."""
    row = curve.rows[0]
    marker = row.quantity not in SITES
    end = max(each.to_month for each in curve.rows)
    months = np.unique(np.round(np.concatenate((np.linspace(0.05, end, 90), [each.to_month for each in curve.rows])), 2))
    asked = [msgspec.structs.replace(row, from_month=0.0, to_month=float(month)) for month in months]
    looks = Looks(asked)
    ours, drawn = looks.predicted(*best())[0], looks.predicted(*draw(DRAWS, 1))
    if marker:
        wide = np.exp(Z90 * np.hypot(drawn.std(axis=0) / ours, marker_sd()))
        low, high = ours / wide, ours * wide
    else:
        sd = [arm_sd(a, float(p), float(s), shipped().model_error) for a, p, s in zip(asked, ours, drawn.std(axis=0), strict=True)]
        low, high = ours - Z90 * np.array(sd), ours + Z90 * np.array(sd)
    joerg = None if curve.joerg is None else getattr(predicted(row.regimen, months, AGES[row.trial]), row.quantity)
    return Drawing(curve.name, months, ours, low, high, joerg, tuple(_dots(curve)))


def _dots(curve: Curve) -> list[tuple[float, float, float]]:
    out: list[tuple[float, float, float]] = []
    reached = {0.0: (0.0, 0.0)}
    for row, seen, left in zip(curve.rows, curve.seen, curve.left_out, strict=True):
        at = next((place for month, place in reached.items() if abs(month - row.from_month) < 0.1), (0.0, 0.0))
        if row.quantity in SITES:
            both = [100.0 * ((1.0 + a / 100.0) * (1.0 + b / 100.0) - 1.0) for a, b in zip(at, (seen, left), strict=True)]
        else:
            both = [seen, left]
        reached[row.to_month] = (both[0], both[1])
        out.append((row.to_month, both[0], both[1]))
    return out
