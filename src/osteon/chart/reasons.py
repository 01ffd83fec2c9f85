"""Why is an entry of a source not among the facts? Each reason is one of these sentences."""

from __future__ import annotations

from osteon.chart.types import Skipped

NOT_USED = "this kind of resource is not used"
NOT_FHIR = "not a FHIR R4 resource"
WRONG_TYPE = "a field does not hold what FHIR says"
OTHER_PATIENT = "about another patient"
UNKNOWN_CODE = "the code is in no value set"
UNKNOWN_ROW = "what this row speaks of is not known"
ENTERED_IN_ERROR = "entered in error"
REFUTED = "refuted"
CANCELLED = "cancelled, or never carried out"
NOT_TAKEN = "not taken"
ONLY_PLANNED = "only planned, not yet a fact"
RESOLVED = "resolved"
NO_RESULT = "no result yet"
FUTURE = "dated after the day in question"
NO_DATE = "without a date"
NOT_A_DATE = "not a date"
NO_VALUE = "without a value"
NO_ANSWER = "the answer is missing or in no value set"
NOT_A_NUMBER = "the value is not one number"
NO_UNIT = "the unit is missing or unknown"
IMPLAUSIBLE = "the value is not plausible"
ONLY_WORDS = "a report in words: its numbers were not read, type them in"
BY_WORDS = "read by its words: the code is in no value set"
WARNING_SITE = "read, but code, words and body site do not agree on the site"


WARNING = "warning: "
"""How the name of an entry begins that was read, but not without doubt."""


def skipped(what: str, reason: str, detail: str = "") -> Skipped:
    """One entry that is not among the facts."""
    return Skipped(what=what, reason=reason, detail=detail)
