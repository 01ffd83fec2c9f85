"""The frame of the moves: which event may happen in which phase, entered by whom, and what runs after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.events import Role
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import Stretch
from osteon.pathway.session.state import Phase, State

HERE = (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED, Phase.OBSERVING)
ALIVE = (*HERE, Phase.DISCHARGED, Phase.NOT_GIVEN)
CLINICIANS = (Role.NURSE, Role.PRESCRIBER)


class RefusedError(Exception):
    """The event cannot happen now. The message says why, for the person who entered it."""


E = TypeVar("E", bound=happened.Happened)
Follow = Callable[[State, Any, Policy], State]
FOLLOWS: dict[type, tuple[tuple[Phase, ...], tuple[Role, ...], Follow]] = {}


def refuse(words: str) -> NoReturn:
    """This cannot happen now. Raises `RefusedError`."""
    raise RefusedError(words)


def on(kind: type[E], *phases: Phase, roles: tuple[Role, ...] = CLINICIANS) -> Callable[[Follow], Follow]:
    """Register what follows from a kind of event, in which phases it may happen and who may enter it."""

    def register(follow: Follow) -> Follow:
        FOLLOWS[kind] = (phases, roles, follow)
        return follow

    return register


def running(
    state: State,
    event: happened.Started | happened.RateChanged | happened.Resumed | happened.Restarted,
    policy: Policy,
) -> State:
    """The same with the infusion running at the event's rate, within the label. Raises `RefusedError`."""
    limit = policy.maximum_rate_ml_h
    if limit is None and event.rate_ml_h:
        refuse(f"{policy.name} is not an infusion: it has no rate")
    if limit is not None and not 0 < event.rate_ml_h <= limit:
        refuse(
            f"a rate above 0 and up to {limit:g} mL/h: {policy.volume_ml:g} mL take {policy.minimum_min:g} min or more"
        )
    if state.stretches and event.at < (state.stretches[-1].until or state.stretches[-1].since):
        refuse("this lies before what happened last")
    return replace(state, phase=Phase.RUNNING, stretches=(*state.stretches, Stretch(event.at, event.rate_ml_h)))


def standing_still(state: State, event: happened.Happened, phase: Phase) -> State:
    """The same with what runs brought to an end; nothing runs in the phase that follows."""
    if not state.stretches or state.stretches[-1].until is not None:
        return replace(state, phase=phase)
    last = state.stretches[-1]
    if event.at < last.since:
        refuse("this lies before the infusion ran")
    return replace(state, phase=phase, stretches=(*state.stretches[:-1], replace(last, until=event.at)))
