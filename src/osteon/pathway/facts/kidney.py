"""How well do the kidneys work, by which equation, and has that changed suddenly?"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from osteon.chart.types import Measurement
from osteon.pathway.facts.bounds import is_below
from osteon.pathway.facts.lookup import cited, latest, measured, parameter, result, silence
from osteon.pathway.facts.recorded import conditions, last_done
from osteon.pathway.formulas import ckd_epi_2021_ml_min_1_73m2, cockcroft_gault_ml_min
from osteon.pathway.known import Ground, Known, unknown
from osteon.pathway.occasion import Occasion, fact

NOT_CALCULABLE = unknown("one of the two equations cannot be worked out")


@fact
def crcl_ml_min(at: Occasion) -> Known:
    """How much creatinine is cleared, by Cockcroft and Gault with actual body weight?

    mL/min, from the latest creatinine, the latest weight and the completed years of age; the equation and its source
    stand in `formulas`. A partial birth date or a creatinine beyond the laboratory's limit gives bounds.
    """
    creatinine, weight = latest(at, "creatinine"), latest(at, "weight")
    age, sex = at["age_y"], at.chart.patient.sex
    if creatinine is None or weight is None or sex is None or age.value is None:
        return _missing(at, "weight" if weight is None else "")
    kg, mg_dl = weight.value, creatinine.value
    grounds = (cited(creatinine, "creatinine"), cited(weight, "weight"))
    return _bounded(lambda years: cockcroft_gault_ml_min(years, kg, mg_dl, sex), age, creatinine, grounds)


@fact
def egfr_ml_min_1_73m2(at: Occasion) -> Known:
    """What is the estimated filtration rate?

    mL/min/1.73 m2 by CKD-EPI 2021 from the latest creatinine; as the laboratory reported it where there is no
    creatinine. It never stands in for the clearance.
    """
    creatinine = latest(at, "creatinine")
    age, sex = at["age_y"], at.chart.patient.sex
    if creatinine is None or sex is None or age.value is None:
        reported = latest(at, "egfr")
        return _missing(at) if reported is None else result(reported, f"as reported: {reported.value:g}")
    mg_dl = creatinine.value
    grounds = (cited(creatinine, "creatinine"),)
    return _bounded(lambda years: ckd_epi_2021_ml_min_1_73m2(years, mg_dl, sex), age, creatinine, grounds)


def _missing(at: Occasion, more: str = "") -> Known:
    wanted = ("creatinine" if latest(at, "creatinine") is None else "", more, *(
        word for word, name in (("age", "age_y"), ("sex", "sex")) if at[name].value is None
    ))  # fmt: skip
    return unknown("missing: " + ", ".join(filter(None, wanted)))


def _bounded(rate: Callable[[float], float], age: Known, creatinine: Measurement, grounds: tuple[Ground, ...]) -> Known:
    """The rate at the patient's age; both equations fall with age and with creatinine, which gives the bounds."""
    try:
        value = rate(age.number or 0.0)
        if age.low is None and not creatinine.comparator:
            return Known(value, grounds)
        low = value if age.high is None else rate(age.high)
        high = value if age.low is None else rate(age.low)
    except ValueError as error:
        return unknown(str(error), *grounds)
    if creatinine.comparator.startswith("<"):
        high = inf
    elif creatinine.comparator:
        low = 0.0
    return Known(value, grounds, "", low, high)


@fact
def kidney_equations_disagree(at: Occasion) -> Known:
    """Do Cockcroft-Gault and CKD-EPI fall on different sides of the label's limit for zoledronic acid?"""
    drug = at.knowledge.drugs.get("zoledronic_acid")
    limit = drug.renal.crcl_minimum if drug else None
    if limit is None:
        return NOT_CALCULABLE
    clearance = is_below(at["crcl_ml_min"], limit.value)
    rate = is_below(at["egfr_ml_min_1_73m2"], limit.value)
    if clearance.value is None or rate.value is None:
        return NOT_CALCULABLE
    return Known(clearance.value is not rate.value, clearance.grounds)


@fact
def dialysis(at: Occasion) -> Known:
    """Is the patient on dialysis? By the problem list, or a session of late; an old session leaves it open."""
    recorded = conditions("dialysis", at)
    if recorded:
        return Known(True, tuple([Ground(each.text, each.source, each.began) for each in recorded]))
    last = last_done("dialysis", at)
    if last is None:
        return silence(at, "conditions")
    when, session = last
    if (at.on - when.earliest).days <= parameter(at, "dialysis_recent"):
        return Known(True, (session,))
    return unknown("a dialysis is recorded, but not of late", session)


@fact
def advanced_ckd(at: Occasion) -> Known:
    """Is the kidney disease advanced: dialysis, an eGFR below 30, or stage 4 or 5 on the problem list?"""
    dialysis, rate = at["dialysis"], at["egfr_ml_min_1_73m2"]
    if dialysis.value is True:
        return dialysis
    if rate.value is not None:
        return is_below(rate, parameter(at, "advanced_ckd_egfr"))
    staged = conditions("advanced_ckd_recorded", at)
    if staged:
        return Known(True, tuple([Ground(each.text, each.source, each.began) for each in staged]))
    return rate


@fact
def acute_kidney_injury(at: Occasion) -> Known:
    """Is the kidney acutely injured?

    Yes by a recent diagnosis, or where a recent creatinine has risen by 0.3 mg/dL within a week or to 1.5 times the
    lowest of the year before (after KDIGO 2012; the windows are the program's). No where a recent creatinine has a
    baseline and has not risen; a single creatinine proves nothing, and then the problem list speaks.
    """
    recent_d = parameter(at, "aki_recent")
    now = latest(at, "creatinine")
    by_result = None if now is None or (at.on - now.when.latest).days > recent_d else _risen(now, at)
    if by_result is not None and by_result.value is True:
        return by_result
    named = conditions("acute_kidney_injury", at)
    for each in named:
        began = each.began
        if began is not None and (at.on - began.latest).days <= recent_d:
            return Known(True, (Ground(each.text, each.source, began),))
    if by_result is not None:
        return by_result
    if named:
        ground = Ground(named[0].text, named[0].source, named[0].began)
        return unknown("an old acute kidney injury was never closed, and no recent creatinine clears it", ground)
    return silence(at, "conditions")


def _risen(now: Measurement, at: Occasion) -> Known | None:
    """Has the creatinine risen? None where there is no baseline to hold it against."""
    window_d, week_d = parameter(at, "aki_baseline_window"), parameter(at, "aki_rise_window")
    before = [
        item
        for item in measured(at, "creatinine")
        if item is not now and 0 < (now.when.latest - item.when.latest).days <= window_d
    ]
    if not before:
        return None
    lowest = min(before, key=lambda item: item.value)
    lately = [item for item in before if (now.when.latest - item.when.latest).days <= week_d]
    lowest_lately = min(lately, key=lambda item: item.value, default=None)
    if lowest_lately is not None and now.value - lowest_lately.value >= parameter(at, "aki_rise") - 1e-9:
        return Known(True, (cited(now, "creatinine"), cited(lowest_lately, "within a week before")))
    risen = now.value >= lowest.value * parameter(at, "aki_ratio") - 1e-9
    return Known(risen, (cited(now, "creatinine"), cited(lowest, "lowest of the year before")))
