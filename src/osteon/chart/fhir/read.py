"""From FHIR resources, in any order, to the chart of one patient.

Every resource is decoded into the few fields that are read, at once and once. When all have been seen it is known who
the patient is and what refers to what; then each resource of the patient is turned into facts by the reader of its
type. What is not read is counted, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from osteon.chart import reasons
from osteon.chart.assemble import Fact, assemble
from osteon.chart.fhir.bundle import Piece
from osteon.chart.fhir.intake import Intake
from osteon.chart.fhir.links import context_of
from osteon.chart.fhir.patient import Whose, chosen, read_patient
from osteon.chart.fhir.readers import READERS
from osteon.chart.fhir.surroundings import empty_list
from osteon.chart.types import Chart, Skipped
from osteon.knowledge import Knowledge


def read_pieces(
    pieces: Iterable[Piece], knowledge: Knowledge, *, name: str, patient: str | None = None, on: date | None = None
) -> Chart:
    """The chart of one patient out of these resources.

    Raises `ChartError` where the patient cannot be told, or has no birth date.
    """
    intake = Intake(patient)
    for piece in pieces:
        intake.take(piece)
    return chart_of(intake, knowledge, name=name, patient=patient, on=on)


def chart_of(intake: Intake, knowledge: Knowledge, *, name: str, patient: str | None, on: date | None) -> Chart:
    """The chart of one patient out of what was taken in."""
    everyone = list(intake.of("Patient"))
    who, full_url = chosen(everyone, patient, name)
    person = read_patient(who)
    whose = Whose(who, full_url, is_only_one=len(everyone) == 1)
    at = context_of(intake, knowledge, person.birth_date, whose)
    facts: list[Fact] = []
    skipped = intake.left_out()
    lists = {empty_list(seen.resource) for seen in intake.of("List") if seen.resource.subject in whose}
    understood = 1
    for kind, reader in READERS.items():
        if reader.read is None:
            continue
        for seen in intake.of(kind):
            if seen.resource.subject not in whose:
                skipped.append(Skipped(what=kind, reason=reasons.OTHER_PATIENT))
                continue
            before = len(facts)
            for fact in reader.read(seen.resource, at):
                (skipped if type(fact) is Skipped else facts).append(fact)
            understood += len(facts) > before
            if reader.list:
                lists.add(reader.list)
    return assemble(
        person, facts, skipped, knowledge, lists=frozenset(filter(None, lists)), understood=understood, on=on
    )
