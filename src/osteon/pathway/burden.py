"""What does a course ask of the patient: visits, hours in the chair, needles, tablets?"""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.drug import Drug, Route
from osteon.pathway.calendar import months_of


class Burden(Struct, frozen=True, kw_only=True):
    """What one year of this drug asks. `chair_minutes` are minutes in the clinic; None where they are not known."""

    visits_a_year: float
    chair_minutes_a_year: float | None
    needles_a_year: float
    tablets_a_year: float
    at_home: bool
    sentence: str


def burden(drug: Drug) -> Burden:
    """What does a year of this drug ask of the patient?"""
    doses = 12 / months_of(drug.interval)
    by_mouth = drug.route.value is Route.ORAL
    at_home = drug.is_taken_at_home
    needles = 0.0 if by_mouth else doses * (drug.needles_per_dose.value if drug.needles_per_dose else 1)
    visits = 0.0 if at_home else doses
    minutes = drug.visit_minutes.value * visits if drug.visit_minutes else 0.0 if at_home else None
    return Burden(
        visits_a_year=round(visits, 1),
        chair_minutes_a_year=minutes,
        needles_a_year=round(needles, 1),
        tablets_a_year=round(doses, 1) if by_mouth else 0.0,
        at_home=at_home,
        sentence=_sentence(drug, doses, minutes, at_home=at_home),
    )


def _sentence(drug: Drug, doses: float, minutes: float | None, *, at_home: bool) -> str:
    times = _times(doses)
    if drug.route.value is Route.ORAL:
        return f"A tablet {times}, at home."
    if at_home:
        return f"An injection under the skin {times}, which the patient gives at home."
    what = {
        Route.INFUSION: "An infusion into a vein",
        Route.PUSH: "An injection into a vein over seconds",
        Route.SUBCUTANEOUS: "An injection under the skin",
    }[drug.route.value]
    hours = f", about {minutes:.0f} minutes in the clinic a year" if minutes else ""
    return f"{what} {times}{hours}."


def _times(doses_a_year: float) -> str:
    common = {1: "once a year", 2: "twice a year", 4: "every three months", 12: "every month", 52: "every week"}
    if doses_a_year > 300:
        return "every day"
    return common.get(round(doses_a_year), f"{doses_a_year:.1f} times a year")
