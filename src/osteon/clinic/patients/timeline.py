"""What happened to this patient, day by day: doses, medicines, scans, results, fractures, symptoms, visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from osteon.chart.types import Chart, Course, Measurement, When
from osteon.clinic.booking.models import Visit
from osteon.clinic.records.models import Patient
from osteon.knowledge import Knowledge
from osteon.report.forecast_words import SITE

KINDS = {
    "doses": ("●", "Doses"),
    "medicines": ("○", "Medicines"),
    "scans": ("▦", "Scans"),
    "results": ("⚗", "Results"),
    "fractures": ("⚡", "Fractures"),
    "symptoms": ("☰", "Symptoms and answers"),
    "conditions": ("✚", "Conditions and procedures"),
    "visits": ("⌂", "Visits"),
}
"""The kinds of event, with an icon and a word for each."""

_SCANS = {"t_score", "bmd", "z_score"}
_NO_UNIT = {"{T}", "{Z}", "1", "{score}"}


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened. `when` is None where nobody wrote down the day."""

    kind: str
    text: str
    when: When | None = None

    @property
    def icon(self) -> str:
        """The sign of its kind."""
        return KINDS[self.kind][0]

    @property
    def word(self) -> str:
        """The word of its kind."""
        return KINDS[self.kind][1]


def timeline(patient: Patient, chart: Chart, knowledge: Knowledge, *, kind: str = "") -> list[Event]:
    """Everything that happened, the latest first and what has no day last; one kind alone where it is named."""
    events = [*_chart_events(chart, knowledge), *_visits(patient)]
    if kind:
        events = [event for event in events if event.kind == kind]
    return sorted(events, key=lambda event: (event.when is not None, _latest(event)), reverse=True)


def _latest(event: Event) -> date:
    return event.when.latest if event.when else date.min


def _chart_events(chart: Chart, knowledge: Knowledge) -> Iterator[Event]:
    for course in chart.courses:
        yield from _course(course, knowledge)
    yield from _measured(chart, knowledge)
    for fracture in chart.fractures:
        yield Event(kind="fractures", text=f"{fracture.text} ({fracture.cause.value})", when=fracture.when)
    yield from _answered(chart, knowledge)
    broken = {fracture.source for fracture in chart.fractures}
    for condition in chart.conditions:
        if condition.source not in broken:
            yield Event(kind="conditions", text=condition.text, when=condition.began)
            if condition.ended:
                yield Event(kind="conditions", text=f"{condition.text}: ended", when=condition.ended)
    for procedure in chart.procedures:
        if procedure.is_done:
            yield Event(kind="conditions", text=procedure.text, when=procedure.when)
    for encounter in chart.encounters:
        yield Event(kind="visits", text=encounter.text or "Seen", when=encounter.start)


def _course(course: Course, knowledge: Knowledge) -> Iterator[Event]:
    drug = knowledge.drugs.get(course.drug)
    for dose in course.doses:
        amount = f" {dose.amount:g} {dose.unit}" if dose.amount is not None else ""
        yield Event(kind="doses", text=f"{drug.name.capitalize() if drug else course.text}{amount}", when=dose.when)
    if not course.doses and course.start:
        going_on = " (still taken)" if course.is_active else ""
        yield Event(kind="medicines", text=f"{course.text}: begun{going_on}", when=course.start)
    if not course.doses and not course.start:
        yield Event(kind="medicines", text=course.text)
    if course.stop:
        why = f", {course.stop_reason}" if course.stop_reason else ""
        yield Event(kind="medicines", text=f"{course.text}: stopped{why}", when=course.stop)


def _measured(chart: Chart, knowledge: Knowledge) -> Iterator[Event]:
    """Results of one kind and day in one line, so that a scan is one event."""
    groups: dict[tuple[str, When], list[str]] = {}
    for each in chart.measurements:
        kind = "scans" if each.kind in _SCANS else "results"
        groups.setdefault((kind, each.when), []).append(_value(each, knowledge))
    for (kind, when), values in groups.items():
        yield Event(kind=kind, text="; ".join(values), when=when)


def _answered(chart: Chart, knowledge: Knowledge) -> Iterator[Event]:
    """The answers of one day in one line."""
    groups: dict[When, list[str]] = {}
    for answer in chart.answers:
        entry = knowledge.facts.get(answer.kind)
        asked = entry.label if entry else answer.kind.replace("_", " ")
        said = ("yes" if answer.value else "no") if isinstance(answer.value, bool) else answer.value
        groups.setdefault(answer.when, []).append(f"{asked[:1].upper()}{asked[1:]}: {said}")
    for when, answers in groups.items():
        yield Event(kind="symptoms", text="; ".join(answers), when=when)


def _value(measured: Measurement, knowledge: Knowledge) -> str:
    analyte = knowledge.analytes.get(measured.kind)
    label = analyte.label if analyte else measured.kind
    where = f" {SITE.get(measured.site, measured.site.replace('_', ' '))}" if measured.site else ""  # type: ignore[call-overload]
    unit = "" if measured.unit in _NO_UNIT else f" {measured.unit}"
    return f"{label}{where} {measured.comparator}{measured.value:g}{unit}"


def _visits(patient: Patient) -> Iterator[Event]:
    over = patient.visits.filter(state__in=Visit.OVER, starts_at__isnull=False)
    for visit in over.only("title", "state", "starts_at", "patient_id"):
        assert visit.starts_at is not None  # noqa: S101 - asked for above
        text = f"{visit.title}: {visit.get_state_display()}"
        yield Event(kind="visits", text=text, when=When.on(visit.starts_at.date()))
