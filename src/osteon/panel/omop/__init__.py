"""A population as OMOP CDM 5.4 tables: each row becomes the FHIR resource that says the same, and is read like it."""
