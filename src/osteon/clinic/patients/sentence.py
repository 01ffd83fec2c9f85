"""How does this patient stand, in two sentences? Before any table or picture."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.clinic.records.models import Patient, Readiness, Summary
from osteon.report.words import counted, day


class Sentence(Struct, frozen=True):
    """What to say first, and in which tone: good, wait, bad, or none."""

    text: str
    tone: str = ""


def sentence(patient: Patient, on: date) -> Sentence:
    """The diagnosis, the next dose, whether it may be given, and the one thing that would clear it."""
    if patient.deceased:
        when = f" on {day(patient.deceased_on)}" if patient.deceased_on else ""
        return Sentence(f"{patient.name} has died{when}. Nothing is planned any more.", "bad")
    summary: Summary | None = getattr(patient, "summary", None)
    if summary is None:
        return Sentence("Nothing has been worked out from this chart yet.", "wait")
    parts = [stated(summary.diagnosis)]
    tone = ""
    if summary.due_on:
        parts.append(_next_dose(summary, on))
        parts.append(_ready(summary))
        tone = {"ready": "good", "not_ready": "bad"}.get(summary.readiness, "wait")
    else:
        parts.append("No dose of this clinic is planned.")
    if summary.harmful_from and on >= summary.harmful_from:
        parts.insert(0, f"Waiting does harm since {day(summary.harmful_from)}: this dose cannot wait.")
        tone = "bad"
    if summary.on != on:
        parts.append(f"This was worked out for {day(summary.on)} and not for today.")
    return Sentence(" ".join(filter(None, parts)), tone)


def stated(answer: str) -> str:
    """An answer that begins with yes, as a statement of its own."""
    words = answer.removeprefix("Yes: ")
    return words[:1].upper() + words[1:]


def _next_dose(summary: Summary, on: date) -> str:
    assert summary.due_on is not None  # noqa: S101 - asked before
    late = (on - summary.due_on).days
    if late > 0:
        when = f"was due on {day(summary.due_on)}, {counted(late, 'day')} ago"
    else:
        when = "is due today" if late == 0 else f"is due on {day(summary.due_on)}"
    return f"The next dose, {summary.drug_name}, {when}."


def _ready(summary: Summary) -> str:
    rest = summary.open_checks - 1
    more = f" ({counted(rest, 'more check')} open)" if rest > 0 else ""
    first = f": {summary.one_thing.rstrip('.')}{more}." if summary.one_thing else "."
    return {
        Readiness.READY.value: "Ready for it.",
        Readiness.NOT_READY.value: f"Not ready for it{first}",
        Readiness.CANNOT_TELL.value: f"Whether it may be given cannot be told yet{first}",
    }.get(summary.readiness, "")
