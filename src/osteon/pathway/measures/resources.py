"""What is on record of one patient, as FHIR resources?

A measure asks for resources and their dates as they were sent; a chart has already judged them. Decoding is that of the
chart's own intake: each resource once, the newer of two versions, and what cannot be decoded is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TypeVar

import msgspec

from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.bundle import BROKEN, Piece
from osteon.chart.fhir.context import bare, contained_in
from osteon.chart.fhir.elements import NOTHING, Concept
from osteon.chart.fhir.intake import Intake
from osteon.chart.fhir.patient import Whose, chosen, read_patient
from osteon.chart.fhir.read import chart_of
from osteon.chart.types import Chart, Patient, Skipped
from osteon.knowledge import Knowledge

R = TypeVar("R", bound=fhir.Resource)

_KIND: dict[type[fhir.Resource], str] = {
    fhir.EncounterResource: "Encounter",
    fhir.ConditionResource: "Condition",
    fhir.ProcedureResource: "Procedure",
    fhir.ObservationResource: "Observation",
    fhir.ServiceRequestResource: "ServiceRequest",
    fhir.MedicationRequestResource: "MedicationRequest",
}
READ = frozenset({*_KIND.values(), "Patient", "Medication"})
"""The types of resources that a measure can look at here."""


class Resources:
    """The resources of one patient. Raises `ChartError` where there is not exactly one Patient among them."""

    def __init__(self, pieces: Iterable[Piece], *, name: str = "the resources") -> None:
        self._intake = Intake()
        for piece in pieces:
            self._intake.take(piece)
        self._name = name
        everyone = list(self._intake.of("Patient"))
        self.patient, full_url = chosen(everyone, None, name)
        self._whose = Whose(self.patient, full_url, is_only_one=True)

    @cached_property
    def person(self) -> Patient:
        """Who it is, as the chart has it. Raises `ChartError` without a birth date."""
        return read_patient(self.patient)

    def of(self, kind: type[R]) -> list[R]:
        """The patient's resources of one type."""
        return [seen.resource for seen in self._intake.of(_KIND[kind]) if seen.resource.subject in self._whose]

    @property
    def encounters(self) -> list[fhir.EncounterResource]:
        """The visits and stays."""
        return self.of(fhir.EncounterResource)

    @cached_property
    def conditions(self) -> list[fhir.ConditionResource]:
        """The conditions, without those that were refuted or entered in error."""
        found = self.of(fhir.ConditionResource)
        return [each for each in found if each.verification_status.code not in ("refuted", "entered-in-error")]

    @cached_property
    def procedures(self) -> list[fhir.ProcedureResource]:
        """The procedures that were completed."""
        return [each for each in self.of(fhir.ProcedureResource) if each.status == "completed"]

    @cached_property
    def observations(self) -> list[fhir.ObservationResource]:
        """The observations whose state is final, also after an amendment or a correction."""
        return [each for each in self.of(fhir.ObservationResource) if each.status in _FINAL]

    @cached_property
    def orders(self) -> list[fhir.ServiceRequestResource]:
        """The orders of services that stand or were carried out."""
        found = self.of(fhir.ServiceRequestResource)
        return [each for each in found if each.intent == "order" and each.status in _STANDS]

    @cached_property
    def prescriptions(self) -> list[fhir.MedicationRequestResource]:
        """The orders of medications that stand or were carried out, whatever kind of order."""
        found = self.of(fhir.MedicationRequestResource)
        return [each for each in found if each.status in _STANDS]

    def medication(self, request: fhir.Medicated) -> Concept:
        """Which medication is meant: by its own code, or by the Medication that is pointed to."""
        if request.medication_codeable_concept:
            return request.medication_codeable_concept
        if request.medication_reference is None:
            return NOTHING
        pointer = request.medication_reference.reference
        inside = contained_in(request.contained, pointer)
        return _code_of(inside) if inside is not None else self._medications.get(bare(pointer), NOTHING)

    @cached_property
    def _medications(self) -> dict[str, Concept]:
        seen = list(self._intake.of("Medication"))
        return {name: each.resource.code for each in seen for name in (each.resource.id, bare(each.full_url)) if name}

    def chart(self, knowledge: Knowledge) -> Chart:
        """The same patient as a chart. Raises `ChartError` without a birth date."""
        return chart_of(self._intake, knowledge, name=self._name, patient=None, on=None)

    @property
    def left_out(self) -> list[Skipped]:
        """What could not be decoded or is of a type that nobody uses, with how often it came."""
        return self._intake.left_out()


def _code_of(medication: msgspec.Raw) -> Concept:
    try:
        return _MEDICATION.decode(medication).code
    except BROKEN:
        return NOTHING


_MEDICATION = msgspec.json.Decoder(fhir.MedicationResource)
_STANDS = frozenset({"active", "completed"})
_FINAL = frozenset({"final", "amended", "corrected"})
