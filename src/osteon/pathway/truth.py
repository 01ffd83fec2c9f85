"""Yes, no, or cannot tell: the three values of clinical logic, after Kleene (1938)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Does it hold? A missing calcium is never a normal calcium."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """A plain answer as a truth; None is what is not known."""
        return cls.CANNOT_TELL if value is None else cls.YES if value else cls.NO

    def __invert__(self) -> Truth:
        """Not: what is unknown stays unknown."""
        return Truth.NO if self is Truth.YES else Truth.YES if self is Truth.NO else self


def every(truths: Iterable[Truth]) -> Truth:
    """Do all hold? One no decides; else one unknown leaves it open."""
    answer = Truth.YES
    for truth in truths:
        if truth is Truth.NO:
            return Truth.NO
        if truth is Truth.CANNOT_TELL:
            answer = truth
    return answer


def some(truths: Iterable[Truth]) -> Truth:
    """Does at least one hold? One yes decides; else one unknown leaves it open."""
    answer = Truth.NO
    for truth in truths:
        if truth is Truth.YES:
            return Truth.YES
        if truth is Truth.CANNOT_TELL:
            answer = truth
    return answer
