"""One step of the walk through a rule: what was asked, what came out, and the steps below it."""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge.types import Expression
from osteon.pathway.truth import Truth


class Step(Struct, frozen=True, gc=False):
    """The steps of a rule are its explanation; its unknown leaves are the to-do list."""

    expression: Expression
    truth: Truth
    below: tuple[Step, ...] = ()
