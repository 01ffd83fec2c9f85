"""The lot in hand: asked for before it is given, and taken off the shelf once the dose has begun."""

from __future__ import annotations

from datetime import date

from osteon.clinic.booking.models import Visit
from osteon.clinic.people.models import User
from osteon.clinic.stock.at_the_chair import InHand, given_at, why_not_this
from osteon.pathway.session.events import Corrected, DrugChecked, Event, Started
from osteon.pathway.session.path import RefusedError
from osteon.pathway.session.policy import Policy
from osteon.pathway.session.state import State


def refuse_wrong_lot(visit: Visit, event: Event) -> None:
    """Raises `RefusedError` where the stock says that the lot in hand is blocked, too old, or another patient's."""
    if isinstance(event, DrugChecked) and (why := why_not_this(visit, event.lot)):
        raise RefusedError(why[:1].lower() + why[1:].rstrip("."))


def take_from_shelf(visit: Visit, state: State, policy: Policy, last: Event, by: User | None) -> None:
    """Once the dose has begun, or after a correction, write down which lot it came from."""
    if by is None or not isinstance(last, Started | Corrected):
        return
    began = state.started_at is not None and state.drug is not None
    in_hand = _in_hand(state.drug) if began and state.drug is not None else None
    given_at(visit, in_hand, by, units=max(1, policy.injections))


def _in_hand(checked: DrugChecked) -> InHand:
    return InHand(checked.product, checked.lot, date.fromisoformat(checked.expires))
