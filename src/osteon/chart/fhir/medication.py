"""Which drugs were prescribed, taken, handed over and given?

A prescription, a list entry or a refill of a drug that the patient takes is an exposure. Of a drug that a clinic
gives, only an administration is a dose; a prescription of it is an order, and tells no more than that.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from osteon.chart import reasons
from osteon.chart.codes import Topic
from osteon.chart.courses import Exposure
from osteon.chart.fhir.context import Context
from osteon.chart.fhir.dates import bounds, during, when
from osteon.chart.fhir.dosing import dose_mg, is_injected, mg_per_day, single_dose
from osteon.chart.fhir.drugs import Drug, Drugs, drugs_of, is_cancer_dose, is_given_by_others, medication_of
from osteon.chart.fhir.durations import Phase, days, phases
from osteon.chart.fhir.elements import Concept, Quantity
from osteon.chart.fhir.resources import (
    Dosage,
    Medicated,
    MedicationAdministrationResource,
    MedicationDispenseResource,
    MedicationRequestResource,
    MedicationStatementResource,
)
from osteon.chart.reasons import skipped
from osteon.chart.types import Dose, Order, Skipped, When

_LEFT_OUT = {
    "entered-in-error": reasons.ENTERED_IN_ERROR,
    "not-taken": reasons.NOT_TAKEN,
    "intended": reasons.ONLY_PLANNED,
    "preparation": reasons.ONLY_PLANNED,
    "not-done": reasons.CANCELLED,
    "cancelled": reasons.CANCELLED,
    "declined": reasons.CANCELLED,
}
_NOT_ORDERED = frozenset({"draft", "cancelled"})
_PLANNED = frozenset({"proposal", "plan", "option"})
_NOT_HANDED_OVER = frozenset({"in-progress", "on-hold", "stopped"})
_CARRIED_OUT = frozenset({"completed", "stopped"})
_ACTIVE = {"active": True, "in-progress": True, "completed": False, "stopped": False}
ON_HOLD = "on hold"
"""The reason of a course that is paused: whether it is taken on a day cannot be told."""


def read_request(seen: MedicationRequestResource, at: Context) -> Iterator[Exposure | Order | Skipped]:
    """The order; and the exposure, where it was an order for a drug that the patient takes."""
    what = "MedicationRequest"
    drugs = _drugs(what, seen, seen.dosage_instruction, at)
    if seen.status == "entered-in-error":
        yield skipped(what, reasons.ENTERED_IN_ERROR, drugs.text)
        return
    yield from drugs.doubt
    if not drugs.found:
        return
    source = f"{what}/{seen.id}"
    ordered = when(seen.authored_on)
    stretches = phases(seen.dosage_instruction, ordered)
    yield Order(
        kinds=frozenset(drug.id for drug in drugs.found),
        text=drugs.text,
        source=source,
        when=ordered or stretches[0].start,
        status=seen.status,
        intent=seen.intent,
        forbids=seen.do_not_perform,
    )
    if seen.do_not_perform or seen.status in _NOT_ORDERED or seen.intent in _PLANNED:
        return
    for drug in drugs.found:
        if seen.status in _CARRIED_OUT or not is_given_by_others(drug.id, at):
            for phase in stretches:
                yield _exposure(
                    drug,
                    source,
                    phase,
                    at,
                    told=ordered,
                    status=seen.status,
                    supply_days=_ordered_supply(seen),
                    stop_reason=seen.status_reason.words if seen.status_reason else "",
                )


def _ordered_supply(seen: MedicationRequestResource) -> float | None:
    """For how many days does what was ordered last, with its refills?"""
    supply = seen.dispense_request
    once = days(supply.expected_supply_duration) if supply else None
    return once * (1 + max(supply.number_of_repeats_allowed or 0, 0)) if supply and once else None


def read_statement(seen: MedicationStatementResource, at: Context) -> Iterator[Exposure | Skipped]:
    """What is said to be, or to have been, taken. One day beside a drug that a clinic gives is a dose."""
    what = "MedicationStatement"
    drugs = _drugs(what, seen, seen.dosage, at)
    if seen.status in _LEFT_OUT:
        yield skipped(what, _LEFT_OUT[seen.status], drugs.text)
        return
    yield from drugs.doubt
    start, end = bounds(seen.effective_period)
    day = when(seen.effective_date_time)
    given = day or (start if start == end else None)
    source = f"{what}/{seen.id}"
    for drug in drugs.found:
        if given and is_given_by_others(drug.id, at):
            yield _given(drug, source, given, single_dose(seen.dosage), at)
        else:
            told = when(seen.date_asserted) or end or day
            reason = next((each.words for each in seen.status_reason), "")
            for phase in phases(seen.dosage, start or day):
                whole = Phase(phase.dosages, phase.start or start or day, phase.end or end)
                yield _exposure(drug, source, whole, at, told=told, status=seen.status, stop_reason=reason)


def read_dispense(seen: MedicationDispenseResource, at: Context) -> Iterator[Exposure | Skipped]:
    """What was handed over, and for how long it lasts."""
    what = "MedicationDispense"
    drugs = _drugs(what, seen, seen.dosage_instruction, at)
    if seen.status in _LEFT_OUT:
        yield skipped(what, _LEFT_OUT[seen.status], drugs.text)
        return
    if seen.status in _NOT_HANDED_OVER and not seen.when_handed_over:
        yield skipped(what, reasons.ONLY_PLANNED, drugs.text)
        return
    yield from drugs.doubt
    start = when(seen.when_handed_over) or when(seen.when_prepared)
    for drug in drugs.found:
        whole = Phase(seen.dosage_instruction, start)
        handed_over = _exposure(drug, f"{what}/{seen.id}", whole, at, told=start, supply_days=days(seen.days_supply))
        yield msgspec.structs.replace(handed_over, is_supply=True)


def read_administration(seen: MedicationAdministrationResource, at: Context) -> Iterator[Exposure | Skipped]:
    """What was given: one dose."""
    what = "MedicationAdministration"
    drugs = drugs_of(what, medication_of(seen, at), at, is_injected=True)
    if seen.status in _LEFT_OUT:
        yield skipped(what, _LEFT_OUT[seen.status], drugs.text)
        return
    yield from drugs.doubt
    day = when(seen.effective_date_time) or during(seen.effective_period)
    if day is None:
        yield skipped(what, reasons.NO_DATE, drugs.text)
        return
    for drug in drugs.found:
        yield _given(drug, f"{what}/{seen.id}", day, seen.dosage.dose if seen.dosage else None, at)


def given_by_procedure(code: Concept, source: str, day: When | None, at: Context) -> Iterator[Exposure]:
    """The doses that a procedure code stands for: a billing code of a drug, or its administration."""
    if day and at.of_topic(at.sets(code), Topic.DRUG):
        for drug in drugs_of("Procedure", code, at, is_injected=True).found:
            yield _given(drug, source, day, None, at)


def _drugs(what: str, seen: Medicated, dosages: tuple[Dosage, ...], at: Context) -> Drugs:
    code = medication_of(seen, at)
    return drugs_of(what, code, at, is_injected=is_injected(dosages, code.all_words))


def _given(drug: Drug, source: str, day: When, quantity: Quantity | None, at: Context) -> Exposure:
    """A dose. Its amount is in mg where that can be told, else as it was sent."""
    amount, unit = dose_mg(quantity, drug.text), "mg"
    is_cancer = drug.is_oncology or is_cancer_dose(drug.id, amount, at)
    if amount is None:
        amount, unit = (quantity.value, quantity.unit or quantity.code) if quantity else (None, "")
    dose = Dose(drug=drug.id, when=day, source=source, amount=amount, unit=unit, product=drug.text)
    return Exposure(
        drug=drug.id,
        text=drug.text,
        source=source,
        start=day,
        told=day,
        dose=dose,
        product=drug.product,
        substance=drug.substance,
        is_oncology=is_cancer,
    )


def _exposure(
    drug: Drug,
    source: str,
    phase: Phase,
    at: Context,
    *,
    told: When | None,
    status: str = "",
    supply_days: float | None = None,
    stop_reason: str = "",
) -> Exposure:
    amount = mg_per_day(phase.dosages, drug.text)
    return Exposure(
        drug=drug.id,
        text=drug.text,
        source=source,
        start=phase.start,
        end=phase.end,
        told=told,
        is_active=_ACTIVE.get(status),
        supply_days=supply_days,
        amount_per_day=amount,
        unit="mg/d" if amount is not None else "",
        stop_reason=stop_reason or (ON_HOLD if status == "on-hold" else ""),
        product=drug.product,
        substance=drug.substance,
        is_oncology=drug.is_oncology or is_cancer_dose(drug.id, dose_mg(single_dose(phase.dosages), drug.text), at),
    )
