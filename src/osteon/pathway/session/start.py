"""What is still lacking before the dose may begin?"""

from __future__ import annotations

from osteon.pathway.gate import Readiness
from osteon.pathway.session.events import Company
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State


def lacking(state: State, policy: Policy) -> tuple[str, ...]:
    """What must be done before the start, in the order in which it is done; empty when the dose may begin."""
    return tuple(
        words
        for is_done, words in (
            (len(set(state.identifiers)) >= policy.identifiers, "check the identity with two identifiers"),
            (state.verdict is not None, "judge the gate with today's facts"),
            (not state.open_stops, "a stop of the gate stands: it has no override"),
            (not _open_holds(state), "a check of the gate still holds"),
            (not policy.needs_order or _has_order(state), "a prescriber signs an order: none stands for this drug"),
            (state.weight_kg is not None, "weigh the patient"),
            (not state.is_pregnant, "the pregnancy test is positive: no dose"),
            (
                not policy.needs_interpreter or Company.INTERPRETER in state.company,
                "settle who interprets, before the consent",
            ),
            (state.has_consented, "ask for consent"),
            (bool(state.confirmed_vitals), "take a first set of vital signs"),
            (state.line is not None or not policy.needs_line, "place a line"),
            (state.drug is not None, "check the drug in hand"),
        )
        if not is_done
    )


def _has_order(state: State) -> bool:
    return state.order is not None and bool(state.order.order)


def _open_holds(state: State) -> tuple[str, ...]:
    if state.verdict is Readiness.READY:
        return ()
    return tuple(each for each in state.open_holds if each not in state.set_aside)
