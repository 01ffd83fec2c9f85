"""Is the patient past the menopause, and could she be pregnant?"""

from __future__ import annotations

from osteon.chart.types import Condition
from osteon.pathway.facts.bounds import is_at_least, is_below
from osteon.pathway.facts.lookup import latest, parameter, result
from osteon.pathway.facts.person import years_at
from osteon.pathway.facts.recorded import conditions, flag_of_conditions, procedures
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

A_MAN = Known(False, (Ground("a man"),))
NO_STATE = unknown("menopausal state is not recorded")
NO_AGE = unknown("the age at the last period is not recorded")
NO_TEST = unknown("a pregnancy is possible or not ruled out, and no test is recorded")
NO_BREASTFEEDING = unknown("breast-feeding is not recorded")
AFTER_MENOPAUSE = Known(False, (Ground("after the menopause"),))
NO_WOMB = Known(False, (Ground("womb or ovaries removed"),))
BEFORE_MENOPAUSE = Known(True, (Ground("a woman before the menopause"),))
IMPOSSIBLE = Known(False, (Ground("no pregnancy is possible"),))

STATUS = YES, NO, POSSIBLE = ("pregnancy.yes", "pregnancy.no", "pregnancy.possible")

PREGNANCY_LASTS_D = 300
"""A pregnancy on the problem list that began longer ago is over, whatever its status says."""


@fact
def postmenopausal(at: Occasion) -> Known:
    """Is the patient past the menopause?

    By record, by removal of both ovaries, or by age where nothing is recorded (a design assumption, which the grounds
    say): from 55 yes, below 40 no, between them cannot tell.
    """
    if at["sex"].value == "male":
        return A_MAN
    grounds = (*_grounds(conditions("menopause", at, ever=True)), *_ovaries(at))
    if grounds:
        return Known(True, grounds)
    age, last_period = at["age_y"], latest(at, "menopause_age")
    if last_period is not None:
        return Known(True, result(last_period, f"last period at {last_period.value:g}").grounds)
    if at["sex"].value is None:
        return NO_STATE
    past, before = parameter(at, "postmenopausal_from"), parameter(at, "premenopausal_below")
    if is_at_least(age, past).value is True:
        return Known(True, (Ground(f"nothing recorded; taken as past the menopause from {past:g} years"),))
    if is_below(age, before).value is True:
        return Known(False, (Ground(f"nothing recorded; taken as before the menopause below {before:g} years"),))
    return NO_STATE


def _grounds(found: tuple[Condition, ...]) -> tuple[Ground, ...]:
    return tuple([Ground(each.text, each.source, each.began) for each in found])


def _ovaries(at: Occasion) -> tuple[Ground, ...]:
    """The removal of both ovaries, as a procedure or as what was recorded of it."""
    done = [Ground(each.text, each.source, each.when) for each in procedures("bilateral_oophorectomy", at)]
    told = [Ground(each.text, each.source, each.onset) for each in conditions("bilateral_oophorectomy", at, ever=True)]
    return (*done, *told)


def _is_diagnosis(menopause: Condition) -> bool:
    """Is it a disease after the menopause, such as postmenopausal osteoporosis? Its start is not the last period."""
    return not menopause.kinds.isdisjoint(("osteoporosis", "osteopenia"))


@fact
def menopause_age_y(at: Occasion) -> Known:
    """At what age was the last period? Years, as told, or the age on the day both ovaries were removed."""
    told = latest(at, "menopause_age")
    if told is not None:
        return result(told)
    listed = [each for each in conditions("menopause", at, ever=True) if not _is_diagnosis(each)]
    events = [*_ovaries(at), *[Ground(each.text, each.source, each.onset) for each in listed]]
    dated = [(ground.when, ground) for ground in events if ground.when]
    if not dated:
        return NO_AGE
    when, ground = min(dated, key=lambda event: event[0])
    age = years_at(at.chart.patient.birth_date, when)
    return Known(age.value, (ground,), "", age.low, age.high)


@fact
def early_menopause(at: Occasion) -> Known:
    """Did the menopause come before 45?"""
    if at["sex"].value == "male":
        return A_MAN
    recorded = flag_of_conditions("early_menopause", at, silent="cannot_tell", ever=True)
    if recorded.value is True:
        return recorded
    return is_below(at["menopause_age_y"], parameter(at, "early_menopause_below"))


@fact
def pregnancy_possible(at: Occasion) -> Known:
    """Could the patient become or be pregnant? Not a man, not after the menopause, not without a womb."""
    if at["sex"].value == "male":
        return A_MAN
    past = at["postmenopausal"]
    if past.value is True:
        return AFTER_MENOPAUSE
    if procedures("hysterectomy", at) or conditions("hysterectomy", at, ever=True):
        return NO_WOMB
    return BEFORE_MENOPAUSE if past.value is False else past


@fact
def pregnant(at: Occasion) -> Known:
    """Is the patient pregnant? No where no pregnancy is possible; else only a test or an answer tells."""
    for each in conditions("pregnancy", at):
        began = each.began
        if began is not None and (at.on - began.latest).days <= PREGNANCY_LASTS_D:
            return Known(True, (Ground(each.text, each.source, began),))
    told = [each for kind in STATUS for each in at.chart.by_question.get(kind, ()) if each.when.earliest <= at.on]
    last = max(told, key=lambda each: each.when, default=None)
    counts_d = PREGNANCY_LASTS_D if last and last.kind == YES else parameter(at, "pregnancy_test_window")
    if last is not None and last.kind != POSSIBLE and (at.on - last.when.earliest).days <= counts_d:
        return Known(last.kind == YES, (Ground("pregnancy status or test", last.source, last.when),))
    return IMPOSSIBLE if at["pregnancy_possible"].value is False else NO_TEST


@fact
def breastfeeding(at: Occasion) -> Known:
    """Does the patient breast-feed? Not a man, not after the menopause; else only an answer tells."""
    if at["sex"].value == "male":
        return A_MAN
    recorded = conditions("lactation", at)
    if recorded:
        return Known(True, _grounds(recorded))
    return AFTER_MENOPAUSE if at["postmenopausal"].value is True else NO_BREASTFEEDING
