"""How long ago did a bone break, was it under treatment, and when was the spine last looked at?"""

from __future__ import annotations

from collections.abc import Callable

from osteon.chart.types import Cause, Fracture, When
from osteon.pathway.facts.bounds import is_at_least
from osteon.pathway.facts.courses import covering, osteoporosis_courses
from osteon.pathway.facts.fractures import HIP, VERTEBRA, Broken, fragility, grounds_of, in_doubt
from osteon.pathway.facts.lookup import days_since, months_since, silence
from osteon.pathway.facts.recorded import flag_of_conditions, last_done
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

NOT_COUNTED_AS_FAILURE = frozenset({"ankle"})
"""Beside skull, hand and foot: sites whose fracture is no failure of a drug (IOF 2012)."""

NO_FRACTURE = unknown("no such fracture is recorded")
NO_DATE = "the date of the fracture is not recorded"
NOT_EXACT = "whether a drug had run for a year when the bone broke is not recorded exactly enough"
NO_IMAGING = unknown("no spine imaging for fracture is recorded")
NONE_ON_TREATMENT = Known(False, (Ground("no fragility fracture while on treatment for a year or more"),))
NOT_ON_TREATMENT = Known(0.0, NONE_ON_TREATMENT.grounds)


@fact
def last_fragility_fracture_mo(at: Occasion) -> Known:
    """How many months ago was the last fragility fracture?"""
    return _since_last(at, fragility(at), months_since)


@fact
def last_vertebral_fracture_mo(at: Occasion) -> Known:
    """How many months ago was the last fragility fracture of a vertebra?"""
    return _since_last(at, fragility(at).at(VERTEBRA), months_since)


@fact
def last_hip_fracture_mo(at: Occasion) -> Known:
    """How many months ago was the last fragility fracture of the hip?"""
    return _since_last(at, fragility(at).at(HIP), months_since)


@fact
def last_hip_fracture_d(at: Occasion) -> Known:
    """How many days ago was the hip broken, or repaired where the repair is recorded?"""
    found = fragility(at).at(HIP)
    repair = last_done("hip_fracture_repair", at)
    if found.certain and repair is not None:
        broke = [each.when.earliest for each in found.certain if each.when]
        if repair[0].latest >= max(broke, default=repair[0].latest):
            return days_since(at, *repair)
    return _since_last(at, found, days_since)


def _since_last(at: Occasion, found: Broken, since: Callable[..., Known]) -> Known:
    if not found.certain:
        return in_doubt(found) if found.possible else NO_FRACTURE
    dated = [(each.when, each) for each in found.certain if each.when is not None]
    if not dated:
        return unknown(NO_DATE, *grounds_of(found.certain))
    latest = max(when.latest for when, _ in dated)
    earliest = max(when.earliest for when, _ in dated)
    last = max(dated, key=lambda pair: pair[0])[1]
    known = since(at, When(earliest, latest), *grounds_of([last]))
    is_open = any(each.when is None and not each.is_history for each in (*found.certain, *found.possible))
    if not is_open or known.bounds is None:
        return known
    # A fracture on the active list without a date may be the newest of all.
    return Known(known.value, known.grounds, "", 0.0, known.bounds[1])


@fact
def fracture_on_treatment(at: Occasion) -> Known:
    """Did a bone break for want of strength after a year or more on a drug for osteoporosis, while on it?

    After the IOF's treatment failure (2012): hand, skull, foot and ankle do not count.
    """
    count = at["fractures_on_treatment_count"]
    if count.value is None:
        return count
    answer = is_at_least(count, 1)
    return unknown(NOT_EXACT, *count.grounds) if answer.value is None else answer


@fact
def fractures_on_treatment_count(at: Occasion) -> Known:
    """How many fragility fractures were there after a year or more on a drug, while on it?"""
    found = fragility(at)
    fractures = [each for each in (*found.certain, *found.possible) if each.site not in NOT_COUNTED_AS_FAILURE]
    if not fractures:
        nothing = silence(at, "conditions")
        return nothing if nothing.value is None else NOT_ON_TREATMENT
    if not osteoporosis_courses(at):
        silent = silence(at, "medications")
        return silent if silent.value is None else NOT_ON_TREATMENT
    sure: list[Fracture] = []
    doubtful: list[Fracture] = []
    for each in fractures:
        answer = _on_treatment(each, at)
        if answer is not False:
            (sure if answer and each in found.certain else doubtful).append(each)
    low = float(sum(each.count for each in sure))
    if not doubtful:
        return Known(low, grounds_of(sure)) if sure else NOT_ON_TREATMENT
    high = low + sum(each.count for each in doubtful)
    return Known(low, grounds_of((*sure, *doubtful)), "", low, high)


def _on_treatment(fracture: Fracture, at: Occasion) -> bool | None:
    if fracture.when is None:
        return None
    answers = [covering(course, fracture.when, at) for course in osteoporosis_courses(at)]
    return True if True in answers else None if None in answers else False


@fact
def vertebral_imaging_age_d(at: Occasion) -> Known:
    """How many days ago was the spine last imaged for fractures, by X-ray or with the density scan?"""
    last = last_done("vertebral_imaging", at)
    return NO_IMAGING if last is None else days_since(at, *last)


@fact
def atypical_femur_fracture(at: Occasion) -> Known:
    """Was there ever an atypical fracture of the femur? By its own code, or by the cause of a fracture."""
    found = [each for each in at.chart.fractures if each.cause is Cause.ATYPICAL]
    past = [each for each in found if each.when is None or each.when.earliest <= at.on]
    if past:
        return Known(True, tuple([Ground(each.text, each.source, each.when) for each in past]))
    return flag_of_conditions("atypical_femur_fracture", at, ever=True)
