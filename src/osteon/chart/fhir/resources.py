"""Which fields of which FHIR R4 resources does the program read?

A resource is about its `subject`, whatever FHIR calls that field in it. Everything not named here is skipped.
"""

from __future__ import annotations

from msgspec import Raw, Struct, field

from osteon.chart.fhir.elements import (
    NOTHING,
    Annotation,
    Coding,
    Concept,
    Element,
    Extension,
    Identifier,
    Meta,
    Period,
    Quantity,
    Range,
    Reference,
)


class Resource(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """What every resource has."""

    id: str = ""
    meta: Meta | None = None
    subject: Reference | None = None
    encounter: Reference | None = None
    contained: tuple[Raw, ...] = ()


# --- who -----------------------------------------------------------------------------------------------------------


class HumanName(Element, frozen=True, kw_only=True):
    """A person's name."""

    use: str = ""
    text: str = ""
    family: str = ""
    given: tuple[str, ...] = ()


class Address(Element, frozen=True, kw_only=True):
    """Where someone lives, as far as payers ask."""

    state: str = ""


class PatientResource(Resource, frozen=True, kw_only=True):
    """Who is this?"""

    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    gender: str = ""
    birth_date: str = ""
    deceased_boolean: bool = False
    deceased_date_time: str = ""
    address: tuple[Address, ...] = ()
    extension: tuple[Extension, ...] = ()


class OrganizationResource(Resource, frozen=True, kw_only=True):
    """A payer, as far as coverages name one."""

    name: str = ""


class DeviceName(Element, frozen=True, kw_only=True):
    """What a device is called."""

    name: str = ""


class DeviceResource(Resource, frozen=True, kw_only=True):
    """A scanner, as far as scans name one."""

    subject: Reference | None = field(name="patient", default=None)
    device_name: tuple[DeviceName, ...] = ()
    manufacturer: str = ""
    model_number: str = ""


# --- what was found ------------------------------------------------------------------------------------------------


class Dated(Resource, frozen=True, kw_only=True):
    """A resource that is true at a time."""

    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""


class ReferenceRange(Element, frozen=True, kw_only=True):
    """What is normal, by this laboratory?"""

    low: Quantity | None = None
    high: Quantity | None = None
    type: Concept | None = None
    text: str = ""


class Found(Dated, frozen=True, kw_only=True):
    """A value that was found, in whichever of FHIR's forms."""

    code: Concept = NOTHING
    value_quantity: Quantity | None = None
    value_codeable_concept: Concept | None = None
    value_string: str = ""
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_date_time: str = ""
    data_absent_reason: Concept | None = None
    interpretation: tuple[Concept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Component(Found, frozen=True, kw_only=True):
    """One of several values that were found together."""


class ObservationResource(Found, frozen=True, kw_only=True):
    """What was measured or asked?"""

    status: str = ""
    issued: str = ""
    body_site: Concept | None = None
    method: Concept | None = None
    device: Reference | None = None
    note: tuple[Annotation, ...] = ()
    component: tuple[Component, ...] = ()


class DiagnosticReportResource(Dated, frozen=True, kw_only=True):
    """Which results belong together, and what was concluded?"""

    status: str = ""
    code: Concept = NOTHING
    issued: str = ""
    result: tuple[Reference, ...] = ()
    conclusion: str = ""
    conclusion_code: tuple[Concept, ...] = ()


# --- what is the matter --------------------------------------------------------------------------------------------


class ConditionResource(Resource, frozen=True, kw_only=True):
    """What does the problem list say?"""

    clinical_status: Concept = NOTHING
    verification_status: Concept = NOTHING
    category: tuple[Concept, ...] = ()
    code: Concept = NOTHING
    body_site: tuple[Concept, ...] = ()
    onset_date_time: str = ""
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_string: str = ""
    abatement_date_time: str = ""
    abatement_age: Quantity | None = None
    abatement_period: Period | None = None
    abatement_string: str = ""
    recorded_date: str = ""
    note: tuple[Annotation, ...] = ()


class Reaction(Element, frozen=True, kw_only=True):
    """What happened when it was given?"""

    substance: Concept | None = None
    manifestation: tuple[Concept, ...] = ()
    description: str = ""


class AllergyResource(Resource, frozen=True, kw_only=True):
    """To what does the patient react?"""

    subject: Reference | None = field(name="patient", default=None)
    clinical_status: Concept = NOTHING
    verification_status: Concept = NOTHING
    type: str = ""
    criticality: str = ""
    code: Concept = NOTHING
    onset_date_time: str = ""
    recorded_date: str = ""
    reaction: tuple[Reaction, ...] = ()


class RelativesCondition(Element, frozen=True, kw_only=True):
    """What happened to a relative?"""

    code: Concept = NOTHING


class FamilyHistoryResource(Resource, frozen=True, kw_only=True):
    """What happened in the family?"""

    subject: Reference | None = field(name="patient", default=None)
    status: str = ""
    relationship: Concept = NOTHING
    condition: tuple[RelativesCondition, ...] = ()


# --- drugs ---------------------------------------------------------------------------------------------------------


class Repeat(Element, frozen=True, kw_only=True):
    """How often, from when to when?"""

    bounds_period: Period | None = None
    bounds_duration: Quantity | None = None
    frequency: float | None = None
    period: float | None = None
    period_unit: str = ""


class Timing(Element, frozen=True, kw_only=True):
    """When is it to be taken?"""

    event: tuple[str, ...] = ()
    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(Element, frozen=True, kw_only=True):
    """How much at a time?"""

    dose_quantity: Quantity | None = None


class Dosage(Element, frozen=True, kw_only=True):
    """How is it to be taken? Parts of one sequence are taken together."""

    sequence: float | None = None
    text: str = ""
    timing: Timing | None = None
    as_needed_boolean: bool = False
    route: Concept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()


class Ingredient(Element, frozen=True, kw_only=True):
    """What is in it?"""

    item_codeable_concept: Concept | None = None


class MedicationResource(Resource, frozen=True, kw_only=True):
    """Which product is it?"""

    code: Concept = NOTHING
    ingredient: tuple[Ingredient, ...] = ()


class Medicated(Dated, frozen=True, kw_only=True):
    """A resource about a medication, by code or by reference."""

    status: str = ""
    medication_codeable_concept: Concept | None = None
    medication_reference: Reference | None = None
    note: tuple[Annotation, ...] = ()


class DispenseRequest(Element, frozen=True, kw_only=True):
    """How much was ordered, for how long?"""

    validity_period: Period | None = None
    number_of_repeats_allowed: float | None = None
    expected_supply_duration: Quantity | None = None


class MedicationRequestResource(Medicated, frozen=True, kw_only=True):
    """What was prescribed?"""

    status_reason: Concept | None = None
    intent: str = ""
    do_not_perform: bool = False
    authored_on: str = ""
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: DispenseRequest | None = None


class MedicationStatementResource(Medicated, frozen=True, kw_only=True):
    """What does the patient say to take?"""

    status_reason: tuple[Concept, ...] = ()
    date_asserted: str = ""
    dosage: tuple[Dosage, ...] = ()


class GivenDose(Element, frozen=True, kw_only=True):
    """How much was given?"""

    text: str = ""
    dose: Quantity | None = None


class MedicationAdministrationResource(Medicated, frozen=True, kw_only=True):
    """What was given?"""

    encounter: Reference | None = field(name="context", default=None)
    status_reason: tuple[Concept, ...] = ()
    dosage: GivenDose | None = None


class MedicationDispenseResource(Medicated, frozen=True, kw_only=True):
    """What was handed over?"""

    encounter: Reference | None = field(name="context", default=None)
    days_supply: Quantity | None = None
    when_prepared: str = ""
    when_handed_over: str = ""
    dosage_instruction: tuple[Dosage, ...] = ()


# --- what was done, asked for and paid -----------------------------------------------------------------------------


class ProcedureResource(Resource, frozen=True, kw_only=True):
    """What was done?"""

    status: str = ""
    code: Concept = NOTHING
    performed_date_time: str = ""
    performed_period: Period | None = None
    performed_string: str = ""
    body_site: tuple[Concept, ...] = ()
    used_code: tuple[Concept, ...] = ()


class ServiceRequestResource(Resource, frozen=True, kw_only=True):
    """What was asked for?"""

    status: str = ""
    intent: str = ""
    do_not_perform: bool = False
    code: Concept = NOTHING
    authored_on: str = ""
    occurrence_date_time: str = ""
    occurrence_period: Period | None = None


class EncounterResource(Resource, frozen=True, kw_only=True):
    """When was the patient seen?"""

    status: str = ""
    setting: Coding | None = field(name="class", default=None)
    type: tuple[Concept, ...] = ()
    period: Period | None = None
    reason_code: tuple[Concept, ...] = ()


class CoverageResource(Resource, frozen=True, kw_only=True):
    """Who pays?"""

    subject: Reference | None = field(name="beneficiary", default=None)
    status: str = ""
    type: Concept = NOTHING
    period: Period | None = None
    payor: tuple[Reference, ...] = ()


class ListResource(Resource, frozen=True, kw_only=True):
    """Which list was drawn up, and was it empty?"""

    status: str = ""
    code: Concept = NOTHING
    empty_reason: Concept = NOTHING
    date: str = ""
