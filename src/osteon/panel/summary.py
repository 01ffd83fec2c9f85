"""What does a service lead read of a measure? Counts and shares, in words and columns."""

from __future__ import annotations

from collections.abc import Iterator

from osteon.pathway.measures.catalogue import Group, Measure
from osteon.pathway.measures.populations import INITIAL
from osteon.pathway.measures.tally import LARGEST_HIDDEN, ROUNDED_TO, Score, Shown, Tally, band, score, shareable

HIDDEN = f"≤ {LARGEST_HIDDEN}"
_WIDTH = 50


def summary(measure: Measure, tally: Tally, shown: Shown) -> str:
    """The measure for people: each population with its count, each indicator with its share."""
    lines = [measure.title, "higher is better" if measure.higher_is_better else "lower is better", ""]
    lines += [_row("patients judged", shown(tally.patients))]
    for group in measure.groups:
        lines += _group(group, tally, shown)
    if shown is shareable:
        lines += [
            "",
            f"Counts up to {LARGEST_HIDDEN} are hidden, others rounded to {ROUNDED_TO}; exact: --identifiable.",
        ]
    return "\n".join(lines)


def _group(group: Group, tally: Tally, shown: Shown) -> Iterator[str]:
    if group.id:
        yield from ("", f"{group.id}: {group.title}")
    for population in group.populations:
        key = group.key(population)
        label = group.title if population == INITIAL and group.title else population.replace("-", " ")
        open_count = tally.open[key]
        note = f"   cannot be told: {_text(shown(open_count))}" if open_count else ""
        yield _row(f"  {label}", shown(tally.inside[key])) + note
    found = score(group, tally, shown)
    if found:
        share = "open" if found.share is None else f"{found.share:.1%}"
        yield f"{'  share':<{_WIDTH}}{share:>9}   {_told(found, in_bands=bool(group.id))}"


def _told(found: Score, *, in_bands: bool) -> str:
    if found.share is None:
        return f"between {found.low:.1%} and {found.high:.1%}"
    told = f"{found.met} of {found.of}"
    return f"{told}, {band(found.share)}" if in_bands else told


def _row(label: str, count: int | None) -> str:
    return f"{label:<{_WIDTH}}{_text(count):>9}"


def _text(count: int | None) -> str:
    return HIDDEN if count is None else f"{count:,}"
