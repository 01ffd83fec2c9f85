"""What a look at the audit log found."""

from __future__ import annotations

from msgspec import Struct


class Verdict(Struct, frozen=True, kw_only=True):
    """What was found: how many entries and anchors were looked at, and every problem in words."""

    entries: int
    anchors: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Is nothing wrong?"""
        return not self.problems

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        looked = f"{self.entries} entries and {self.anchors} anchors of the audit log"
        return f"{looked} hold." if self.holds else f"{looked}: {' '.join(self.problems)}"
