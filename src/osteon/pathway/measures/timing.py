"""When did a condition hold, an examination take place, a prescription cover?"""

from __future__ import annotations

from collections.abc import Iterable

from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.dates import at_age, when
from osteon.chart.fhir.durations import days
from osteon.chart.types import When
from osteon.pathway.facts.person import year_bounds
from osteon.pathway.measures.period import Days, Moment, Period, Span, moment, span


def age_is_within(patient: fhir.PatientResource, low_y: int, high_y: int, day: When) -> bool:
    """Is the patient surely of an age from `low_y` to `high_y` completed years on a day?"""
    born = when(patient.birth_date)
    if born is None or born.earliest > day.earliest:
        return False
    youngest, oldest = year_bounds(born, day)
    return low_y <= youngest and oldest <= high_y


def taken_place(found: fhir.Dated) -> Span:
    """From when to when an observation is true."""
    return span(found.effective_date_time or found.effective_instant, found.effective_period)


def done(procedure: fhir.ProcedureResource) -> Span:
    """From when to when a procedure was performed."""
    return span(procedure.performed_date_time, procedure.performed_period)


def prevalence(condition: fhir.ConditionResource, born: When | None) -> Span:
    """From when to when a condition held: from its onset, else from the day it was recorded, to its abatement.

    An age means the year of life that it names. A missing end says nothing here; whether the condition is active does.
    """
    onset = span(condition.onset_date_time, condition.onset_period).start or _start_of(
        at_age(condition.onset_age, born)
    )
    abatement = span(condition.abatement_date_time, condition.abatement_period)
    end = abatement.end or abatement.start or _start_of(at_age(condition.abatement_age, born))
    return Span(onset or moment(condition.recorded_date), end)


def _start_of(days_of_age: When | None) -> Moment | None:
    if days_of_age is None:
        return None
    first, last = moment(days_of_age.earliest.isoformat()), moment(days_of_age.latest.isoformat())
    return Moment(first.first, last.last) if first and last else None


def covered(request: fhir.MedicationRequestResource) -> Days | None:
    """Which days does a prescription cover?

    The bounds of its dosage where both ends are given, else those of its dispensing; else its supply with all refills,
    from the first of them that is known: the start of the dosage, the day it was written, the start of dispensing.
    None where nothing says how long.
    """
    dosage = next(iter(_bounds(request)), Span())
    supply = request.dispense_request
    dispensing = span("", supply.validity_period) if supply else Span()
    for lasting in (dosage, dispensing):
        if lasting.start and lasting.end:
            return Days(lasting.start.first_day, lasting.end.last_day)
    begins = dosage.start or moment(request.authored_on) or dispensing.start
    once_d = days(supply.expected_supply_duration) if supply else None
    if begins is None or supply is None or once_d is None:
        return None
    total_d = once_d * (1 + max(supply.number_of_repeats_allowed or 0, 0))
    return Days(begins.first_day, begins.first_day + max(round(total_d), 1) - 1)


def first_bound(request: fhir.MedicationRequestResource) -> Moment | None:
    """When does the first bounded dosage begin?"""
    starts = [each.start for each in _bounds(request) if each.start]
    return min(starts, default=None)


def first_event(request: fhir.MedicationRequestResource) -> Moment | None:
    """When is the first dose that the dosage names by its day?"""
    named = (moment(text) for each in request.dosage_instruction if each.timing for text in each.timing.event)
    return min((each for each in named if each), default=None)


def _bounds(request: fhir.MedicationRequestResource) -> list[Span]:
    repeats = [each.timing.repeat for each in request.dosage_instruction if each.timing and each.timing.repeat]
    return [span("", repeat.bounds_period) for repeat in repeats if repeat.bounds_period]


def days_covered(stretches: Iterable[Days | None], within: Days) -> int:
    """How many days of `within` lie in any of the stretches? Each day counts once."""
    total, reached = 0, within.first - 1
    for first, last in sorted(each for each in stretches if each):
        last = min(last, within.last)
        total += max(last - max(first - 1, reached), 0)
        reached = max(reached, last)
    return total


def life_until(patient: fhir.PatientResource, period: Period) -> Days:
    """The days from birth to the end of the period."""
    born = moment(patient.birth_date)
    return Days(born.first_day if born else 1, period.end.toordinal())
