"""Which FHIR resource says what a row of OMOP says? In SQL, so that a population goes through without Python.

A resource is written as a struct that looks like it. What is missing is NULL and falls away at the end. The code as it
was recorded (the source concept, `s`) stands first, the standard concept (`c`) after it.
"""
# ruff: noqa: S608 - every name in these statements is one of this program's own

from __future__ import annotations

from osteon.panel.omop.vocabularies import DIAGNOSES, SERVICES, SYSTEMS

CONCEPT_COLUMNS = {
    "person": ("gender_concept_id", "race_concept_id"),
    "visit_occurrence": ("visit_concept_id", "visit_source_concept_id"),
    "condition_occurrence": ("condition_concept_id", "condition_source_concept_id", "condition_status_concept_id"),
    "drug_exposure": ("drug_concept_id", "drug_source_concept_id", "drug_type_concept_id", "route_concept_id"),
    "measurement": (
        "measurement_concept_id",
        "measurement_source_concept_id",
        "operator_concept_id",
        "value_as_concept_id",
        "unit_concept_id",
    ),
    "procedure_occurrence": ("procedure_concept_id", "procedure_source_concept_id"),
    "observation": (
        "observation_concept_id",
        "observation_source_concept_id",
        "value_as_concept_id",
        "unit_concept_id",
    ),
}
"""The columns that name concepts."""


def _in(values: tuple[str, ...]) -> str:
    return f"IN ({', '.join(repr(each) for each in values)})"


_SYSTEM = " ".join(f"WHEN '{vocabulary}' THEN '{system}'" for vocabulary, system in SYSTEMS.items())
_USED = " UNION ".join(f"SELECT {column} FROM {table}" for table, names in CONCEPT_COLUMNS.items() for column in names)

PREPARED = (
    "CREATE MACRO day(d) AS strftime(d, '%Y-%m-%d')",
    "CREATE MACRO pointer(kind, id) AS CASE WHEN id IS NOT NULL THEN {'reference': kind || '/' || id} END",
    "CREATE MACRO known(codings) AS list_filter(codings, lambda each: each IS NOT NULL)",
    """CREATE MACRO concept_of(one, two, words) AS {'coding': known([one.coding, two.coding]),
    'text': coalesce(one.name, two.name, words)}""",
    "CREATE MACRO written(resource) AS json_merge_patch('{}', to_json(resource))::VARCHAR",
    # Only the concepts that a row names are held: a small part of the vocabularies.
    f"""CREATE TABLE concepts AS
    SELECT concept_id, vocabulary, code, name, CASE WHEN system IS NOT NULL AND code IS NOT NULL
        THEN {{'system': system, 'code': code, 'display': coalesce(name, '')}} END AS coding
    FROM (SELECT concept_id, vocabulary_id AS vocabulary, concept_code AS code, concept_name AS name,
          CASE vocabulary_id {_SYSTEM} END AS system FROM concept
          WHERE concept_id IN ({_USED}))""",
)
"""What the statements stand on: macros, and the concepts that are used."""

_VOCABULARY = "coalesce(s.vocabulary, c.vocabulary)"
_IS_DIAGNOSIS = f"coalesce({_VOCABULARY} {_in(DIAGNOSES)}, false)"
_IS_SERVICE = f"coalesce({_VOCABULARY} {_in(SERVICES)}, false)"
_NAME = "coalesce(s.name, c.name, '')"
_IS_ALLERGY = f"coalesce(starts_with(lower({_NAME}), 'allergy to '), false)"


def _from(table: str, noun: str, **more: str) -> str:
    """The rows of an event table, each with its concepts."""
    named = {"c": f"{noun}_concept_id", "s": f"{noun}_source_concept_id", **more}
    joins = (f"LEFT JOIN concepts {name} ON {name}.concept_id = t.{column}" for name, column in named.items())
    return f"FROM {table} t {' '.join(joins)}"


# --- who and when -----------------------------------------------------------------------------------------------------

