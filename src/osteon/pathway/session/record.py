"""A session as its record reads: each event with its time, its words and who; what was corrected is marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from osteon.pathway.session.events import Corrected, Event, Happened
from osteon.pathway.session.path import as_corrected, state_of
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State


class Told(Struct, frozen=True, kw_only=True):
    """One line of the record. `is_wrong` marks what a later event corrected; `late_min` says how late it came."""

    at: datetime
    words: str
    detail: str
    by: str
    role: str
    second: str = ""
    late_min: int = 0
    is_wrong: bool = False


class Record(Struct, frozen=True, kw_only=True):
    """A session: the drug, where it stands, and its lines in the order in which they were entered."""

    drug: str
    name: str
    state: State
    lines: tuple[Told, ...]
    infused_min: float | None


def read_events(content: bytes) -> tuple[Event, ...]:
    """The events of a file, one JSON object a line. Raises ValueError that names the line."""
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                found.append(_EVENT.decode(line))
            except msgspec.MsgspecError as error:
                message = f"line {number}: not an event of a session: {error}"
                raise ValueError(message) from error
    return tuple(found)


def as_lines(events: Iterable[Event]) -> bytes:
    """Events as a file, one JSON object a line."""
    return b"".join(msgspec.json.encode(event) + b"\n" for event in events)


_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def record(events: Iterable[Event], policy: Policy) -> Record:
    """What happened, from the events alone. Raises `RefusedError` for events that no session can have."""
    told = tuple(events)
    state = state_of(told, policy)
    wrong = {event.wrong for event in told if isinstance(event, Corrected)}
    standing = as_corrected(told)
    minutes = (state.ended_at - state.started_at).total_seconds() / 60 if state.ended_at and state.started_at else None
    assert len(standing) <= len(told)  # noqa: S101 - a correction replaces, it never adds
    return Record(
        drug=policy.drug,
        name=policy.name,
        state=state,
        lines=tuple(_line(event, wrong) for event in told),
        infused_min=None if minutes is None else round(minutes, 2),
    )


_COMMON = frozenset(Happened.__struct_fields__)


def _line(event: Event, wrong: set[str]) -> Told:
    return Told(
        at=event.at,
        words=event.words,
        detail="; ".join(_details(event)),
        by=event.by,
        role=event.role.value,
        second=event.second,
        late_min=round((event.recorded_at - event.at).total_seconds() / 60) if event.is_late else 0,
        is_wrong=event.key in wrong,
    )


def _details(event: Event) -> Iterator[str]:
    if isinstance(event, Corrected):
        yield event.reason
        yield (
            f"now: {event.right.words} {'; '.join(_details(event.right))}".strip() if event.right else "did not happen"
        )
        return
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if name not in _COMMON and value not in (None, "", ()):
            yield f"{name.replace('_', ' ')} {_said(value)}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Struct):
        given = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return ", ".join(f"{name.replace('_', ' ')} {_said(each)}" for name, each in given if each is not None)
    return f"{value:g}" if isinstance(value, float) else str(value)
