"""What makes a drug unsafe for this patient: jaw, heart, growth plates?"""

from __future__ import annotations

from osteon.pathway.facts.bounds import any_of, is_at_least, is_below, some
from osteon.pathway.facts.lookup import days_since, months_since, parameter
from osteon.pathway.facts.recorded import NOT_ASKED, conditions, flag_of_conditions, last_done
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

JAW_RISKS = ("cancer", "glucocorticoid_now", "current_smoker", "type_1_diabetes", "type_2_diabetes")

NO_DENTAL_EXAM = unknown("no dental examination is recorded")
NO_EVENT = unknown("no heart attack or stroke is recorded")
NO_EVENT_DATE = unknown("the date of the heart attack or stroke is not recorded")
NO_MOUTH = unknown("nobody has recorded how the mouth looks")
SOUND_MOUTH = Known(False, (Ground("nothing noted at the dental examination"),))
BONES_GROW = unknown("whether the growth plates are closed is not recorded")


@fact
def dental_exam_age_d(at: Occasion) -> Known:
    """How many days ago did a dentist look at the mouth?"""
    last = last_done("dental_exam", at)
    return NO_DENTAL_EXAM if last is None else days_since(at, *last)


@fact
def extraction_site_healing(at: Occasion) -> Known:
    """Is the socket of a pulled tooth still healing? As answered, or where a tooth was pulled in the last weeks."""
    last = last_done("dental_extraction", at)
    if last is None or (at.on - last[0].latest).days > parameter(at, "socket_heals"):
        return NOT_ASKED
    return Known(True, (last[1],))


@fact
def onj_risk_factors(at: Occasion) -> Known:
    """Is there something that makes osteonecrosis of the jaw likelier?

    Cancer, a glucocorticoid, smoking, diabetes, or a mouth in poor repair; the mouth is taken as sound where a dental
    examination is recorded and noted nothing.
    """
    diabetes = flag_of_conditions("diabetes", at)
    return some([*[at[name] for name in JAW_RISKS], diabetes, _poor_mouth(at)])


def _poor_mouth(at: Occasion) -> Known:
    recorded = flag_of_conditions("oral_health_poor", at, silent="cannot_tell")
    if recorded.value is True:
        return recorded
    return NO_MOUTH if at["dental_exam_age_d"].value is None else SOUND_MOUTH


@fact
def mi_or_stroke_last_mo(at: Occasion) -> Known:
    """How many months ago was the last heart attack or stroke?"""
    events = conditions("mi_or_stroke", at, ever=True)
    dated = [(each.began, Ground(each.text, each.source, each.began)) for each in events if each.began]
    if not dated:
        return NO_EVENT_DATE if events else NO_EVENT
    return months_since(at, *max(dated, key=lambda event: event[0]))


@fact
def coronary_risk(at: Occasion) -> Known:
    """Is there coronary heart disease, or a high risk of it?

    Disease of the heart or vessels or an event on record; or two or more of diabetes, smoking, kidney disease and high
    blood pressure (a design threshold).
    """
    named = any_of(at, ("cardiovascular_disease", "mi_or_stroke"))
    disease = some([named, flag_of_conditions("coronary_heart_disease", at, ever=True)])
    if disease.value is True:
        return disease
    risks = [
        some([at["type_1_diabetes"], at["type_2_diabetes"], flag_of_conditions("diabetes", at)]),
        at["current_smoker"],
        at["chronic_kidney_disease"],
        flag_of_conditions("hypertension", at),
    ]
    present = [each for each in risks if each.value is True]
    needed = parameter(at, "coronary_risk_factors")
    if len(present) >= needed:
        return Known(True, tuple([ground for each in present for ground in each.grounds]))
    unknowns = [each for each in (disease, *risks) if each.value is None]
    if disease.value is None or len(present) + len(unknowns) >= needed:
        return unknowns[0] if unknowns else disease
    return disease


@fact
def open_epiphyses(at: Occasion) -> Known:
    """Are the growth plates still open? By age: below 16 yes, from 25 no (design), between them cannot tell."""
    age = at["age_y"]
    if is_below(age, parameter(at, "growth_plates_open_below")).value is True:
        return Known(True, age.grounds)
    if is_at_least(age, parameter(at, "grown_from", "gate")).value is True:
        return Known(False, age.grounds)
    return age if age.value is None else BONES_GROW