_PATIENT = """
SELECT t.person_id, 'Patient' AS kind, t.person_id AS id, written({
    'resourceType': 'Patient', 'id': t.person_id,
    'identifier': CASE WHEN person_source_value IS NOT NULL
        THEN [{'type': {'coding': [{'code': 'MR'}]}, 'value': person_source_value}] END,
    'gender': CASE upper(coalesce(g.code, gender_source_value))
        WHEN 'F' THEN 'female' WHEN 'FEMALE' THEN 'female' WHEN 'M' THEN 'male' WHEN 'MALE' THEN 'male' END,
    'birthDate': coalesce(day(birth_datetime), lpad(year_of_birth::VARCHAR, 4, '0')
        || coalesce('-' || lpad(month_of_birth::VARCHAR, 2, '0')
        || coalesce('-' || lpad(day_of_birth::VARCHAR, 2, '0'), ''), '')),
    'deceasedDateTime': day(died),
    'extension': CASE WHEN r.name IS NOT NULL THEN [{
        'url': 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
        'extension': [{'url': 'text', 'valueString': r.name}]}] END
}) AS resource
FROM person t LEFT JOIN concepts g ON g.concept_id = t.gender_concept_id
LEFT JOIN concepts r ON r.concept_id = t.race_concept_id
LEFT JOIN (SELECT person_id, min(death_date) AS died FROM death GROUP BY person_id) d ON d.person_id = t.person_id
"""

_ENCOUNTER = f"""
SELECT t.person_id, 'Encounter' AS kind, visit_occurrence_id AS id, written({{
    'resourceType': 'Encounter', 'id': visit_occurrence_id, 'subject': pointer('Patient', t.person_id),
    'status': 'finished',
    'class': {{'code': CASE c.code WHEN 'OP' THEN 'AMB' WHEN 'IP' THEN 'IMP' WHEN 'ERIP' THEN 'IMP'
        WHEN 'ER' THEN 'EMER' END}},
    'type': [{{'coding': known([s.coding]), 'text': coalesce(s.name, c.name, '')}}],
    'period': {{'start': day(visit_start_date), 'end': day(visit_end_date)}}
}}) AS resource
{_from("visit_occurrence", "visit")}
"""

# --- what is the matter, what was done --------------------------------------------------------------------------------

_ABOUT = "'subject': pointer('Patient', t.person_id), 'encounter': pointer('Encounter', t.visit_occurrence_id)"

# An end that is the first day, or the end of the visit, tells when the visit ended and not the illness.
_CONDITION = f"""
SELECT t.person_id, 'Condition' AS kind, 'c' || condition_occurrence_id AS id, written({{
    'resourceType': 'Condition', 'id': 'c' || condition_occurrence_id, {_ABOUT},
    'code': concept_of(s, c, condition_source_value),
    'verificationStatus': {{'text': CASE WHEN lower(status.name) LIKE 'preliminary%' THEN 'provisional' END}},
    'clinicalStatus': {{'text': CASE WHEN lower(status.name) LIKE 'resolved%' THEN 'resolved' END}},
    'onsetDateTime': day(condition_start_date),
    'abatementDateTime': CASE WHEN condition_end_date > condition_start_date
        AND condition_end_date IS DISTINCT FROM visit.visit_end_date THEN day(condition_end_date) END
}}) AS resource
{_from("condition_occurrence", "condition", status="condition_status_concept_id")}
LEFT JOIN visit_occurrence visit ON visit.visit_occurrence_id = t.visit_occurrence_id
"""


def _recorded(table: str, noun: str, key: str, letter: str, which: str) -> str:
    """A diagnosis that lies in another table than that of conditions."""
    return f"""
SELECT t.person_id, 'Condition' AS kind, '{letter}' || {key} AS id, written({{
    'resourceType': 'Condition', 'id': '{letter}' || {key}, {_ABOUT},
    'code': concept_of(s, c, {noun}_source_value), 'onsetDateTime': day({noun}_date)
}}) AS resource
{_from(table, noun)} WHERE {which}
"""


def _done(table: str, noun: str, key: str, letter: str, which: str, end: str = "NULL::DATE") -> str:
    """Something that was done, in whichever table it lies."""
    return f"""
SELECT t.person_id, 'Procedure' AS kind, '{letter}' || {key} AS id, written({{
    'resourceType': 'Procedure', 'id': '{letter}' || {key}, {_ABOUT}, 'status': 'completed',
    'code': concept_of(s, c, {noun}_source_value),
    'performedDateTime': CASE WHEN {end} IS NULL OR {end} <= {noun}_date THEN day({noun}_date) END,
    'performedPeriod': {{'start': CASE WHEN {end} > {noun}_date THEN day({noun}_date) END,
                         'end': CASE WHEN {end} > {noun}_date THEN day({end}) END}}
}}) AS resource
{_from(table, noun)} WHERE {which}
"""


