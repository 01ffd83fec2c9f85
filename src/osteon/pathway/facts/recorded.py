"""Facts that stand in the chart as such: a condition, a procedure, a medication, an answer, a measurement.

A new line in the vocabulary with `record` needs no new code. What a person answered is weighed by `told.settled`.
"""

from __future__ import annotations

from osteon.chart.types import Condition, Procedure, When
from osteon.pathway.facts.lookup import age_d, is_running, latest, result, silence
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, record

NOT_ASKED = unknown("nobody has answered this")


@record
def condition(name: str, at: Occasion) -> Known:
    """Does the patient have this condition?"""
    entry = at.knowledge.facts[name]
    if name not in at.chart.by_condition:
        return silence(at, entry.silence)
    return flag_of_conditions(name, at, silent=entry.silence, ever=entry.ever)


@record
def procedure(name: str, at: Occasion) -> Known:
    """Has this been done? A condition that says so (`history of ...`) counts too."""
    return was_done((name,), at, silent=at.knowledge.facts[name].silence)


def was_done(names: tuple[str, ...], at: Occasion, *, silent: str = "conditions") -> Known:
    """Has a procedure of one of these kinds been done, or is it recorded among the conditions?"""
    done = [Ground(each.text, each.source, each.when) for name in names for each in procedures(name, at)]
    done += [Ground(each.text, each.source, each.began) for name in names for each in conditions(name, at, ever=True)]
    if done:
        return Known(True, tuple(done))
    return silence(at, silent)


@record
def medication(name: str, at: Occasion) -> Known:
    """Is a drug of this kind being taken on the day?"""
    grounds: list[Ground] = []
    in_doubt: list[Ground] = []
    for course in at.chart.by_drug.get(name.removesuffix("_now"), ()):
        running = is_running(course, at)
        if running is not False:
            ground = Ground(course.text, course.sources[0] if course.sources else "", course.start)
            (grounds if running else in_doubt).append(ground)
    if grounds:
        return Known(True, tuple(grounds))
    if in_doubt:
        return unknown(f"recorded, but not whether it is still taken: {in_doubt[0].text}", *in_doubt)
    long_term = conditions(f"{name.removesuffix('_now')}_long_term_use", at)
    if long_term:
        return Known(True, tuple([Ground(each.text, each.source, each.began) for each in long_term]))
    return silence(at, at.knowledge.facts[name].silence)


@record
def answer(name: str, at: Occasion) -> Known:  # noqa: ARG001 - the answers themselves are weighed by told.settled
    """What has somebody said? Without an answer nothing is known."""
    return NOT_ASKED


@record
def measurement(name: str, at: Occasion) -> Known:
    """What came out last? The latest result on or before the day, in the unit of the fact, which is the analyte's."""
    entry = at.knowledge.facts[name]
    item = latest(at, entry.measure)
    return unknown(entry.absent) if item is None else result(item)


@record
def age(name: str, at: Occasion) -> Known:
    """How many days old is the latest result?"""
    entry = at.knowledge.facts[name]
    return age_d(at, latest(at, entry.measure), unknown(entry.absent))


def flag_of_conditions(name: str, at: Occasion, *, silent: str = "conditions", ever: bool = False) -> Known:
    """Is a condition of this kind present on the day, or with `ever` was there ever one?"""
    found = conditions(name, at, ever=ever) if name in at.chart.by_condition else ()
    if found:
        return Known(True, tuple([Ground(each.text, each.source, each.began) for each in found]))
    return silence(at, silent)


def conditions(name: str, at: Occasion, *, ever: bool = False) -> tuple[Condition, ...]:
    """The conditions of one kind that began on or before the day and, unless `ever`, are not over."""
    found = at.chart.by_condition.get(name, ())
    return tuple([each for each in found if _began(each, at) and (ever or _lasts(each, at))]) if found else ()


def procedures(name: str, at: Occasion) -> tuple[Procedure, ...]:
    """The procedures of one kind that were done on or before the day."""
    found = at.chart.by_procedure.get(name, ())
    return tuple([each for each in found if _is_past(each, at)]) if found else ()


def last_done(name: str, at: Occasion) -> tuple[When, Ground] | None:
    """When was a procedure of this kind last done, as far as its day is recorded?"""
    dated = [(each.when, Ground(each.text, each.source, each.when)) for each in procedures(name, at) if each.when]
    return max(dated, key=lambda found: found[0], default=None)


def _began(item: Condition, at: Occasion) -> bool:
    began = item.began
    return began is None or began.earliest <= at.on


def _lasts(item: Condition, at: Occasion) -> bool:
    if item.ended is not None:
        return item.ended.latest > at.on
    return item.is_active is not False and not item.is_history


def _is_past(item: Procedure, at: Occasion) -> bool:
    return item.is_done and (item.when is None or item.when.earliest <= at.on)
