"""Who are the invented people first … first + patients - 1 of a seed, as known on one day?

What all have in common is drawn for the whole block at once; what only some have (a treatment) one by one. Person i is
the same whatever the block.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from osteon.panel.synthetic import levels as laboratory
from osteon.panel.synthetic.bones import YEAR, Flags, Skeleton, breaks, relative_densities, untreated_densities
from osteon.panel.synthetic.chance import Chance, Floats
from osteon.panel.synthetic.figures import by_age, figure, problems, shares, tables
from osteon.panel.synthetic.names import FAMILY, GIVEN
from osteon.panel.synthetic.person import Course, Person
from osteon.panel.synthetic.story import DRAWS as STORY_DRAWS
from osteon.panel.synthetic.story import story
from osteon.panel.synthetic.treatment import DRAWS

OTHER = 96
"""So many numbers are set aside for what has nothing to do with bone."""

_VISITS = 8
_OLDEST_BAND = 10.0
_MG, _TAKEN_SINCE = 13, 14


def people(seed: int, first: int, patients: int, today: int) -> list[Person]:
    """The people of these numbers, with all that their records hold up to `today`."""
    chance = Chance(seed, first, patients)
    is_woman, age = _ages(chance)
    relative = relative_densities(chance)
    density = untreated_densities(relative, age, is_woman).tolist()
    broken = breaks(chance, age, is_woman, relative, today)
    is_scanned = _is_scanned(chance, age, is_woman).tolist()
    takes_glucocorticoid = (chance.one("glucocorticoid") < by_age("glucocorticoid", age)).tolist()
    height, weight = _body(chance, is_woman)
    found = laboratory.levels(chance, age, is_woman)
    smokes = (chance.one("smokes") < by_age("smokes", age)).tolist()
    falls = _falls(chance, age).tolist()
    visits = (today - np.cumsum(_gaps(chance), axis=1)).tolist()
    ill = chance.uniform("problems", len(problems())) < _problem_shares(age)
    since = (today - 200 - chance.uniform("problems since", len(problems())) * 12.0 * YEAR).astype(np.int64).tolist()
    own = chance.uniform("story", STORY_DRAWS).tolist()
    drawn = chance.uniform("treatment", DRAWS).tolist()
    errors = chance.normal("scan error", 6).tolist()
    other = chance.uniform("other", OTHER).tolist()
    names = chance.uniform("names", 2).tolist()
    born = (today - age * YEAR).astype(np.int64).tolist()
    ended = (today - 1 - 700 * chance.one("died on")).astype(np.int64)
    died = np.where(chance.one("died") < figure("died"), ended, 0).tolist()
    out = []
    for i in range(patients):
        last, woman = died[i] or today, bool(is_woman[i])
        bones = [each for each in broken[i] if each.day <= last]
        skeleton = Skeleton(density[i], errors[i], today)
        told = story(own[i], drawn[i], bones, is_scanned[i], woman, skeleton, last)
        seen = [day for day in visits[i] if day <= last]
        courses = told.treatment.courses
        if takes_glucocorticoid[i]:
            courses = [*courses, _prednisone(own[i], last)]
        out.append(
            Person(
                number=first + i,
                is_woman=woman,
                born=born[i],
                died=died[i],
                given=GIVEN[woman][int(names[i][0] * len(GIVEN[woman]))],
                family=FAMILY[int(names[i][1] * len(FAMILY))],
                height_cm=height[i],
                weight_kg=weight[i],
                smokes=smokes[i],
                falls=falls[i],
                is_coded=told.is_coded,
                visits=seen,
                problems=[(place, since[i][place]) for place in np.flatnonzero(ill[i]).tolist()],
                scans=told.scans,
                breaks=bones,
                courses=courses,
                doses=told.treatment.doses,
                levels=laboratory.dated(found, i, seen),
                true_t=skeleton.t_scores(),
                chance=other[i],
            )
        )
    return out


def _ages(chance: Chance) -> tuple[Flags, Floats]:
    """Sex and age in years, by the census."""
    women, men = tables()["age_weight.female"], tables()["age_weight.male"]
    bands = [(True, float(key), each.value) for key, each in women.items()]
    bands += [(False, float(key), each.value) for key, each in men.items()]
    total = np.cumsum([weight for _, _, weight in bands])
    place = np.searchsorted(total / total[-1], chance.one("age and sex"), side="right")
    start = np.array([age for _, age, _ in bands])[place]
    width = np.where(start == max(start_age for _, start_age, _ in bands), _OLDEST_BAND, 5.0)
    return np.array([is_woman for is_woman, _, _ in bands])[place], start + width * chance.one("age")


def _is_scanned(chance: Chance, age: Floats, is_woman: Flags) -> Flags:
    share = np.where(is_woman, by_age("scanned.female", age), by_age("scanned.male", age))
    return np.asarray(chance.one("scanned") < share)


def _body(chance: Chance, is_woman: Flags) -> tuple[list[float], list[float]]:
    """Height in cm and weight in kg."""
    mean = np.where(is_woman, figure("height_cm", "female"), figure("height_cm", "male"))
    height = np.round(mean + figure("height_cm_sd") * chance.normal("height", 1)[:, 0], 1)
    bmi = np.clip(figure("bmi", "mean") + figure("bmi", "sd") * chance.normal("bmi", 1)[:, 0], 17.0, 55.0)
    return height.tolist(), np.round(bmi * (height / 100.0) ** 2, 1).tolist()


def _falls(chance: Chance, age: Floats) -> Floats:
    """Falls in the last year: none, one, or in a third of those who fell two to four (design)."""
    fell, many = chance.one("fell"), chance.one("falls")
    number = np.where(many < 2 / 3, 1, np.minimum(2 + ((many - 2 / 3) * 9).astype(np.int64), 4))
    return np.where(fell < by_age("fell", age), number, 0)


def _gaps(chance: Chance) -> Floats:
    """Days from the last visit to today, and from each visit to the one before it (design: one or two a year)."""
    drawn = chance.uniform("visits", _VISITS)
    return np.asarray(np.floor(np.column_stack([3 + 240 * drawn[:, :1], 70 + 260 * drawn[:, 1:]]))).astype(np.int64)


def _problem_shares(age: Floats) -> Floats:
    table = np.array([each.shares for each in problems()])
    return np.asarray(table[:, np.searchsorted([65.0, 80.0], age, side="right")].T)


def _prednisone(own: list[float], last: int) -> Course:
    """Prednisone by mouth since three months to five years, and still."""
    keys, total = shares("glucocorticoid_mg")
    mg = float(keys[min(bisect_right(total.tolist(), own[_MG]), len(keys) - 1)])
    return Course("prednisone", int(last - 90 - 4.75 * YEAR * own[_TAKEN_SINCE]), 0, mg)
