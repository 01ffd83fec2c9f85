"""What the label and the order say about giving this drug, for the one who gives it now."""

from __future__ import annotations

from osteon.knowledge import Knowledge
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import Phase, State


def advice_of(policy: Policy, state: State, knowledge: Knowledge) -> tuple[str, ...]:
    """How it is given, in sentences; empty once it is over."""
    if state.phase not in (Phase.PREPARING, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED):
        return ()
    how = knowledge.drugs[policy.drug].administration
    parts = (how.how, how.needle, how.dilution, how.line, how.incompatible, how.flush)
    names = ("How", "Needle or line", "Dilution", "Line", "Never together with", "Flush")
    said = tuple(f"{name}: {part.value}" for name, part in zip(names, parts, strict=True) if part is not None)
    if policy.maximum_min and not policy.is_infusion:
        said = (f"A push over {policy.minimum_min * 60:g} to {policy.maximum_min * 60:g} seconds.", *said)
    if policy.injections > 1:
        said = (f"{policy.injections} syringes, each at a site of its own.", *said)
    return said
