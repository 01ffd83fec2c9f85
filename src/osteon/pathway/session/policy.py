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
    the maximum rate at which an infusion may go on after a reaction of grade 2; None where it may not. `injections` is
    how many syringes go under the skin, each at a site of its own. `uses_news2` is False under 16 and in pregnancy.
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
    maximum_min: float | None = None
    injections: int = 0
    needs_order: bool = False
    needs_interpreter: bool = False
    needs_escort: bool = False
    uses_news2: bool = True

    @property
    def is_infusion(self) -> bool:
        """Does it run for minutes, at a rate?"""
        return self.maximum_rate_ml_h is not None

    def shortest_min(self, given_ml: float) -> float:
        """In how many minutes can so much have gone in, at the label's fastest?"""
        return self.minimum_min * min(given_ml / self.volume_ml, 1.0) if self.volume_ml else self.minimum_min


class NotGivenHereError(ValueError):
    """The drug is taken at home: no session of a clinic gives it."""


def policy_of(
    drug: Drug,
    knowledge: Knowledge,
    *,
    two_people: bool = False,
    needs_order: bool = False,
    needs_interpreter: bool = False,
    needs_escort: bool = False,
    uses_news2: bool = True,
) -> Policy:
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
        maximum_min=_minutes(how.maximum_time) if how.maximum_time else None,
        injections=_syringes(drug.id, knowledge) if drug.route.value is Route.SUBCUTANEOUS else 0,
        needs_order=needs_order,
        needs_interpreter=needs_interpreter,
        needs_escort=needs_escort,
        uses_news2=uses_news2,
        restart_share=knowledge.parameter("session.restart_share").value if drug.id in may_restart else None,
    )


def _minutes(span: Quantity | None) -> float:
    return 0.0 if span is None else round(span.value * DAYS[span.unit] * _MIN_PER_DAY, 6)


def _syringes(drug: str, knowledge: Knowledge) -> int:
    two = knowledge.lists["defaults"]["two_syringes"].value["ids"]
    return 2 if drug in two else 1