_ALLERGY = f"""
SELECT t.person_id, 'AllergyIntolerance' AS kind, 'o' || observation_id AS id, written({{
    'resourceType': 'AllergyIntolerance', 'id': 'o' || observation_id, 'patient': pointer('Patient', t.person_id),
    'type': 'allergy', 'code': CASE WHEN value.name IS NULL THEN concept_of(s, c, substr({_NAME}, 12))
        ELSE concept_of(value, value, NULL) END,
    'recordedDate': day(observation_date)
}}) AS resource
{_from("observation", "observation", value="value_as_concept_id")} WHERE {_IS_ALLERGY} AND NOT {_IS_DIAGNOSIS}
"""

# --- what was measured and asked --------------------------------------------------------------------------------------

_VALUES = {"value": "value_as_concept_id", "unit": "unit_concept_id"}
_QUANTITY = """'valueQuantity': CASE WHEN value_as_number IS NOT NULL THEN {
        'value': value_as_number, 'unit': coalesce(unit_source_value, unit.code),
        'code': CASE WHEN unit.vocabulary = 'UCUM' THEN unit.code END"""
_VALUED = """'valueCodeableConcept': CASE WHEN value_as_number IS NULL AND value.name IS NOT NULL
        THEN concept_of(value, value, NULL) END"""

_MEASUREMENT = f"""
SELECT t.person_id, 'Observation' AS kind, 'm' || measurement_id AS id, written({{
    'resourceType': 'Observation', 'id': 'm' || measurement_id, {_ABOUT}, 'status': 'final',
    'code': concept_of(s, c, measurement_source_value), 'effectiveDateTime': day(measurement_date),
    {_QUANTITY}, 'comparator': CASE WHEN operator.name IN ('<', '<=', '>', '>=') THEN operator.name END}} END,
    {_VALUED},
    'valueString': CASE WHEN value_as_number IS NULL AND value.name IS NULL THEN value_source_value END,
    'referenceRange': CASE
        WHEN range_low IS NOT NULL AND range_high IS NOT NULL
            THEN [to_json({{'low': {{'value': range_low}}, 'high': {{'value': range_high}}}})]
        WHEN range_low IS NOT NULL THEN [to_json({{'low': {{'value': range_low}}}})]
        WHEN range_high IS NOT NULL THEN [to_json({{'high': {{'value': range_high}}}})] END
}}) AS resource
{
    _from(
        "measurement",
        "measurement",
        operator="operator_concept_id",
        value="value_as_concept_id",
        unit="unit_concept_id",
    )
} WHERE NOT {_IS_DIAGNOSIS} AND NOT ({_IS_SERVICE} AND value_as_number IS NULL AND value_as_concept_id IS NULL)
"""

_OBSERVATION = f"""
SELECT t.person_id, 'Observation' AS kind, 'o' || observation_id AS id, written({{
    'resourceType': 'Observation', 'id': 'o' || observation_id, {_ABOUT}, 'status': 'final',
    'code': concept_of(s, c, observation_source_value), 'effectiveDateTime': day(observation_date),
    {_QUANTITY}}} END, {_VALUED},
    'valueString': CASE WHEN value_as_number IS NULL AND value.name IS NULL
        THEN coalesce(value_as_string, value_source_value) END
}}) AS resource
{_from("observation", "observation", **_VALUES)}
WHERE NOT {_IS_DIAGNOSIS} AND NOT {_IS_SERVICE} AND NOT {_IS_ALLERGY}
"""

# --- drugs ------------------------------------------------------------------------------------------------------------

_WAY = f"""CASE
    WHEN {_IS_SERVICE} OR lower(way.name) LIKE '%administ%' THEN 'MedicationAdministration'
    WHEN lower(way.name) LIKE '%dispens%' OR lower(way.name) LIKE 'pharmacy claim%' THEN 'MedicationDispense'
    WHEN lower(way.name) LIKE '%prescription%' OR lower(way.name) LIKE '%order%' THEN 'MedicationRequest'
    ELSE 'MedicationStatement' END"""
"""What a row of drugs tells: that it was given, handed over, prescribed, or (where nobody says) is or was taken."""

