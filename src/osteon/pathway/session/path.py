"""What may happen next in a session, and what follows from it? One function of a state and an event."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session import moves_after, moves_before, moves_dose, moves_reaction  # noqa: F401 - they register
from osteon.pathway.session.events import Event
from osteon.pathway.session.moves import FOLLOWS, RefusedError, refuse
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State

__all__ = ["RefusedError", "as_corrected", "following", "possible", "state_of"]


def state_of(events: Iterable[Event], policy: Policy) -> State:
    """Where does a session stand after these events, the corrections among them taken in? Raises `RefusedError`."""
    state = State()
    for event in as_corrected(events):
        state = following(state, event, policy)
    return state


def as_corrected(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events as they should have been: wrong ones replaced or left out, doubles counted once."""
    unique: dict[str, Event] = {}
    for event in events:
        unique.setdefault(event.key, event)
    ordered = unique.values()
    right: dict[str, Event | None] = {}
    for event in ordered:
        if isinstance(event, happened.Corrected):
            right[event.wrong] = event.right
    return tuple(
        standing
        for event in ordered
        if not isinstance(event, happened.Corrected) and (standing := right.get(event.key, event)) is not None
    )


def following(state: State, event: Event, policy: Policy) -> State:
    """The state after an event; the same state for one that is there already. Raises `RefusedError`."""
    if event.key in state.seen:
        return state
    phases, roles, follow = FOLLOWS[type(event)]
    if state.phase not in phases:
        refuse(f"“{event.words}” is not possible while the session is {state.phase.value}")
    if event.role not in roles:
        refuse(f"“{event.words}” is entered by a {' or '.join(roles)}, not by a {event.role.value}")
    return replace(follow(state, event, policy), seen=state.seen | {event.key})


def possible(state: State) -> tuple[type, ...]:
    """Which kinds of events may happen in this phase?"""
    return tuple(kind for kind, (phases, _, _) in FOLLOWS.items() if state.phase in phases)
