"""What has to be found out about a patient before the next dose, and how is it entered?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import occasion_of
from osteon.knowledge.types import FactEntry, Severity
from osteon.pathway.gate import gate
from osteon.pathway.truth import Truth


class Question(Struct, frozen=True):
    """A yes or no that somebody has to ask or look for: the fact, its words, and what to do to find out."""

    fact: str
    label: str
    obtain: str


class Result(Struct, frozen=True):
    """A result that is missing or too old: the analyte, its words, and the units in which it may be entered."""

    analyte: str
    label: str
    obtain: str
    units: tuple[str, ...]


def open_questions(patient: Patient, on: date) -> tuple[tuple[Question, ...], tuple[Result, ...]]:
    """What the gate of the next dose cannot tell on this day: questions to ask, and results to enter."""
    summary = getattr(patient, "summary", None)
    if summary is None or not summary.drug:
        return (), ()
    at = occasion_of(patient, on)
    checks = gate(at.knowledge.drugs[summary.drug], at)
    findings = [
        each for severity in Severity for each in checks.of(severity, Truth.CANNOT_TELL, Truth.YES) if each.missing
    ]
    names = dict.fromkeys(missing.fact for finding in findings for missing in finding.missing)
    entries = [(name, at.knowledge.facts[name]) for name in names]
    questions = tuple(
        Question(name, entry.label, entry.obtain)
        for name, entry in entries
        if entry.kind == "flag" and entry.record == "answer"
    )
    wanted = dict.fromkeys(analyte for name, entry in entries for analyte in _analytes(name, entry))
    results = tuple(
        Result(name, analyte.label, f"{analyte.label}, with its unit and day", tuple(analyte.factors))
        for name in wanted
        if (analyte := at.knowledge.analytes.get(name)) is not None
    )
    return questions, results


_MADE_OF = {
    "calcium_status": ("calcium", "albumin"),
    "crcl_ml_min": ("creatinine", "weight"),
    "vitamin_d_ng_ml": ("25_oh_vitamin_d",),
}
"""Which results a fact is worked out from, where its own entry does not name one."""


def _analytes(name: str, entry: FactEntry) -> Iterator[str]:
    yield from (entry.measure,) if entry.measure else _MADE_OF.get(name, ())
