"""MIPS 418 and HEDIS OMW: was a woman who broke a bone looked after within half a year? Higher is better.

Both ask the same of women of other ages. What counts as a fracture, a scan, a drug for osteoporosis and a running
course is what the chart and the facts of the pathway say. A chart that leaves it open, for one without a medication
list, leaves the population open too.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

from osteon.chart.fhir.elements import Concept
from osteon.chart.types import Chart, Course, Fracture, Patient, Sex, When
from osteon.knowledge import Knowledge
from osteon.pathway.calendar import months_after
from osteon.pathway.facts.courses import given_by_others, osteoporosis_courses
from osteon.pathway.facts.lookup import silence
from osteon.pathway.facts.person import year_bounds
from osteon.pathway.measures.evidence import course_days, prescriptions, scans, treatments
from osteon.pathway.measures.period import Period, Span, span
from osteon.pathway.measures.populations import Populations, proportion
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.timing import done, prevalence, taken_place
from osteon.pathway.measures.value_sets import ValueSets, named
from osteon.pathway.measures.windows import Window
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth, every, some

WITHIN_D = 180
"""For how many days after the fracture may a scan or a drug come?"""
FRACTURE_FROM_MONTHS, FRACTURE_TO_MONTHS = -6, 6
"""The fracture lies from six months before the first day of the period to the day before six months into it."""
SCAN_MONTHS_BEFORE, TREATMENT_MONTHS_BEFORE = -24, -12
INSTITUTION_FROM_Y = 66
STAYS = frozenset({"IMP", "ACUTE", "NONAC"})
"""Classes of encounters in which the patient lies in hospital (HL7 v3 ActCode)."""

HOSPICE = named("Hospice Encounter", "Hospice Care Ambulatory", "Hospice Diagnosis")
PALLIATIVE_CARE = named("Palliative Care Encounter", "Palliative Care Intervention", "Palliative Care Diagnosis")


class Ages(NamedTuple):
    """Of which ages is the measure, in completed years: on the last day of the period, or else when the bone broke?"""

    youngest_y: int
    oldest_y: int
    on_last_day: bool


def looked_after(resources: Resources, period: Period, value_sets: ValueSets, ages: Ages) -> Populations:
    """In which populations is this patient?"""
    if _is_surely_not_meant(resources.person, period, ages):
        return proportion(Truth.NO, exclusion=lambda: Truth.NO, numerator=lambda: Truth.NO)
    patient = _Patient(resources.chart(value_sets.knowledge), period, value_sets.knowledge, ages)
    return proportion(
        patient.is_in_it(),
        exclusion=lambda: some((patient.is_excluded(), _is_dying(resources, period, value_sets))),
        numerator=lambda: some((patient.was_scanned(), patient.was_treated())),
    )


def _is_surely_not_meant(person: Patient, period: Period, ages: Ages) -> bool:
    """Is it a man, or somebody of no age that the measure asks of? Then nobody need read the chart."""
    days = When(period.from_start(FRACTURE_FROM_MONTHS), period.end)
    low, high = year_bounds(person.birth_date, days)
    return person.sex is Sex.MALE or high < ages.youngest_y or low > ages.oldest_y


def cannot_be_judged(value_sets: ValueSets) -> tuple[str, ...]:
    """Which exclusions can nobody be judged for, with these value sets?"""
    missing = [
        f"{what}: no value set called {min(names)!r} or the like was supplied"
        for what, names in (("hospice care", HOSPICE), ("palliative care", PALLIATIVE_CARE))
        if len(value_sets.lacks(names)) == len(names)
    ]
    return (*missing, "frailty with advanced illness: the description that this program follows does not define it")


class _Patient:
    """The questions of the measure to one chart."""

    def __init__(self, chart: Chart, period: Period, knowledge: Knowledge, ages: Ages) -> None:
        self.chart = chart
        self.period = period
        self.knowledge = knowledge
        self.ages = ages
        self.counted, self.fracture = self._index()

    def on(self, window: Window) -> Occasion:
        """The chart as it stood at the end of a window."""
        return Occasion(self.chart, window.last.latest, self.knowledge)

    # --- who ----------------------------------------------------------------------------------------------------------

    def is_in_it(self) -> Truth:
        """Is she a woman of that age with a fracture that counts?"""
        sex = self.chart.patient.sex
        return every((Truth.of(None if sex is None else sex is Sex.FEMALE), self.counted))

    def _index(self) -> tuple[Truth, When]:
        """Is there a fracture that counts, and when was the first?"""
        nowhere = When.on(self.period.start)
        judged = [(self._counts(each), each.when or nowhere) for each in self.chart.fractures]
        first = min((day for truth, day in judged if truth is Truth.YES), default=None)
        return (Truth.YES, first) if first else (some(truth for truth, _ in judged), nowhere)

    def _counts(self, fracture: Fracture) -> Truth:
        if fracture.when is None:
            return Truth.NO if fracture.is_history else Truth.CANNOT_TELL
        last = self.period.from_start(FRACTURE_TO_MONTHS) - timedelta(days=1)
        intake = Window.of(self.period.from_start(FRACTURE_FROM_MONTHS), last)
        in_time = intake.holds(fracture.when)
        return (
            in_time if in_time is Truth.NO else every((in_time, self._is_of_age(fracture.when), self._site(fracture)))
        )

    def _is_of_age(self, broke: When) -> Truth:
        day = When.on(self.period.end) if self.ages.on_last_day else broke
        low, high = year_bounds(self.chart.patient.birth_date, day)
        if high < self.ages.youngest_y or low > self.ages.oldest_y:
            return Truth.NO
        return Truth.of(True if self.ages.youngest_y <= low and high <= self.ages.oldest_y else None)

    def _site(self, fracture: Fracture) -> Truth:
        """Is it a bone that counts? Not finger, toe, face or skull; `hand` and `foot` may be fingers and toes."""
        if fracture.site == "skull":
            return Truth.NO
        if fracture.site not in ("hand", "foot"):
            return Truth.YES
        code = next((each.code for each in self.chart.conditions if each.source == fracture.source), "")
        if _DIGIT_CODE.match(code) or _DIGIT.search(fracture.text):
            return Truth.NO
        return Truth.of(True if _NOT_A_DIGIT_CODE.match(code) or _NOT_A_DIGIT.search(fracture.text) else None)

    # --- what was done ------------------------------------------------------------------------------------------------

    def was_scanned(self) -> Truth:
        """Was density measured within 180 days of the fracture, or during the stay?"""
        windows = (self._after(), *self._stays())
        return self._or_open(some(window.holds_any(scans(self.chart)) for window in windows))

    def was_treated(self) -> Truth:
        """Was a drug for osteoporosis prescribed, dispensed or given within 180 days of the fracture?"""
        window = self._after()
        begun = window.holds_any(treatments(self.on(window)))
        found = some((begun, window.holds_any(prescriptions(self.chart, self.knowledge))))
        return self._or_open(found if found is not Truth.NO else self._silent(window))

    def is_excluded(self) -> Truth:
        """Had she been scanned or treated before, or does she live in an institution?"""
        return some((self._was_scanned_before(), self._was_treated_before(), self._lives_in_an_institution()))

    def _was_scanned_before(self) -> Truth:
        return self._before(SCAN_MONTHS_BEFORE).holds_any(scans(self.chart))

    def _was_treated_before(self) -> Truth:
        window = self._before(TREATMENT_MONTHS_BEFORE)
        at = self.on(window)
        found = some(_was_taken(course, window, at) for course in osteoporosis_courses(at))
        return found if found is not Truth.NO else self._silent(window)

    def _lives_in_an_institution(self) -> Truth:
        low, high = year_bounds(self.chart.patient.birth_date, When.on(self.period.end))
        if high < INSTITUTION_FROM_Y:
            return Truth.NO
        known = Occasion(self.chart, self.period.end, self.knowledge)["care_home"].value
        lives_there = Truth.of(known if isinstance(known, bool) else None)
        return every((lives_there, Truth.of(True if low >= INSTITUTION_FROM_Y else None)))

    def _after(self) -> Window:
        return Window(self.fracture, self.fracture.later(WITHIN_D))

    def _before(self, months: int) -> Window:
        """From so many months before the fracture to the day before it, or before the stay in which it was found."""
        first = When(months_after(self.fracture.earliest, months), months_after(self.fracture.latest, months))
        return Window(first, min((stay.first for stay in self._stays()), default=self.fracture).later(-1))

    def _stays(self) -> list[Window]:
        """The stays in hospital in which the bone broke or was found broken."""
        lasting = (
            Window(each.start, each.end)
            for each in self.chart.encounters
            if each.setting in STAYS and each.start and each.end
        )
        return [stay for stay in lasting if stay.holds(self.fracture) is Truth.YES]

    def _or_open(self, found: Truth) -> Truth:
        """What has not happened may still, while the source does not reach to the end of the time allowed."""
        is_over = self.period.knows(self.fracture.latest + timedelta(days=WITHIN_D))
        return found if found is not Truth.NO or is_over else Truth.CANNOT_TELL

    def _silent(self, window: Window) -> Truth:
        """What does it mean that no drug is on record: none, or that nobody keeps a record of drugs?"""
        nothing = silence(self.on(window), "medications").value
        return Truth.CANNOT_TELL if nothing is None else Truth.NO


def _was_taken(course: Course, window: Window, at: Occasion) -> Truth:
    """Was a drug taken in a window before whose end it began? What a clinic gives counts dose by dose."""
    if course.doses and given_by_others(course, at):
        return window.holds_any(dose.when for dose in course.doses)
    if window.holds_any(course_days(course)) is Truth.YES:
        return Truth.YES
    if course.began is None:
        return Truth.CANNOT_TELL
    if course.stop is None:
        return Truth.of(True if course.is_active else None)
    if course.stop.earliest >= window.first.latest:
        return Truth.YES
    return Truth.of(False if course.stop.latest < window.first.earliest else None)


def _is_dying(resources: Resources, period: Period, value_sets: ValueSets) -> Truth:
    """Does anything in the period speak of hospice or palliative care, as far as value sets for them were supplied?"""
    names = (HOSPICE | PALLIATIVE_CARE) & value_sets.names
    if not names:
        return Truth.NO

    def counts(concepts: tuple[Concept, ...], lasting: Span) -> bool:
        return any(value_sets.hold(each, names) for each in concepts) and period.overlaps(lasting)

    return Truth.of(
        any(counts(each.type, span("", each.period)) for each in resources.encounters)
        or any(counts((each.code,), done(each)) for each in resources.procedures)
        or any(counts((each.code,), taken_place(each)) for each in resources.observations)
        or any(counts((each.code,), span(each.authored_on)) for each in resources.orders)
        or any(counts((each.code,), prevalence(each, None)) for each in resources.conditions)
    )


_DIGIT = re.compile(r"finger|thumb|phalan|\btoes?\b|hallux", re.IGNORECASE)
_NOT_A_DIGIT = re.compile(r"carpal|scaphoid|navicular|tarsal|calcane|\btalus\b|\bheel\b", re.IGNORECASE)
_DIGIT_CODE = re.compile(r"S62\.?[56]|S92\.?[45]|816|826")
"""Thumb and finger, great toe and toes: ICD-10-CM, ICD-9-CM."""
_NOT_A_DIGIT_CODE = re.compile(r"S62\.?[0-4]|S92\.?[0-3]|81[45]|825")
