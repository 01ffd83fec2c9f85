"""Which types of resources are used, into which fields are they decoded, and who turns them into facts?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from osteon.chart.fhir import resources as fhir
from osteon.chart.fhir.allergy import read_allergy
from osteon.chart.fhir.condition import read_condition
from osteon.chart.fhir.context import Context
from osteon.chart.fhir.medication import read_administration, read_dispense, read_request, read_statement
from osteon.chart.fhir.observation import read_observation
from osteon.chart.fhir.procedure import read_procedure, read_service_request
from osteon.chart.fhir.report import read_report
from osteon.chart.fhir.surroundings import read_coverage, read_encounter, read_family_history


class Reader(NamedTuple):
    """Into which fields is a type of resource decoded, by whom is it read, and to which list does it belong?"""

    fields: type[fhir.Resource]
    read: Callable[[Any, Context], Iterator[Any]] | None
    list: str = ""


READERS = {
    "DiagnosticReport": Reader(fhir.DiagnosticReportResource, read_report),
    "Observation": Reader(fhir.ObservationResource, read_observation),
    "Condition": Reader(fhir.ConditionResource, read_condition, "conditions"),
    "Procedure": Reader(fhir.ProcedureResource, read_procedure, "procedures"),
    "ServiceRequest": Reader(fhir.ServiceRequestResource, read_service_request),
    "MedicationRequest": Reader(fhir.MedicationRequestResource, read_request, "medications"),
    "MedicationStatement": Reader(fhir.MedicationStatementResource, read_statement, "medications"),
    "MedicationDispense": Reader(fhir.MedicationDispenseResource, read_dispense, "medications"),
    "MedicationAdministration": Reader(fhir.MedicationAdministrationResource, read_administration, "medications"),
    "AllergyIntolerance": Reader(fhir.AllergyResource, read_allergy, "allergies"),
    "Encounter": Reader(fhir.EncounterResource, read_encounter),
    "Coverage": Reader(fhir.CoverageResource, read_coverage),
    "FamilyMemberHistory": Reader(fhir.FamilyHistoryResource, read_family_history),
    "List": Reader(fhir.ListResource, None),
    "Patient": Reader(fhir.PatientResource, None),
    "Medication": Reader(fhir.MedicationResource, None),
    "Device": Reader(fhir.DeviceResource, None),
    "Organization": Reader(fhir.OrganizationResource, None),
}
"""Every type of resource that is used. All others are left out by name."""
