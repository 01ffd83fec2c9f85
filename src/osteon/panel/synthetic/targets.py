"""Do the invented people come out as the figures that they are drawn from, and those they are checked against?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from osteon.bone.adherence import evidence
from osteon.panel.synthetic.bones import BONES, YEAR, expected_breaks
from osteon.panel.synthetic.figures import figure, tables
from osteon.panel.synthetic.person import Person
from osteon.panel.synthetic.story import THRESHOLD

_LOW = -1.0
_MONTH = 30.4375
_GRACE_DAYS = 56
_COVERED_DAYS = 183 + _GRACE_DAYS
"""How long a dose of denosumab counts as treatment: six months and eight weeks, as in the studies."""


class Target(NamedTuple):
    """One comparison: `drawn` among `people`, against `target`, which is `drawn from` or only a `check`."""

    what: str
    target: float
    drawn: float
    people: int
    use: str
    source: str


def targets(found: Sequence[Person], today: int) -> list[Target]:
    """The comparisons for these people, as known on the day `today`."""
    women, men = [each for each in found if each.is_woman], [each for each in found if not each.is_woman]
    age = {each.number: (today - each.born) / YEAR for each in found}
    old = [each for each in women if age[each.number] >= 65]
    young = [each for each in women if age[each.number] < 65]
    rows = [
        _share("women with osteoporosis at neck or spine", "check.osteoporosis", "female", women, _is_osteoporotic),
        _share("men with osteoporosis at neck or spine", "check.osteoporosis", "male", men, _is_osteoporotic),
        _share("women of 50 to 64 with it", "check.osteoporosis.female", "50", young, _is_osteoporotic),
        _share("women from 65 with it", "check.osteoporosis.female", "65", old, _is_osteoporotic),
        _share("women with low bone mass", "check.low_bone_mass", "female", women, _is_low),
        _share("men with low bone mass", "check.low_bone_mass", "male", men, _is_low),
    ]
    rows += [_fractures(bone, found, age) for bone in BONES]
    for bone in BONES:
        broken = [each for each in women if _first(each, bone) and _first(each, bone) < (each.died or today) - YEAR]
        rows.append(_treated(bone, broken))
    rows += _levels(found)
    rows += _persistence(found, today)
    from_65 = [each for each in found if 65 <= age[each.number] < 80]
    rows.append(_share("fell in a year, 65 to 79", "fell", "65", from_65, lambda each: each.falls > 0))
    from_70 = [each for each in found if age[each.number] >= 70]
    rows.append(_share("glucocorticoid by mouth, from 70", "glucocorticoid", "70", from_70, _takes_prednisone))
    return rows


def _share(
    what: str, name: str, key: str, of: Sequence[Person], is_so: Callable[[Person], bool], use: str = ""
) -> Target:
    table = tables()[name][key]
    use = use or ("check" if name.startswith("check.") else "drawn from")
    return Target(what, table.value, sum(map(is_so, of)) / max(len(of), 1), len(of), use, table.source)


def _lowest(person: Person) -> float:
    return min(person.true_t[0], person.true_t[2])


def _is_osteoporotic(person: Person) -> bool:
    return _lowest(person) <= THRESHOLD


def _is_low(person: Person) -> bool:
    return THRESHOLD < _lowest(person) < _LOW


def _takes_prednisone(person: Person) -> bool:
    return any(each.drug == "prednisone" for each in person.courses)


def _first(person: Person, bone: str) -> int:
    return next((each.day for each in person.breaks if each.site == bone), 0)


def _fractures(bone: str, found: Sequence[Person], age: dict[int, float]) -> Target:
    """Who broke the bone in the years that the records look back, of 1,000 people, by the rates and as drawn?"""
    living = [each for each in found if not each.died]
    ages = np.array([age[each.number] for each in living])
    expected = -1000 * np.expm1(-expected_breaks(bone, ages, np.array([each.is_woman for each in living])))
    drawn = 1000 * sum(1 for each in living if _first(each, bone)) / len(living)
    source = next(iter(tables()[f"fractures_per_1000.{bone}.female"].values())).source
    what = f"broke a {bone} in {figure('fracture_look_back_years'):.0f} years, of 1,000 people"
    return Target(what, float(expected.mean()), drawn, len(living), "drawn from", source)


def _treated(bone: str, broken: Sequence[Person]) -> Target:
    def is_so(person: Person) -> bool:
        day = _first(person, bone)
        starts = [each.start for each in person.courses if each.drug != "prednisone"]
        return any(day < start <= day + YEAR for start in (*starts, *(each.day for each in person.doses)))

    return _share(f"women treated within a year of a broken {bone}", "treated_after", bone, broken, is_so)


def _levels(found: Iterable[Person]) -> list[Target]:
    known: dict[str, list[float]] = {}
    for person in found:
        for level in person.levels:
            known.setdefault(level.kind, []).append(level.value)
    vitamin, calcium = known["vitamin_d_25oh"], known["calcium"]
    source = tables()["vitamin_d"]["median"].source
    return [
        Target("vitamin D below 12 ng/mL", 0.050, _below(vitamin, 12), len(vitamin), "drawn from", source),
        Target("vitamin D below 20 ng/mL", 0.233, _below(vitamin, 20), len(vitamin), "drawn from", source),
        Target(
            "calcium, mean in mg/dL", figure("calcium", "mean"), float(np.mean(calcium)), len(calcium), "drawn from",
            tables()["calcium"]["mean"].source,
        ),
    ]  # fmt: skip


def _below(values: Sequence[float], limit: float) -> float:
    return sum(value < limit for value in values) / len(values)


def _persistence(found: Iterable[Person], today: int) -> list[Target]:
    """Whose drug still covers the day one year and two years after its start?"""
    stays: dict[str, list[tuple[int, int]]] = {"alendronate": [], "denosumab": []}
    for person in found:
        last = person.died or today
        tablets = [each for each in person.courses if each.drug == "alendronate"]
        stays["alendronate"] += [((each.end or last) - each.start, last - each.start) for each in tablets]
        days = [each.day for each in person.doses if each.drug == "denosumab"]
        if days:
            stays["denosumab"].append((days[-1] + _COVERED_DAYS - days[0], last - days[0] - _GRACE_DAYS))
    rows = {(row.drug, row.month): row for row in evidence().rows if row.use == "fit"}
    out = []
    for drug, each in stays.items():
        for months in (12, 24):
            followed = [stay for stay, until in each if until >= months * _MONTH]
            share = sum(stay >= months * _MONTH for stay in followed) / max(len(followed), 1)
            row = rows[drug, months]
            out.append(
                Target(f"on {drug} after {months} months", row.share, share, len(followed), "drawn from", row.source)
            )
    return out
