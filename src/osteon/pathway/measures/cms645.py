"""CMS645: how many men who begin a year of androgen deprivation have their bones measured? Higher is better.

The logic is that of the published measure; its value sets come from the site.
"""

from __future__ import annotations

from datetime import date

from osteon.chart.codes import SNOMED
from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.dates import when
from osteon.pathway.calendar import months_after
from osteon.pathway.measures.coded import carries
from osteon.pathway.measures.period import Days, Moment, Period, Span, moment
from osteon.pathway.measures.populations import Populations, proportion
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.timing import first_bound, first_event, prevalence, taken_place
from osteon.pathway.measures.value_sets import ValueSets, named
from osteon.pathway.truth import Truth

VISIT = named("Office Visit")
DEPRIVATION = named("Androgen deprivation therapy for Urology Care")
CANCER = named("Prostate Cancer")
SCAN = named("DEXA Dual Energy Xray Absorptiometry, Bone Density for Urology Care")
VALUE_SETS = VISIT | DEPRIVATION | CANCER | SCAN

TWELVE_MONTHS = (SNOMED, "456381000124102")
"""An injection of leuprolide acetate for twelve months."""
ORDERED = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
MONTHS_BEFORE, MONTHS_AFTER = -3, 9
"""From when to when, counted from the first day of the period, must the treatment begin?"""
SCAN_MONTHS_BEFORE, SCAN_MONTHS_AFTER = -24, 3


def cms645(resources: Resources, period: Period, value_sets: ValueSets) -> Populations:
    """In which populations of CMS645 is this patient? Nobody is an exception in this version of the measure."""
    at = _Patient(resources, period, value_sets)
    orders = at.twelve_month_orders() if at.was_seen() else []
    return proportion(
        Truth.of(bool(orders)),
        numerator=lambda: Truth.of(at.was_scanned(orders)),
        exception=lambda: Truth.NO,
    )


class _Patient:
    """The questions of the measure to one patient."""

    def __init__(self, resources: Resources, period: Period, value_sets: ValueSets) -> None:
        self.resources = resources
        self.period = period
        self.value_sets = value_sets
        self.window = Days(period.from_start(MONTHS_BEFORE).toordinal(), period.from_start(MONTHS_AFTER).toordinal())

    def was_seen(self) -> bool:
        return any(
            each.status == "finished"
            and each.period is not None
            and self.period.holds_all(Span(moment(each.period.start), moment(each.period.end)))
            and any(self.value_sets.hold(kind, VISIT) for kind in each.type)
            for each in self.resources.encounters
        )

    def twelve_month_orders(self) -> list[date]:
        """On which days was a year of treatment ordered, from the first day of treatment on?"""
        ordered = [
            written
            for each in self.resources.orders
            if carries(each.code, TWELVE_MONTHS) and not each.do_not_perform
            if (written := moment(each.authored_on)) and is_within(written, self.window)
        ]
        first = self.first_treatment() if ordered else None
        if first is None:
            return []
        return [each.day for each in ordered if each.day and each.first_day >= first.last_day]

    def first_treatment(self) -> Moment | None:
        """When did androgen deprivation begin, near the start of the period and while the cancer was active?"""
        cancers = self.cancers()
        starts = (start for each in self.prescriptions() for start in starts_of_treatment(each))
        return min(
            (
                start
                for start in starts
                if is_within(start, self.window) and any(is_during(start, each) for each in cancers)
            ),
            default=None,
        )

    def prescriptions(self) -> list[fhir.MedicationRequestResource]:
        """The orders of a drug that deprives of androgen."""
        return [
            each
            for each in self.resources.prescriptions
            if each.intent in ORDERED and self.value_sets.hold(self.resources.medication(each), DEPRIVATION)
        ]

    def cancers(self) -> list[Span]:
        """From when to when was there a confirmed, active cancer of the prostate that reaches into the period?"""
        born = when(self.resources.patient.birth_date)
        found = [
            prevalence(each, born)
            for each in self.resources.conditions
            if each.clinical_status.code == "active"
            and each.verification_status.code == "confirmed"
            and self.value_sets.hold(each.code, CANCER)
        ]
        return [each for each in found if self.period.overlaps(each)]

    def was_scanned(self, orders: list[date]) -> bool:
        """Was density ordered or measured near one of the twelve-month orders?"""
        ordered = [
            Span(written, written)
            for each in self.resources.orders
            if not each.do_not_perform
            and self.value_sets.hold(each.code, SCAN)
            and (written := moment(each.authored_on))
        ]
        measured = [taken_place(each) for each in self.resources.observations if self.value_sets.hold(each.code, SCAN)]
        return any(is_near(scan, order) for scan in (*ordered, *measured) for order in orders)


def starts_of_treatment(request: fhir.MedicationRequestResource) -> list[Moment]:
    """On which days may a prescription have started the treatment?

    With the first dose that it names, and on the day on which it was written; where it lacks one of the two, with its
    first bounded dosage. As the measure has it, and as its published cases need it: each of these days is tried.
    """
    bounded = first_bound(request)
    return [each for each in (first_event(request) or bounded, moment(request.authored_on) or bounded) if each]


def is_within(point: Moment, days: Days) -> bool:
    """Is it surely in a stretch of days?"""
    return days.first <= point.first_day and point.last_day <= days.last


def is_during(point: Moment, cancer: Span) -> bool:
    """Is it surely, by day, in a span that has begun and may not have ended?"""
    if cancer.start is None or point.first_day < cancer.start.last_day:
        return False
    return cancer.end is None or point.last_day <= cancer.end.first_day


def is_near(scan: Span, order: date) -> bool:
    """Did a scan end in the two years before the day of an order, or begin on it or in the three months after?"""
    day = order.toordinal()
    if scan.start and is_within(scan.start, Days(day, months_after(order, SCAN_MONTHS_AFTER).toordinal())):
        return True
    return scan.end is not None and is_within(
        scan.end, Days(months_after(order, SCAN_MONTHS_BEFORE).toordinal(), day - 1)
    )
