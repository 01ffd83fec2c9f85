"""A judgement with its reasons. No bare yes or no crosses a threshold of this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from osteon.knowledge.types import Severity, Verified
from osteon.pathway.truth import Truth
from osteon.pathway.wording import said


class Reason(Struct, frozen=True, gc=False):
    """A fact that was used: its name, what it said, and the entry of the chart that it rests on."""

    fact: str
    label: str
    value: float | bool | str | list[str] | None = None
    unit: str = ""
    as_of: date | None = None
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The fact in words: `creatinine clearance: 58 mL/min`."""
        return f"{self.label}: {said(self.value, self.unit)}"


class Missing(Struct, frozen=True, gc=False):
    """A fact that was needed and not there: why not, and what to do about it."""

    fact: str
    text: str
    obtain: str
    why: str = ""


class Finding(Struct, frozen=True, gc=False, kw_only=True):
    """A rule held against one patient on one day.

    `verdict` says whether `text` holds. `because` are the facts used and `missing` the facts needed, both worked out
    when they are read; `citations` are keys
    of `Knowledge.citations`; `verified` says how the rule itself is known. The tree of reasons behind a rule is worked
    out on request (`rules.explain`).
    """

    id: str
    verdict: Truth
    severity: Severity
    text: str
    because: Sequence[Reason] = ()
    missing: Sequence[Missing] = ()
    citations: tuple[str, ...] = ()
    verified: Verified = Verified.SOURCE
    remedy: str = ""
    only_a_result_clears: bool = False
    note: str = ""
