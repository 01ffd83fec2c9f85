"""What does a closed session bill? Codes, units, what was wasted, start and stop; a person checks it and bills."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.drug import Route
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.pump import minutes_run
from osteon.pathway.session.state import State

_HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
_UNIT_MG = {"pamidronate": 30.0}
"""How many mg one unit of the drug's code is, where it is not one (CMS Addendum B)."""

_GIVING = {Route.INFUSION: "96365", Route.PUSH: "96374", Route.SUBCUTANEOUS: "96372"}
"""How it was given, by CPT: first hour of an infusion; push; injection under the skin (CMS Addendum B)."""


class Charge(Struct, frozen=True, kw_only=True):
    """The charge sheet. Volumes in mL, doses in mg, minutes as the infusion ran. `warnings` are read before billing."""

    drug_code: str
    units: int
    wasted_units: int
    giving_code: str
    dose_mg: float
    given_ml: float
    wasted_ml: float
    ndc: str
    lot: str
    started_at: datetime
    ended_at: datetime
    minutes: float
    warnings: tuple[str, ...]


def charge(state: State, policy: Policy, knowledge: Knowledge) -> Charge | None:
    """The charge sheet of a session; None where nothing was given."""
    if state.started_at is None or state.ended_at is None or not state.given_ml or state.drug is None:
        return None
    drug = knowledge.drugs[policy.drug]
    route = drug.route.value
    share = min(state.given_ml / policy.volume_ml, 1.0) if policy.volume_ml else 1.0
    unit = _UNIT_MG.get(policy.drug, 1.0)
    wasted = (state.wasted_ml or 0.0) / policy.volume_ml * policy.dose_mg if policy.volume_ml else 0.0
    minutes = (
        minutes_run(state.stretches, state.ended_at)
        if policy.is_infusion
        else (state.ended_at - state.started_at).total_seconds() / 60
    )
    least = knowledge.parameter("session.billed_as_infusion_from").value
    giving, warnings = _GIVING[route], []
    if route is Route.INFUSION and minutes < least:
        giving = _GIVING[Route.PUSH]
        warnings.append(f"It ran {minutes:.0f} min: up to {least - 1:g} minutes bill as a push (recalled).")
    if route is Route.INFUSION and minutes > 90:
        warnings.append("Every further hour of an infusion bills by a code of its own: not worked out here.")
    if not state.drug.ndc:
        warnings.append("No NDC was entered: scan the package or type it.")
    code = next((each.code for each in knowledge.codes if each.value_set == policy.drug and each.system == _HCPCS), "")
    if not code:
        warnings.append("The code of the drug is not known here.")
    return Charge(
        drug_code=code,
        units=ceil(policy.dose_mg * share / unit - 1e-9),
        wasted_units=int(wasted / unit + 1e-9),
        giving_code=giving,
        dose_mg=round(policy.dose_mg * share, 3),
        given_ml=state.given_ml,
        wasted_ml=state.wasted_ml or 0.0,
        ndc=state.drug.ndc,
        lot=state.drug.lot,
        started_at=state.started_at,
        ended_at=state.ended_at,
        minutes=round(minutes, 1),
        warnings=tuple(warnings),
    )
