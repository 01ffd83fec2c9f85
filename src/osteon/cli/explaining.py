"""An answer together with the tree of reasons behind each of its findings, and the texts that they cite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from osteon.knowledge.types import Citation
from osteon.pathway.occasion import Occasion
from osteon.pathway.rules import Branch, explain


class Explanation(Struct, frozen=True, kw_only=True):
    """What `--json --explain` prints: the answer, by rule id the tree that was walked, and the citations by key."""

    answer: Any
    reasons: dict[str, Branch]
    citations: dict[str, Citation]


def explained(answer: Any, at: Occasion) -> Explanation:
    """The answer with the tree of every rule that was walked on this occasion."""
    rules = at.knowledge.rules
    return Explanation(
        answer=answer,
        reasons={name: explain(rules[name], at) for name in at.truths},
        citations=_cited((rules[name].cite for name in at.truths), at),
    )


def _cited(keys: Iterable[tuple[str, ...]], at: Occasion) -> dict[str, Citation]:
    wanted = dict.fromkeys(key for group in keys for key in group)
    return {key: at.knowledge.citations[key] for key in wanted if key in at.knowledge.citations}
