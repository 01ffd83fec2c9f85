"""What went wrong with an export, in words that hold no token, no key and no name of a patient?"""

from __future__ import annotations

import msgspec
from msgspec import Struct

_LONGEST = 300
_TRANSIENT = frozenset({"transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"})
"""FHIR's issue types below `transient`: the same request may succeed later."""


class BulkError(ValueError):
    """An export that cannot go on. The message says what to do."""


class _Concept(Struct):
    text: str = ""


class Issue(Struct):
    """One issue of an OperationOutcome."""

    severity: str = ""
    code: str = ""
    diagnostics: str = ""
    details: _Concept | None = None


class _Outcome(Struct):
    issue: list[Issue] = []
    error: str = ""


def issues_of(body: bytes) -> list[Issue]:
    """The issues of an OperationOutcome; none where it is something else."""
    try:
        return _OUTCOME.decode(body).issue
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def outcome_words(body: bytes) -> str:
    """What an OperationOutcome, or an OAuth error, says: cut short, and nothing of any other body."""
    try:
        outcome = _OUTCOME.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    words = (each.diagnostics or (each.details.text if each.details else "") or each.code for each in outcome.issue)
    said = "; ".join(filter(None, words)) or outcome.error
    return " ".join(said.split())[:_LONGEST]


def is_transient(body: bytes) -> bool:
    """Does an OperationOutcome say that it passes?"""
    return any(each.code in _TRANSIENT for each in issues_of(body))


_OUTCOME = msgspec.json.Decoder(_Outcome)
