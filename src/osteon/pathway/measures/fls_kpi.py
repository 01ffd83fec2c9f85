"""How good is a fracture liaison service, by eleven key performance indicators (Javaid 2020, windows of the FLS-DB)?

Each indicator follows a patient from her first fragility fracture of the period. What counts as one, which drugs are
taken on a day and how old a scan is, the facts of the pathway say: they are asked on the last day of each window.

What a chart does not hold is not judged: data completeness, training and contacts are known to the service alone, which
may tell them (`Service`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from osteon.chart.types import Chart, Fracture, When, day_after
from osteon.knowledge import Knowledge
from osteon.pathway.facts.bounds import is_at_most
from osteon.pathway.facts.fractures import VERTEBRA, fragility
from osteon.pathway.facts.lookup import parameter
from osteon.pathway.facts.person import year_bounds
from osteon.pathway.facts.recorded import last_done
from osteon.pathway.known import Known
from osteon.pathway.measures.evidence import prescriptions, treatments
from osteon.pathway.measures.period import Period
from osteon.pathway.measures.populations import DENOMINATOR, INITIAL, NUMERATOR, Populations
from osteon.pathway.measures.resources import Resources
from osteon.pathway.measures.value_sets import ValueSets
from osteon.pathway.measures.windows import Window
from osteon.pathway.occasion import Occasion
from osteon.pathway.truth import Truth, every, some

TWELVE_WEEKS_D, SIXTEEN_WEEKS_D, A_YEAR_D = 84, 112, 364
AGE_FROM = "fragility_from"
"""The parameter of the facts that says from which age a fracture counts here."""
FALLS_MEASURED = ("falls_count", "timed_up_and_go", "chair_stand")
FALLS_ASKED = ("injurious_fall", "high_falls_risk")

INDICATORS = {
    "kpi-1": "data completeness",
    "kpi-2": "fractures identified, not of the spine",
    "kpi-3": "fractures of the spine identified",
    "kpi-4": "fracture risk assessed within 12 weeks",
    "kpi-5": "bone density scan within 12 weeks",
    "kpi-6": "risk of falls assessed",
    "kpi-7": "drug for bone recommended",
    "kpi-8": "strength and balance training started within 16 weeks",
    "kpi-9": "monitored by 16 weeks",
    "kpi-10": "drug for bone started by 16 weeks",
    "kpi-11": "still on a drug for bone at 52 weeks",
}


class Service(NamedTuple):
    """What only the service itself knows of a patient: the day of each step, or None where it was not taken."""

    falls_assessed: date | None = None
    recommended: date | None = None
    training_started: date | None = None
    monitored: date | None = None


def fls_kpi(resources: Resources, period: Period, value_sets: ValueSets) -> Populations:
    """To which indicators does this patient count, and which are met?"""
    knowledge = value_sets.knowledge
    youngest_y = knowledge.parameter(f"facts.{AGE_FROM}").value
    if year_bounds(resources.person.birth_date, When.on(period.end))[1] < youngest_y:
        return Populations(dict.fromkeys((INITIAL, *NAMES), Truth.NO))
    return of_chart(resources.chart(knowledge), period, knowledge)


def of_chart(chart: Chart, period: Period, knowledge: Knowledge, service: Service | None = None) -> Populations:
    """To which indicators does this patient count, and which are met, as chart and service tell?"""
    found, fracture = _index(chart, period, knowledge)
    if fracture is None or fracture.when is None:
        return Populations({INITIAL: found, **dict.fromkeys(NAMES, found)})
    patient = _Patient(chart, period, knowledge, fracture.when, service)
    spine = Truth.of(fracture.site in VERTEBRA)
    recommended = patient.was_recommended()
    met = {
        "kpi-1": (Truth.YES, Truth.CANNOT_TELL),
        "kpi-2": (None, ~spine),
        "kpi-3": (None, spine),
        "kpi-4": (Truth.YES, patient.was_assessed()),
        "kpi-5": (Truth.YES, patient.was_scanned()),
        "kpi-6": (Truth.YES, patient.was_asked_about_falls()),
        "kpi-7": (Truth.YES, recommended),
        "kpi-8": (Truth.YES, patient.began_training()),
        "kpi-9": (recommended, patient.was_monitored()),
        "kpi-10": (recommended, patient.began_treatment()),
        "kpi-11": (recommended, patient.goes_on_with_treatment()),
    }
    truths = {INITIAL: found}
    for name, (denominator, numerator) in met.items():
        if denominator is not None:
            truths[f"{name}.{DENOMINATOR}"] = denominator
        truths[f"{name}.{NUMERATOR}"] = every((denominator or Truth.YES, numerator))
    return Populations(truths)


def _index(chart: Chart, period: Period, knowledge: Knowledge) -> tuple[Truth, Fracture | None]:
    """Is there a fragility fracture of the period, from the age at which one is taken for such, and which was first?"""
    at = Occasion(chart, period.end, knowledge)
    inside = Window.of(period.start, period.end)
    broken = fragility(at)
    judged = [(_counts(each, inside, at), each) for each in broken.certain]
    found = [each for truth, each in judged if truth is Truth.YES]
    if found:
        return Truth.YES, min(found, key=_day)
    doubtful = [every((_counts(each, inside, at), Truth.CANNOT_TELL)) for each in broken.possible]
    return some((*(truth for truth, _ in judged), *doubtful)), None


def _day(fracture: Fracture) -> tuple[When, str]:
    return fracture.when or When(date.max, date.max), fracture.source


def _counts(fracture: Fracture, inside: Window, at: Occasion) -> Truth:
    if fracture.when is None:
        return Truth.NO if fracture.is_history else Truth.CANNOT_TELL
    low, high = year_bounds(at.chart.patient.birth_date, fracture.when)
    limit = parameter(at, AGE_FROM)
    of_age = Truth.of(True if low >= limit else False if high < limit else None)
    return every((inside.holds(fracture.when), of_age))


class _Patient:
    """The questions of the indicators to one patient whose bone broke on a day."""

    def __init__(
        self, chart: Chart, period: Period, knowledge: Knowledge, broke: When, service: Service | None
    ) -> None:
        self.chart = chart
        self.period = period
        self.knowledge = knowledge
        self.broke = broke
        self.service = service

    def was_assessed(self) -> Truth:
        """Is there a FRAX result of the first 12 weeks?"""
        return self.within(TWELVE_WEEKS_D, lambda at: self._since_the_fracture(at["frax_age_d"], at))

    def was_scanned(self) -> Truth:
        """Is there a density scan of the first 12 weeks, by its results or by its procedure?"""

        def found(at: Occasion) -> Truth:
            done = last_done("dxa", at)
            of_procedure = Window(self.broke, When.on(at.on)).holds(done[0]) if done else Truth.NO
            return some((self._since_the_fracture(at["dxa_age_d"], at), of_procedure))

        return self.within(TWELVE_WEEKS_D, found)

    def was_asked_about_falls(self) -> Truth:
        """Were falls counted or asked about, or walking and standing up tested, since the fracture? At any time."""
        if self.service:
            return Truth.of(self.service.falls_assessed is not None)
        since = self._since()
        measured = (each.when for kind in FALLS_MEASURED for each in self.chart.by_measure.get(kind, ()))
        asked = (each.when for kind in FALLS_ASKED for each in self.chart.by_question.get(kind, ()))
        return some((since.holds_any(measured), since.holds_any(asked)))

    def was_recommended(self) -> Truth:
        """Was a drug for osteoporosis ordered or begun since the fracture, or is one taken 16 weeks after it?"""
        if self.service:
            return Truth.of(self.service.recommended is not None)
        ordered = self._since().holds_any(prescriptions(self.chart, self.knowledge))
        return some((ordered, self.began_treatment()))

    def began_treatment(self) -> Truth:
        """Did a drug for osteoporosis begin within 16 weeks, or is one still taken then?"""

        def found(at: Occasion) -> Truth:
            begun = Window(self.broke, When.on(at.on)).holds_any(treatments(at))
            return some((begun, _takes_any(at)))

        return self.within(SIXTEEN_WEEKS_D, found)

    def goes_on_with_treatment(self) -> Truth:
        """Is a drug for osteoporosis taken at 52 weeks?"""
        last = day_after(self.broke.latest, A_YEAR_D)
        return self.within(A_YEAR_D, _takes_any) if self.period.knows(last) else Truth.CANNOT_TELL

    def began_training(self) -> Truth:
        """Did training of strength and balance begin within 16 weeks? Only the service knows."""
        return self._told(self.service.training_started if self.service else None)

    def was_monitored(self) -> Truth:
        """Was the patient asked within 16 weeks how treatment goes? Only the service knows."""
        return self._told(self.service.monitored if self.service else None)

    # --- windows ------------------------------------------------------------------------------------------------------

    def within(self, days: int, found: Callable[[Occasion], Truth]) -> Truth:
        """Is it found on the last day of so many since the fracture, or on the last day that the source knows of?

        What is not found may still come where the source ends before, and could not come where the patient died.
        """
        if not self.broke.is_exact:
            return Truth.CANNOT_TELL
        last = day_after(self.broke.latest, days)
        reached = last if self.period.known_until is None else min(last, self.period.known_until)
        answer = found(Occasion(self.chart, reached, self.knowledge))
        is_open = reached < last or self._died_by(last)
        return Truth.CANNOT_TELL if answer is Truth.NO and is_open else answer

    def _told(self, day: date | None) -> Truth:
        """Was a step taken within 16 weeks, as the service tells?"""
        if self.service is None:
            return Truth.CANNOT_TELL
        return self.within(
            SIXTEEN_WEEKS_D, lambda at: Truth.of(day is not None and self.broke.earliest <= day <= at.on)
        )

    def _since(self) -> Window:
        return Window(self.broke, When.on(self.period.known_until or date.max))

    def _since_the_fracture(self, age_d: Known, at: Occasion) -> Truth:
        """Is something of this age in days no older than the fracture? What is not on record was not done."""
        if age_d.bounds is None:
            return Truth.NO
        longest_d = (at.on - self.broke.earliest).days
        is_since = is_at_most(age_d, longest_d).value
        return Truth.of(is_since if isinstance(is_since, bool) else None)

    def _died_by(self, day: date) -> bool:
        died = self.chart.patient.deceased
        return died.earliest <= day if isinstance(died, When) else died


def _takes_any(at: Occasion) -> Truth:
    taken = at["treatments_now"].value
    return Truth.of(bool(taken) if isinstance(taken, frozenset) else None)


NAMES = tuple(
    f"{name}.{population}"
    for name in INDICATORS
    for population in ((NUMERATOR,) if name in ("kpi-2", "kpi-3") else (DENOMINATOR, NUMERATOR))
)
"""The populations of the indicators. The spine and the other bones have no denominator here: only the place knows how
many to expect."""
