"""The dose: start, rates, pauses, stops, injections."""

from __future__ import annotations

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.moves import on, refuse, running, standing_still
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.start import lacking
from osteon.pathway.session.state import Phase, State


@on(happened.Started, Phase.PREPARING)
def _started(state: State, event: happened.Started, policy: Policy) -> State:
    if open_ones := lacking(state, policy):
        refuse(f"not yet: {open_ones[0]}")
    return replace(running(state, event, policy), started_at=event.at, owner=event.by)


@on(happened.Injected, Phase.RUNNING)
def _injected(state: State, event: happened.Injected, policy: Policy) -> State:
    if not policy.injections:
        refuse(f"{policy.name} is not given under the skin")
    if len(state.injected) >= policy.injections:
        refuse(f"the dose is {policy.injections} and no more")
    if not event.site.strip():
        refuse("say at which site")
    if any(each.site == event.site for each in state.injected):
        refuse("each syringe goes to a site of its own")
    return replace(state, injected=(*state.injected, event))


@on(happened.RateChanged, Phase.RUNNING)
def _rate_changed(state: State, event: happened.RateChanged, policy: Policy) -> State:
    return running(standing_still(state, event, Phase.RUNNING), event, policy)


@on(happened.Paused, Phase.RUNNING)
def _paused(state: State, event: happened.Paused, _policy: Policy) -> State:
    return standing_still(state, event, Phase.PAUSED)


@on(happened.Resumed, Phase.PAUSED)
def _resumed(state: State, event: happened.Resumed, policy: Policy) -> State:
    if policy.needs_line and state.line is None:
        refuse("there is no line: place one first")
    return running(state, event, policy)


@on(happened.Stopped, Phase.RUNNING, Phase.PAUSED)
def _stopped(state: State, event: happened.Stopped, _policy: Policy) -> State:
    return standing_still(state, event, Phase.STOPPED)
