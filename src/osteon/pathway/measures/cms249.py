"""CMS249: how many women from 50 to 63 without a risk factor were sent to a bone density scan? Lower is better.

The logic is that of the published measure; its value sets come from the site. A date that leaves it open whether a
condition is met does not meet it, as in the measure's own language (CQL).
"""

from __future__ import annotations

from collections.abc import Iterator

from osteon.chart.codes import CPT, LOINC, SNOMED
from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.dates import when
from osteon.chart.types import When
from osteon.pathway.measures.coded import carries, number, unit_of
from osteon.pathway.measures.period import Moment, Period, moment
from osteon.pathway.measures.populations import Populations, proportion
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.timing import (
    age_is_within,
    covered,
    days_covered,
    done,
    life_until,
    prevalence,
    taken_place,
)
from osteon.pathway.measures.value_sets import ValueSets, named
from osteon.pathway.truth import Truth

YOUNGEST_Y, OLDEST_Y = 50, 63
GLUCOCORTICOID_DAYS = 90

VISITS = named(
    "Office Visit",
    "Preventive Care Services Established Office Visit, 18 and Up",
    "Preventive Care Services Initial Office Visit, 18 and Up",
    "Outpatient Consultation",
    "Virtual Encounter",
    "Telephone Visits",
)
UNLISTED_PREVENTIVE_SERVICE = (CPT, "99429")
SCAN = named("DXA (Dual energy Xray Absorptiometry) Scan")

BONE_BEFORE = named("Osteoporosis Without Current Fracture", "Osteopenia")
GASTRIC_BYPASS = named("Gastric Bypass Surgery")
AROMATASE_INHIBITORS = named("Aromatase Inhibitors")
PARENT_BROKE_HIP = named("History of hip fracture in parent")
GLUCOCORTICOIDS = named("Glucocorticoids (oral only)")
EVER = named(
    "Osteoporosis With Current Fracture",
    "Malabsorption Syndromes",
    "Chronic Malnutrition",
    "Chronic Liver Disease",
    "Rheumatoid Arthritis",
    "Hyperthyroidism",
    "Type 1 Diabetes",
    "End Stage Renal Disease",
    "Osteogenesis Imperfecta",
    "Ankylosing Spondylitis",
    "Psoriatic Arthritis",
    "Ehlers Danlos Syndrome",
    "Cushings Syndrome",
    "Hyperparathyroidism",
    "Marfan's Syndrome",
    "Lupus",
    "Multiple Myeloma",
    "Premature Menopause",
    "Eating Disorders",
    "Amenorrhea",
)
DONE_EVER = named(
    "Chemotherapy",
    "Bilateral Oophorectomy",
    "Evidence of Bilateral Oophorectomy",
    "Major Transplant",
    "Kidney Transplant",
    "Bone Marrow Transplant",
)
ONE_OVARY = named("Unilateral Oophorectomy, Unspecified Laterality")
SIDES = (
    (named("Unilateral Oophorectomy Right"), (SNOMED, "24028007")),
    (named("Unilateral Oophorectomy Left"), (SNOMED, "7771000")),
)
VALUE_SETS = frozenset().union(
    VISITS, SCAN, BONE_BEFORE, GASTRIC_BYPASS, AROMATASE_INHIBITORS, PARENT_BROKE_HIP, GLUCOCORTICOIDS, EVER, DONE_EVER,
    ONE_OVARY, *(side for side, _ in SIDES),
)  # fmt: skip

BODY_MASS_INDEX = (LOINC, "39156-5")
DRINKS_A_DAY = (LOINC, "74013-4")
FRAX_MAJOR, ORAI, OSIRIS, OST = (LOINC, "90265-0"), (LOINC, "98139-9"), (LOINC, "98133-2"), (LOINC, "98146-4")


def cms249(resources: Resources, period: Period, value_sets: ValueSets) -> Populations:
    """In which populations of CMS249 is this patient?"""
    at = _Patient(resources, period, value_sets)
    return proportion(
        Truth.of(at.is_of_age_and_seen()),
        exclusion=lambda: Truth.of(at.has_risk_factor()),
        numerator=lambda: Truth.of(bool(at.scans())),
        numerator_exclusion=lambda: Truth.of(at.was_scored_before_the_scan()),
    )


