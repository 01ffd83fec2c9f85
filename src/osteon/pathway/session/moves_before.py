"""What happens before the dose: arrival, identity, gate, weight, consent, line, drug in hand."""

from __future__ import annotations

from msgspec.structs import replace

from osteon.pathway.session import events as happened
from osteon.pathway.session.events import Role
from osteon.pathway.session.moves import ALIVE, CLINICIANS, HERE, on, refuse, standing_still
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import Phase, State, Trouble


@on(happened.Arrived, Phase.EXPECTED, roles=(*CLINICIANS, Role.COORDINATOR))
def _arrived(state: State, event: happened.Arrived, _policy: Policy) -> State:
    owner = event.by if event.role is not Role.COORDINATOR else ""
    return replace(state, phase=Phase.PREPARING, owner=owner)


@on(happened.Identified, Phase.PREPARING)
def _identified(state: State, event: happened.Identified, policy: Policy) -> State:
    if len(set(event.identifiers)) < policy.identifiers:
        refuse(f"the identity needs {policy.identifiers} identifiers that agree")
    return replace(state, identifiers=event.identifiers, owner=event.by)


@on(happened.GateJudged, Phase.PREPARING, roles=(*CLINICIANS, Role.PROGRAM))
def _gate_judged(state: State, event: happened.GateJudged, policy: Policy) -> State:
    if event.drug != policy.drug:
        refuse(f"the gate was judged for {event.drug}, and this session gives {policy.drug}")
    return replace(
        state,
        verdict=event.verdict,
        open_stops=event.open_stops,
        open_holds=event.open_holds,
        only_a_result_clears=event.only_a_result_clears,
        overridden=tuple(each for each in state.overridden if each in event.open_holds),
    )


@on(happened.HoldOverridden, Phase.PREPARING, roles=(Role.PRESCRIBER,))
def _hold_overridden(state: State, event: happened.HoldOverridden, _policy: Policy) -> State:
    if event.check in state.open_stops:
        refuse("a stop has no override: only a new fact or another drug clears it")
    if event.check in state.only_a_result_clears:
        refuse("only the result clears this check, no signature")
    if event.check not in state.open_holds:
        refuse("this check does not hold the dose")
    if not event.reason.strip():
        refuse("an override needs a reason")
    return replace(state, overridden=(*state.overridden, event.check))


@on(happened.Weighed, Phase.PREPARING)
def _weighed(state: State, event: happened.Weighed, _policy: Policy) -> State:
    return replace(state, weight_kg=event.weight_kg)


@on(happened.Tested, Phase.PREPARING)
def _tested(state: State, event: happened.Tested, _policy: Policy) -> State:
    return replace(state, is_pregnant=event.is_positive)


@on(happened.Accompanied, *HERE, roles=(*CLINICIANS, Role.COORDINATOR))
def _accompanied(state: State, event: happened.Accompanied, _policy: Policy) -> State:
    if not event.how.strip():
        refuse(f"say who it is, or why it goes without an {event.company.value}")
    return replace(state, company=(*state.company, event.company))


@on(happened.OrderFound, Phase.PREPARING, roles=(Role.PROGRAM,))
def _order_found(state: State, event: happened.OrderFound, _policy: Policy) -> State:
    return replace(state, order=event)


@on(happened.Consented, Phase.PREPARING)
def _consented(state: State, _event: happened.Consented, _policy: Policy) -> State:
    return replace(state, has_consented=True)


@on(happened.LinePlaced, Phase.PREPARING, Phase.PAUSED, Phase.STOPPED)
def _line_placed(state: State, event: happened.LinePlaced, policy: Policy) -> State:
    if not policy.needs_line:
        refuse(f"{policy.name} needs no line")
    return replace(state, line=event)


@on(happened.LineTroubled, *HERE)
def _line_troubled(state: State, event: happened.LineTroubled, _policy: Policy) -> State:
    if state.phase is Phase.RUNNING and event.removed:
        state = standing_still(state, event, Phase.PAUSED)
    state = replace(state, troubles=(*state.troubles, Trouble(event=event)))
    return replace(state, line=None) if event.removed else state


@on(happened.TroubleStepped, *ALIVE)
def _trouble_stepped(state: State, event: happened.TroubleStepped, _policy: Policy) -> State:
    if not state.troubles:
        refuse("there was no trouble with the line")
    last = state.troubles[-1]
    return replace(state, troubles=(*state.troubles[:-1], replace(last, steps=(*last.steps, event.step))))


@on(happened.DrugChecked, Phase.PREPARING)
def _drug_checked(state: State, event: happened.DrugChecked, policy: Policy) -> State:
    if event.drug != policy.drug:
        refuse(f"this is {event.drug}, and the order says {policy.drug}")
    if event.dose_mg != policy.dose_mg:
        refuse(f"this is {event.dose_mg:g} mg, and the order says {policy.dose_mg:g} mg")
    if event.expires < event.at.date().isoformat():
        refuse(f"this lot expired on {event.expires}")
    if policy.two_people and event.second in ("", event.by):
        refuse("two people check this drug, the second with a sign-in of their own")
    return replace(state, drug=event)
