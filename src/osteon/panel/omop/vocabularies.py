"""Which code system is a vocabulary of OMOP?

A row of an event table names a concept by its number; the concept table says to which vocabulary it belongs and which
code it has there. So no concept number needs to be known here: numbers differ between versions, codes do not.
"""

from __future__ import annotations

from osteon.chart.codes import ATC, CPT, HCPCS, ICD9CM, ICD10, ICD10CM, LOINC, NDC, RXNORM, SNOMED

UCUM = "http://unitsofmeasure.org"

SYSTEMS = {
    "SNOMED": SNOMED,
    "SNOMED Veterinary": SNOMED,
    "Nebraska Lexicon": SNOMED,
    "dm+d": SNOMED,
    "LOINC": LOINC,
    "RxNorm": RXNORM,
    "ICD10CM": ICD10CM,
    "ICD10": ICD10,
    "ICD10GM": ICD10,
    "ICD10CN": ICD10,
    "ICD9CM": ICD9CM,
    "HCPCS": HCPCS,
    "CPT4": CPT,
    "ATC": ATC,
    "NDC": NDC,
    "UCUM": UCUM,
    "ICD10PCS": "http://www.cms.gov/Medicare/Coding/ICD10",
    "ICD9Proc": "http://hl7.org/fhir/sid/icd-9-cm/procedure",
}
"""Vocabularies by `concept.vocabulary_id`. A code of any other is told by its name alone."""

DIAGNOSES = ("ICD10CM", "ICD10", "ICD10GM", "ICD10CN", "ICD9CM")
"""What is coded in one of these is an entry of a problem list, in whichever table it lies.

OMOP files a row by the domain of its concept: `Z87.310`, a healed osteoporosis fracture, lies among the observations.
"""

SERVICES = ("HCPCS", "CPT4", "ICD10PCS", "ICD9Proc")
"""What is coded in one of these was done, in whichever table it lies; a drug that was billed was given."""
