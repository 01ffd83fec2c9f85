"""The same answers for other systems, as types: a plan as FHIR R4. Knows no database and no web."""
