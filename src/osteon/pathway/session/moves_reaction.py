"""A reaction, and whether the infusion may go on after it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.events import Role
from osteon.pathway.session.moves import ALIVE, HERE, on, refuse, running, standing_still
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import Phase, Reaction, State

_SEVERE = 3
_MODERATE = 2


@on(happened.ReactionBegan, *HERE)
def _reaction_began(state: State, event: happened.ReactionBegan, _policy: Policy) -> State:
    stops = state.phase in (Phase.RUNNING, Phase.PAUSED)
    state = standing_still(state, event, Phase.STOPPED) if stops else state
    return replace(state, reactions=(*state.reactions, Reaction(kind=event.reaction, began=event.at)))


@on(happened.ReactionStepped, *HERE, Phase.NOT_GIVEN)
def _reaction_stepped(state: State, event: happened.ReactionStepped, _policy: Policy) -> State:
    return _last_reaction(state, lambda reaction: replace(reaction, steps=(*reaction.steps, event)))


@on(happened.ReactionGraded, *HERE, Phase.NOT_GIVEN)
def _reaction_graded(state: State, event: happened.ReactionGraded, _policy: Policy) -> State:
    if not 1 <= event.grade <= 5:
        refuse("a grade of CTCAE is a number from 1 to 5")
    return _last_reaction(state, lambda reaction: replace(reaction, grade=event.grade, is_over=event.is_over))


@on(happened.RestartOrdered, Phase.STOPPED, roles=(Role.PRESCRIBER,))
def _restart_ordered(state: State, event: happened.RestartOrdered, policy: Policy) -> State:
    return _may_go_on(state, event.rate_ml_h, policy)


def _may_go_on(state: State, rate_ml_h: float, policy: Policy) -> State:
    """The state after an order to go on, at most at this rate."""
    if state.worst_grade >= _SEVERE:
        refuse("after a reaction of grade 3 or worse this infusion never goes on")
    if any(each.kind is happened.ReactionKind.ANAPHYLAXIS for each in state.reactions):
        refuse("after anaphylaxis this infusion never goes on")
    if policy.restart_share is None or policy.maximum_rate_ml_h is None:
        refuse(f"{policy.name} is not given again after a reaction")
    limit = policy.maximum_rate_ml_h * policy.restart_share
    if rate_ml_h <= 0:
        refuse("an order to go on names a rate above 0 mL/h")
    if state.worst_grade >= _MODERATE and rate_ml_h > limit:
        refuse(f"after a reaction of grade 2 at most {limit:g} mL/h")
    return replace(state, restart_rate_ml_h=rate_ml_h)


@on(happened.OrderSpoken, *HERE, roles=(Role.NURSE,))
def _order_spoken(state: State, event: happened.OrderSpoken, policy: Policy) -> State:
    if not event.read_back:
        refuse("read the order back to who gave it, then enter it")
    if not event.prescriber or event.prescriber == event.by:
        refuse("say which prescriber gave the order")
    if not event.order.strip():
        refuse("say what was ordered")
    state = replace(state, spoken=(*state.spoken, event))
    if event.rate_ml_h is None:
        return state
    if state.phase is not Phase.STOPPED:
        refuse("nothing was stopped: there is nothing to go on with")
    return _may_go_on(state, event.rate_ml_h, policy)


@on(happened.OrderSigned, *ALIVE, roles=(Role.PRESCRIBER,))
def _order_signed(state: State, event: happened.OrderSigned, _policy: Policy) -> State:
    order = next((each for each in state.unsigned if each.key == event.order), None)
    if order is None:
        refuse("no order given by voice waits for a signature")
    if order.prescriber != event.by:
        refuse("the order is signed by the prescriber who gave it")
    return replace(state, signed=(*state.signed, event.order))


@on(happened.Restarted, Phase.STOPPED)
def _restarted(state: State, event: happened.Restarted, policy: Policy) -> State:
    if state.reactions and any(not each.grade for each in state.reactions):
        refuse("grade the reaction first")
    if state.reaction is not None:
        refuse("the reaction is not over")
    if state.worst_grade >= _SEVERE:
        refuse("after a reaction of grade 3 or worse this infusion never goes on")
    if any(each.kind is happened.ReactionKind.ANAPHYLAXIS for each in state.reactions):
        refuse("after anaphylaxis this infusion never goes on")
    if state.worst_grade >= _MODERATE and state.restart_rate_ml_h is None:
        refuse("after a reaction of grade 2 a prescriber has to order it")
    if state.restart_rate_ml_h is not None and event.rate_ml_h > state.restart_rate_ml_h:
        refuse(f"the order says at most {state.restart_rate_ml_h:g} mL/h")
    if policy.needs_line and state.line is None:
        refuse("there is no line: place one first")
    return running(state, event, policy)


def _last_reaction(state: State, change: Callable[[Reaction], Reaction]) -> State:
    if not state.reactions:
        refuse("there is no reaction to speak of")
    return replace(state, reactions=(*state.reactions[:-1], change(state.reactions[-1])))
