"""What was read of a source, what was left out and why, and what could not be read at all?"""

from __future__ import annotations

from collections import Counter

NAMED_AT_MOST = 20
"""So many bad lines and files are named one by one; all are counted."""

NOT_FHIR = "JSON that is neither FHIR nor a case"
NO_SUBJECT = "a resource that names no patient"
UNREADABLE = "a resource that cannot be decoded"


class Notes:
    """The account of one run.

    `bad` names the lines and files that could not be read, with the reason, and `bad_count` counts them.
    `passed_over` counts what was left out and why, `not_judged` the patients that nothing could be said of. No reason
    names a patient.
    """

    def __init__(self) -> None:
        self.bad_count = 0
        self.bad: list[str] = []
        self.passed_over: Counter[str] = Counter()
        self.not_judged: Counter[str] = Counter()

    def cannot_read(self, what: str) -> None:
        """Count a line or file that cannot be read; `what` names it and says why."""
        self.bad_count += 1
        if len(self.bad) < NAMED_AT_MOST:
            self.bad.append(what)

    def lines(self) -> list[str]:
        """The account in words, one thing a line; nothing where all went well."""
        words = [f"  {each}" for each in self.bad]
        if self.bad_count > len(self.bad):
            words.append(f"  and {self.bad_count - len(self.bad)} more")
        if words:
            words.insert(0, f"{self.bad_count} lines or files could not be read:")
        words += [f"{count} × {reason}" for reason, count in sorted(self.passed_over.items())]
        return words + [f"{count} patients not judged: {reason}" for reason, count in sorted(self.not_judged.items())]
