"""Who is the patient: age, sex, body size, habits, family?"""

from __future__ import annotations

from datetime import date

from osteon.chart.types import Sex, When
from osteon.pathway.facts.lookup import cited, computed, latest, measured, result
from osteon.pathway.facts.recorded import flag_of_conditions
from osteon.pathway.formulas import alcohol_units, body_mass_index_kg_m2
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

PARENTS = frozenset({"mother", "father", "parent"})
BROKEN_HIP = frozenset({"fracture.hip", "parent_hip_fracture"})
SMOKES = "smoking.current"
SMOKING = (SMOKES, "smoking.former", "smoking.never")

FROM_BIRTH_DATE = (Ground("from the birth date"),)
NOT_BORN = unknown("born after this day")
SEX = {sex: Known(sex.value, (Ground("patient record"),)) for sex in Sex}
NO_SEX = unknown("the chart does not say the sex")
NO_HEIGHT = unknown("no height in the chart")
ONE_HEIGHT = unknown("only one height in the chart, and no peak height")
NO_BMI = unknown("weight or height is missing")
NO_ALCOHOL = unknown("alcohol is not recorded")
NO_PARENTS = unknown("whether a parent broke a hip is not recorded")


@fact
def age_y(at: Occasion) -> Known:
    """How old is the patient? Completed years; a partial birth date gives bounds."""
    born = at.chart.patient.birth_date
    if born.earliest > at.on:
        return NOT_BORN
    return years_at(born, When.on(at.on))


def years_at(born: When, event: When) -> Known:
    """At what age did it happen? Completed years, with bounds where either date is partial."""
    low, high = year_bounds(born, event)
    return Known(low, FROM_BIRTH_DATE) if low == high else Known(low, FROM_BIRTH_DATE, "", low, high)


def year_bounds(born: When, event: When) -> tuple[float, float]:
    """Between which ages did it happen? Completed years; the same twice where both dates are exact."""
    high = float(max(_completed_years(born.earliest, event.latest), 0))
    if born.earliest == born.latest and event.earliest == event.latest:
        return high, high
    return float(max(_completed_years(born.latest, event.earliest), 0)), high


def _completed_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@fact
def sex(at: Occasion) -> Known:
    """Which sex, as it matters for reference ranges and risk equations?"""
    recorded = at.chart.patient.sex
    return NO_SEX if recorded is None else SEX[recorded]


@fact
def height_loss_cm(at: Occasion) -> Known:
    """How much height was lost since the tallest record or the peak height that the patient remembers? cm."""
    heights = tuple(measured(at, "height"))
    if not heights:
        return NO_HEIGHT
    now = heights[0]
    tallest = max((*heights[1:], *measured(at, "peak_height")), key=lambda item: item.value, default=None)
    if tallest is None:
        return ONE_HEIGHT
    return Known(max(tallest.value - now.value, 0.0), (cited(now, "height now"), cited(tallest, "tallest")))


@fact
def bmi_kg_m2(at: Occasion) -> Known:
    """How heavy for the height? kg/m2, from the latest weight and height; else as reported."""
    weight, height = latest(at, "weight"), latest(at, "height")
    if weight is None or height is None:
        reported = latest(at, "bmi")
        return NO_BMI if reported is None else result(reported)
    grounds = (cited(weight, "weight"), cited(height, "height"))
    return computed(body_mass_index_kg_m2, weight.value, height.value, grounds=grounds)


@fact
def current_smoker(at: Occasion) -> Known:
    """Does the patient smoke now? By the latest smoking status, else by the problem list; silence tells nothing."""
    told = [each for kind in SMOKING for each in at.chart.by_question.get(kind, ()) if each.when.earliest <= at.on]
    last = max(told, key=lambda each: each.when, default=None)
    if last is None:
        return flag_of_conditions("smoker", at, silent="cannot_tell")
    words = last.kind.replace("smoking.", "smoking status: ")
    return Known(last.kind == SMOKES, (Ground(words, last.source, last.when),))


@fact
def alcohol_units_d(at: Occasion) -> Known:
    """How much alcohol? Units of 8 g a day; standard drinks of 14 g are converted."""
    units, drinks = latest(at, "alcohol_units_per_day"), latest(at, "alcohol_drinks_per_day")
    if drinks is None or (units is not None and units.when.latest >= drinks.when.latest):
        return NO_ALCOHOL if units is None else result(units)
    return Known(alcohol_units(drinks.value), (cited(drinks, "standard drinks of 14 g a day:"),))


@fact
def parent_hip_fracture(at: Occasion) -> Known:
    """Did a parent break a hip? Silence tells nothing."""
    for each in at.chart.relatives:
        if each.relation in PARENTS and not each.kinds.isdisjoint(BROKEN_HIP):
            return Known(True, (Ground(f"{each.relation}: {each.text}", each.source),))
    recorded = flag_of_conditions("parent_hip_fracture", at, silent="cannot_tell", ever=True)
    return recorded if recorded.value else NO_PARENTS
