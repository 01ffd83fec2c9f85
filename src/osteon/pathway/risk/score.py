"""What a calculator answers: figures with their bands, what they rest on, and what they must not be used for."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from osteon.knowledge.types import Verified
from osteon.pathway.finding import Missing

Outcome: TypeAlias = Literal["computed", "cannot_tell", "does_not_apply"]


class OutOfRangeError(ValueError):
    """An input lies where the published tool does not go; the message says which, and what the tool accepts."""


class Figure(Struct, frozen=True, kw_only=True):
    """What is the number, in which unit, and in which band does it fall? `unit` is a UCUM code."""

    name: str
    label: str
    value: float
    unit: str = ""
    band: str = ""


class Used(Struct, frozen=True):
    """Which input was used, as understood and converted? `was` is what was written, where that differs."""

    name: str
    value: float | bool | str
    unit: str = ""
    was: str = ""


class Score(Struct, frozen=True, kw_only=True):
    """What does one calculator say?

    `outcome` is `computed`; `cannot_tell` where a needed input is missing (any figure is then a bound, and says so);
    or `does_not_apply` where the tool was not made for this person. `assumed` lists what was counted as absent because
    nobody recorded it. `disclaimer` must be shown wherever a figure is.
    """

    tool: str
    name: str
    outcome: Outcome
    text: str
    figures: tuple[Figure, ...] = ()
    inputs: tuple[Used, ...] = ()
    missing: tuple[Missing, ...] = ()
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    disclaimer: str = ""
    citations: tuple[str, ...] = ()
    verified: Verified = Verified.SOURCE

    def figure(self, name: str) -> Figure | None:
        """The figure of that name, or None where it was not computed."""
        return next((each for each in self.figures if each.name == name), None)
