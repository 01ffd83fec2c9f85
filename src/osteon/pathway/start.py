"""When can the first dose of the plan be given, and what sets that day?"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from osteon.chart.types import Dose
from osteon.knowledge.drug import Drug, Route
from osteon.knowledge.types import Quantity
from osteon.pathway.calendar import after
from osteon.pathway.gate import Gate
from osteon.pathway.occasion import Occasion
from osteon.pathway.order import Note
from osteon.pathway.steps import timing_note
from osteon.pathway.truth import Truth


class Start(Struct, frozen=True, kw_only=True):
    """The day of the first dose and every reason that pushed it there, the latest first.

    `is_continuing` says that the drug is already running and this is its next dose; `overdue_days` how late it is.
    """

    on: date
    reasons: tuple[Note, ...]
    is_continuing: bool = False
    overdue_days: int = 0
    is_dangerously_late: bool = False


def last_dose(drug: str, at: Occasion) -> Dose | None:
    """The latest dose of a drug given on or before the day, at whichever clinic."""
    doses = [
        dose
        for course in at.chart.by_drug.get(drug, ())
        if not course.is_oncology
        for dose in course.doses
        if dose.when.latest <= at.on
    ]
    return max(doses, key=lambda dose: dose.when, default=None)


def start(drug: Drug, at: Occasion, gate: Gate) -> Start:
    """When can the first dose of this plan be given?"""
    previous = last_dose(drug.id, at)
    running = drug.id in _words(at["treatments_now"].value) or drug.id in _words(at["antiresorptives_active"].value)
    if previous is not None and running:
        return _next_dose(drug, previous, at)
    pushes = [_lead(drug, at, gate), *_hip_fracture(drug, at), *_other_drugs(drug, at)]
    pushes.sort(key=lambda push: push[0], reverse=True)
    return Start(on=max(pushes[0][0], at.on), reasons=tuple(note for _, note in pushes))


def _doses(drug: Drug, at: Occasion) -> int:
    return sum(len(course.doses) for course in at.chart.by_drug.get(drug.id, ()) if not course.is_oncology)


def _next_dose(drug: Drug, previous: Dose, at: Occasion) -> Start:
    given = previous.when.latest
    due = after(given, drug.interval)
    overdue = max((at.on - due).days, 0)
    late = drug.dangerous_after is not None and at.on > after(given, drug.dangerous_after) and _doses(drug, at) > 1
    words = f"The last dose was given on {previous.when}; the next is due on {due}."
    reasons = [timing_note(drug.interval, words)]
    reasons += [Note(each.value, each.cite, each.verified.value) for each in drug.late_dose if overdue]
    return Start(
        on=max(due, at.on), reasons=tuple(reasons), is_continuing=True, overdue_days=overdue, is_dangerously_late=late
    )


Push = tuple[date, Note]


def _lead(drug: Drug, at: Occasion, gate: Gate) -> Push:
    """Time to prepare: longer where teeth or vitamin D must be put right first."""
    parameter = at.knowledge.parameter
    dental = any("dental" in each.id and each.verdict is not Truth.NO for each in gate.findings)
    vitamin_d = at["vitamin_d_ng_ml"].value
    low = parameter("plan.vitamin_d_low")
    if isinstance(vitamin_d, float | int) and vitamin_d < low.value and drug.route.value is not Route.ORAL:
        span = parameter("plan.vitamin_d_loading")
        return after(at.on, span), timing_note(span, f"25-OH vitamin D is below {low}: it is replaced first.")
    if dental:
        span = parameter("plan.dental_wait")
        return after(at.on, span), timing_note(span, "The teeth are looked at first.")
    span = parameter("plan.start_wait")
    return after(at.on, span), timing_note(span, "Time to prepare.")


def _hip_fracture(drug: Drug, at: Occasion) -> list[Push]:
    days = at["last_hip_fracture_d"].value
    wait = at.knowledge.parameter("plan.hip_fracture_wait")
    if not drug.route.value.is_intravenous or not isinstance(days, float | int) or days >= wait.value:
        return []
    fractured = at.on - timedelta(days=round(days))
    return [(after(fractured, wait), timing_note(wait, "A hip was broken lately."))]


def _other_drugs(drug: Drug, at: Occasion) -> list[Push]:
    """What still runs sets the earliest day for what follows it."""
    pushes: list[Push] = []
    for name in sorted(_words(at["antiresorptives_active"].value) | _words(at["treatments_now"].value)):
        other = at.knowledge.drugs.get(name)
        previous = last_dose(name, at)
        if other is None or name == drug.id or previous is None or other.route.value is Route.ORAL:
            continue
        way = next((way for way in other.exits if drug.id in way.to and way.after is not None), None)
        span: Quantity = way.after if way is not None and way.after is not None else other.interval
        words = f"{other.name.capitalize()} was last given on {previous.when}; {drug.name} follows {span} later."
        note = Note(f"{words} {way.why.value}" if way else words, span.cite, span.verified.value)
        pushes.append((after(previous.when.latest, span), note))
    return pushes


def _words(value: object) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()
