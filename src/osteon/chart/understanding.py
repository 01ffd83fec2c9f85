"""How much of a source was understood, and what was left out for which reason?"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from osteon.chart.reasons import WARNING
from osteon.chart.types import Chart


class LeftOut(Struct, frozen=True):
    """How many entries were left out for one reason, and of which types?"""

    reason: str
    count: int
    of: tuple[tuple[str, int], ...]


class Understanding(Struct, frozen=True, kw_only=True):
    """The coverage of a source: entries that became facts, facts by kind, what was left out, what was read in doubt."""

    understood: int
    facts: dict[str, int]
    left_out: tuple[LeftOut, ...]
    in_doubt: tuple[LeftOut, ...]


_FACTS = (
    *("measurements", "answers", "conditions", "fractures", "courses", "allergies", "procedures", "orders"),
    *("encounters", "coverages", "relatives"),
)


def understanding(chart: Chart) -> Understanding:
    """The coverage of the source that this chart was read from, the most frequent reasons first."""
    return Understanding(
        understood=chart.understood,
        facts={name: len(getattr(chart, name)) for name in _FACTS if getattr(chart, name)},
        left_out=_by_reason(chart, in_doubt=False),
        in_doubt=_by_reason(chart, in_doubt=True),
    )


def _by_reason(chart: Chart, *, in_doubt: bool) -> tuple[LeftOut, ...]:
    counts: dict[str, Counter[str]] = {}
    for each in chart.skipped:
        if each.what.startswith(WARNING) is in_doubt:
            counts.setdefault(each.reason, Counter())[each.what.removeprefix(WARNING)] += each.count
    found = [
        LeftOut(reason, sum(of.values()), tuple(sorted(of.items(), key=lambda item: (-item[1], item[0]))))
        for reason, of in counts.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.reason)))
