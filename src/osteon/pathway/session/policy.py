"""How is one dose of a drug given here: volumes, shortest time, line, two-person check, watching afterwards?"""

from __future__ import annotations

from msgspec import Struct

from osteon.knowledge import Knowledge
from osteon.knowledge.drug import Drug, Route
from osteon.knowledge.spans import DAYS
from osteon.knowledge.types import Quantity

_MIN_PER_DAY = 1440.0


class Policy(Struct, frozen=True, kw_only=True):
    """What binds a session. Volumes in mL, times in minutes, rates in mL/h, doses in mg.

    `maximum_rate_ml_h` follows from the shortest time; None for what is not an infusion. `restart_share` is the most of
    the maximum rate at which an infusion may go on after a reaction of grade 2; None where it may not.
    """

    drug: str
    name: str
    route: str
    dose_mg: float
    volume_ml: float
    minimum_min: float
    observation_min: float
    maximum_rate_ml_h: float | None
    needs_line: bool
    two_people: bool
    restart_share: float | None
    identifiers: int = 2

    @property
    def is_infusion(self) -> bool:
        """Does it run for minutes, at a rate?"""
        return self.maximum_rate_ml_h is not None


class NotGivenHereError(ValueError):
    """The drug is taken at home: no session of a clinic gives it."""


def policy_of(drug: Drug, knowledge: Knowledge, *, two_people: bool = False) -> Policy:
    """How is one dose of this drug given? Numbers are those of the label in `knowledge`; the rest are its defaults.

    Raises `NotGivenHereError` for a drug that is taken at home.
    """
    if drug.is_taken_at_home:
        message = f"{drug.name} is taken at home; no session gives it"
        raise NotGivenHereError(message)
    how = drug.administration
    volume = how.volume.value if how.volume else 0.0
    shortest = _minutes(how.minimum_time)
    is_infusion = drug.route.value is Route.INFUSION
    may_restart = knowledge.lists["defaults"]["restart_after_grade_2"].value["ids"]
    return Policy(
        drug=drug.id,
        name=drug.name,
        route=drug.route.value.value,
        dose_mg=drug.dose.value,
        volume_ml=volume,
        minimum_min=shortest,
        observation_min=_minutes(how.observation),
        maximum_rate_ml_h=volume / shortest * 60 if is_infusion and shortest else None,
        needs_line=drug.route.value.is_intravenous,
        two_people=two_people,
        restart_share=knowledge.parameter("session.restart_share").value if drug.id in may_restart else None,
    )


def _minutes(span: Quantity | None) -> float:
    return 0.0 if span is None else round(span.value * DAYS[span.unit] * _MIN_PER_DAY, 6)