_ROWS_OF_DRUGS = f"""(SELECT t.*, concept_of(s, c, drug_source_value) AS medication, {_WAY} AS kind,
    'd' || drug_exposure_id AS id, drug_exposure_start_date AS began,
    CASE WHEN quantity IS NOT NULL AND dose_unit_source_value IS NOT NULL
        THEN {{'value': quantity, 'unit': dose_unit_source_value}} END AS dose,
    coalesce(verbatim_end_date, CASE WHEN days_supply IS NULL THEN drug_exposure_end_date END) AS told_end,
    route.name AS route
    {_from("drug_exposure", "drug", way="drug_type_concept_id", route="route_concept_id")}) t"""
_SIG = """[{'text': coalesce(sig, ''), 'route': {'text': coalesce(route, '')},
        'timing': {'repeat': {'boundsPeriod': CASE WHEN told_end IS NULL THEN to_json({'start': day(began)})
            ELSE to_json({'start': day(START), 'end': day(told_end)}) END}}}]""".replace(
    "START", "drug_exposure_start_date"
)
_OF_DRUG = f"'id': id, {_ABOUT}, 'medicationCodeableConcept': medication"
_STOPPED = "CASE WHEN stop_reason IS NOT NULL THEN {'text': stop_reason} END"

_DRUG = f"""
SELECT person_id, kind, id, CASE kind
WHEN 'MedicationAdministration' THEN written({{'resourceType': kind, {_OF_DRUG}, 'status': 'completed',
    'effectiveDateTime': day(began), 'dosage': {{'text': sig, 'dose': dose}}}})
WHEN 'MedicationDispense' THEN written({{'resourceType': kind, {_OF_DRUG}, 'status': 'completed',
    'whenHandedOver': day(began),
    'daysSupply': CASE WHEN days_supply > 0 THEN {{'value': days_supply, 'code': 'd'}} END,
    'dosageInstruction': [{{'text': coalesce(sig, ''), 'route': {{'text': coalesce(route, '')}}}}]}})
WHEN 'MedicationRequest' THEN written({{'resourceType': kind, {_OF_DRUG},
    'status': CASE WHEN stop_reason IS NULL THEN 'unknown' ELSE 'stopped' END, 'intent': 'order',
    'authoredOn': day(began), 'statusReason': {_STOPPED}, 'dosageInstruction': {_SIG},
    'dispenseRequest': {{'numberOfRepeatsAllowed': refills,
        'expectedSupplyDuration': CASE WHEN days_supply > 0 THEN {{'value': days_supply, 'code': 'd'}} END}}}})
ELSE written({{'resourceType': kind, {_OF_DRUG},
    'status': CASE WHEN stop_reason IS NULL THEN 'unknown' ELSE 'stopped' END,
    'effectivePeriod': {{'start': day(began),
        'end': day(coalesce(verbatim_end_date, drug_exposure_end_date))}},
    'statusReason': CASE WHEN stop_reason IS NOT NULL THEN [{{'text': stop_reason}}] END,
    'dosage': [{{'text': coalesce(sig, ''), 'route': {{'text': coalesce(route, '')}}}}]}})
END AS resource FROM {_ROWS_OF_DRUGS}
"""

STATEMENTS = (
    (("Patient",), _PATIENT),
    (("Encounter",), _ENCOUNTER),
    (("Condition",), _CONDITION),
    (("Condition",), _recorded("observation", "observation", "observation_id", "o", _IS_DIAGNOSIS)),
    (("Condition",), _recorded("measurement", "measurement", "measurement_id", "m", _IS_DIAGNOSIS)),
    (("Condition",), _recorded("procedure_occurrence", "procedure", "procedure_occurrence_id", "p", _IS_DIAGNOSIS)),
    (
        ("Procedure",),
        _done(
            "procedure_occurrence",
            "procedure",
            "procedure_occurrence_id",
            "p",
            f"NOT {_IS_DIAGNOSIS}",
            "procedure_end_date",
        ),
    ),
    (("Procedure",), _done("observation", "observation", "observation_id", "o", _IS_SERVICE)),
    (
        ("Procedure",),
        _done(
            "measurement",
            "measurement",
            "measurement_id",
            "m",
            f"{_IS_SERVICE} AND value_as_number IS NULL AND value_as_concept_id IS NULL",
        ),
    ),
    (("AllergyIntolerance",), _ALLERGY),
    (("Observation",), _MEASUREMENT),
    (("Observation",), _OBSERVATION),
    (("MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement"), _DRUG),
)
"""The resources of every table: which types come of a statement, and the statement."""
