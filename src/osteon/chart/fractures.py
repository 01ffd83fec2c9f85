"""Which bones broke, when, how often, and why: from many recordings to the fractures themselves?

One fracture is recorded again and again: in the emergency room, at every later visit, as a late effect, as history.
Whether a fracture without a stated cause counts as one of fragility is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from osteon.chart.fracture_words import UNNAMED
from osteon.chart.types import Cause, Fracture, When, day_after


class Recording(Struct, frozen=True, kw_only=True):
    """One entry of a chart that speaks of a fracture.

    `recorded` is the day on which it was written down. `care` is `subsequent` for a later visit while the bone heals,
    `sequela` for a late effect, `initial` or empty otherwise. `levels` are vertebrae by name (T12). `encounter` ties
    together what was recorded at one visit.
    """

    fracture: Fracture
    recorded: When | None = None
    care: str = ""
    encounter: str = ""
    levels: frozenset[str] = frozenset()


def merge(recordings: Iterable[Recording], within: timedelta, healing: timedelta) -> tuple[Fracture, ...]:
    """The fractures behind these recordings, whatever order they come in.

    Two recordings are one fracture where site, side and vertebra do not contradict each other and they lie `within`
    that time, or the later one is a visit within the time of `healing`, a late effect, or undated. A fracture without
    a named bone is the named one of the same visit or day.
    """
    groups: list[Recording] = []
    for recording in sorted(recordings, key=_order):
        place = next((n for n, known in enumerate(groups) if _same(known, recording, within, healing)), None)
        if place is None:
            groups.append(recording)
        else:
            groups[place] = _joined(groups[place], recording)
    return tuple(group.fracture for group in groups)


def _order(recording: Recording) -> tuple[bool, bool, bool, date, bytes]:
    """First what happened on a known day; then follow-ups; then history. Named bones before unnamed ones."""
    fracture = recording.fracture
    return (
        fracture.site == UNNAMED,
        recording.care in _LATE or fracture.is_history,
        fracture.when is None,
        fracture.when.earliest if fracture.when else date.min,
        msgspec.json.encode(recording, order="deterministic"),
    )


_LATE = ("subsequent", "sequela")


def _same(known: Recording, new: Recording, within: timedelta, healing: timedelta) -> bool:
    one, other = known.fracture, new.fracture
    if other.site == UNNAMED and one.site != UNNAMED:
        return _same_visit(known, new)
    if one.site != other.site or (one.side and other.side and one.side != other.side):
        return False
    if known.levels and new.levels and not known.levels & new.levels:
        return False
    if other.when is None:
        return new.care in _LATE or other.is_history or one.when is None
    if one.when is None:
        return False
    if new.care == "sequela":
        return one.when.earliest <= other.when.latest
    after = healing if new.care == "subsequent" else within
    is_not_before = day_after(one.when.earliest, -within.days) <= other.when.latest
    return is_not_before and day_after(other.when.earliest, -after.days) <= one.when.latest


def _same_visit(known: Recording, new: Recording) -> bool:
    if known.encounter and known.encounter == new.encounter:
        return True
    return known.fracture.when is not None and known.fracture.when == new.fracture.when


_STRENGTH = (Cause.ATYPICAL, Cause.PATHOLOGICAL, Cause.FRAGILITY, Cause.TRAUMA, Cause.UNSTATED)


def _joined(known: Recording, new: Recording) -> Recording:
    one, other = known.fracture, new.fracture
    levels = known.levels | new.levels
    fracture = msgspec.structs.replace(
        one,
        cause=min(one.cause, other.cause, key=_STRENGTH.index),
        side=one.side or other.side,
        count=max(one.count, other.count, len(levels)),
        is_history=one.is_history and other.is_history,
    )
    return msgspec.structs.replace(known, fracture=fracture, levels=levels)