class _Patient:
    """The questions of the measure to one patient."""

    def __init__(self, resources: Resources, period: Period, value_sets: ValueSets) -> None:
        self.resources = resources
        self.period = period
        self.value_sets = value_sets

    # --- initial population -------------------------------------------------------------------------------------------

    def is_of_age_and_seen(self) -> bool:
        patient = self.resources.patient
        first_day = When.on(self.period.start)
        return (
            patient.gender == "female"
            and age_is_within(patient, YOUNGEST_Y, OLDEST_Y, first_day)
            and any(self.is_visit(each) for each in self.resources.encounters)
        )

    def is_visit(self, seen: fhir.EncounterResource) -> bool:
        if seen.status != "finished" or seen.period is None:
            return False
        lasting = moment(seen.period.start), moment(seen.period.end)
        if not all(self.period.holds(each) for each in lasting):
            return False
        return any(
            self.value_sets.hold(each, VISITS) or carries(each, UNLISTED_PREVENTIVE_SERVICE) for each in seen.type
        )

    # --- denominator exclusions ---------------------------------------------------------------------------------------

    def has_risk_factor(self) -> bool:
        return (
            self.had_disease()
            or self.had_procedure()
            or self.is_thin()
            or self.drinks()
            or self.took_aromatase_inhibitor()
            or self.parent_broke_hip()
            or self.took_glucocorticoids()
        )

    def had_disease(self) -> bool:
        """Osteoporosis or osteopenia before the period; any of the others by the end of it."""
        born = when(self.resources.patient.birth_date)
        for each in self.resources.conditions:
            names = self.value_sets.of(each.code)
            if not names.isdisjoint(EVER | BONE_BEFORE):
                began = prevalence(each, born).start
                if not names.isdisjoint(EVER) and self.period.has_begun_by_its_end(began):
                    return True
                if not names.isdisjoint(BONE_BEFORE) and self.period.is_after(began):
                    return True
        return False

    def had_procedure(self) -> bool:
        """A bypass before the period; by the end of it a transplant, chemotherapy, or the loss of both ovaries."""
        past = [each for each in self.resources.procedures if self.period.has_begun_by_its_end(done(each).end)]
        for each in past:
            names = self.value_sets.of(each.code)
            if not names.isdisjoint(DONE_EVER):
                return True
            if not names.isdisjoint(GASTRIC_BYPASS) and self.period.is_after(done(each).end):
                return True
        return all(any(self.is_of_side(each, names, side) for each in past) for names, side in SIDES)

    def is_of_side(self, seen: fhir.ProcedureResource, names: frozenset[str], side: tuple[str, str]) -> bool:
        if self.value_sets.hold(seen.code, names):
            return True
        return self.value_sets.hold(seen.code, ONE_OVARY) and any(carries(site, side) for site in seen.body_site)

    def is_thin(self) -> bool:
        """Is the first body mass index of the period at most 20 kg/m2?"""
        found = [
            (start, value)
            for each in self.resources.observations
            if carries(each.code, BODY_MASS_INDEX) and self.period.holds_all(taken_place(each))
            if (start := taken_place(each).start) and (value := each.value_quantity) and value.value is not None
        ]
        if not found:
            return False
        first = min(found, key=lambda pair: pair[0])[1]
        return unit_of(first) in _KG_M2 and first.value is not None and first.value <= 20

    def drinks(self) -> bool:
        """Were more than two drinks a day reported in the period?"""
        return any(
            carries(each.code, DRINKS_A_DAY)
            and self.period.holds(taken_place(each).start)
            and (number(each, _DRINKS) or 0) > 2
            for each in self.resources.observations
        )

    def took_aromatase_inhibitor(self) -> bool:
        """Was one ordered before the period, or does an active order cover days before it?"""
        for each in self.resources.prescriptions:
            if each.intent == "order" and self.value_sets.hold(self.resources.medication(each), AROMATASE_INHIBITORS):
                taken = covered(each) if each.status == "active" else None
                if self.period.is_after(moment(each.authored_on)):
                    return True
                if taken and taken.first < self.period.start.toordinal():
                    return True
        return False

    def parent_broke_hip(self) -> bool:
        return any(
            self.value_sets.hold(each.code, PARENT_BROKE_HIP) and self.period.is_after(taken_place(each).start)
            for each in self.resources.observations
        )

    def took_glucocorticoids(self) -> bool:
        """Do active orders cover 90 days or more, each day counted once, from birth to the end of the period?"""
        taken = [
            covered(each)
            for each in self.resources.prescriptions
            if each.status == "active"
            and each.intent == "order"
            and self.value_sets.hold(self.resources.medication(each), GLUCOCORTICOIDS)
        ]
        return days_covered(taken, life_until(self.resources.patient, self.period)) >= GLUCOCORTICOID_DAYS

    # --- numerator ----------------------------------------------------------------------------------------------------

    def scans(self) -> list[Moment]:
        """When were scans ordered in the period? An order *not* to do it counts too: the measure does not ask."""
        ordered = (moment(each.authored_on) for each in self.resources.orders if self.value_sets.hold(each.code, SCAN))
        return [each for each in ordered if each and self.period.holds(each)]

    def was_scored_before_the_scan(self) -> bool:
        """Did a score that points to osteoporosis come before the first scan was ordered?"""
        first = min(self.scans())
        return any(start.is_before(first) for start in self.high_scores())

    def high_scores(self) -> Iterator[Moment]:
        for each in self.resources.observations:
            start = taken_place(each).start
            if start and _points_to_osteoporosis(each):
                yield start


_KG_M2 = frozenset({"kg/m2", "kg/m^2", "kg/m²"})
_DRINKS = frozenset({"", "1", "{drinks}/d", "/d", "drinks/day", "{#}/d"})
_PERCENT = frozenset({"%"})
_NO_UNIT = frozenset({"", "1", "{score}"})


def _points_to_osteoporosis(seen: fhir.ObservationResource) -> bool:
    """FRAX (major fracture) of 8.4 % or more, ORAI of 9 or more, OSIRIS below 1, OST below 2."""
    if carries(seen.code, FRAX_MAJOR):
        chance = number(seen, _PERCENT)
        return chance is not None and chance >= 8.4
    if carries(seen.code, ORAI):
        return seen.value_integer is not None and seen.value_integer >= 9
    for code, limit in ((OSIRIS, 1.0), (OST, 2.0)):
        if carries(seen.code, code):
            score = number(seen, _NO_UNIT)
            return score is not None and score < limit
    return False
