"""Which dose that a clinic gives is next, when is it due, and from which day does its lateness do harm?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from osteon.knowledge.drug import Drug
from osteon.pathway.calendar import after
from osteon.pathway.facts.courses import courses_of, doses_of
from osteon.pathway.facts.exits import is_followed
from osteon.pathway.occasion import Occasion
from osteon.pathway.plan import Plan


class Due(Struct, frozen=True, kw_only=True):
    """The next dose of one patient.

    `due_on` is the day it falls due. `late_from` is the first day on which it counts as late, and `harmful_from` the
    first day on which waiting does harm (rebound after denosumab); None where the drug knows no such day. `because_of`
    is the drug whose effect is running out, "" where nothing is. `last_given` and `doses_given` belong to it.
    """

    drug: str
    name: str
    due_on: date
    late_from: date | None = None
    harmful_from: date | None = None
    because_of: str = ""
    last_given: date | None = None
    doses_given: int = 0

    def overdue_days(self, on: date) -> int:
        """How many days past its day is it? 0 before that."""
        return max((on - self.due_on).days, 0)

    def days_to_harm(self, on: date) -> int | None:
        """How many days are left before waiting does harm? Below 0 when that day has passed; None: no such day."""
        return None if self.harmful_from is None else (self.harmful_from - on).days


def due(plan: Plan, at: Occasion) -> Due | None:
    """The next dose that the clinic should give under this plan; None where no dose of a clinic is to come.

    A drug whose effect is running out sets the day even where the plan is blocked or names another drug: the deadline
    of a denosumab patient stands whatever her gate says.
    """
    running = next(_lapsing(at), None) or _running(plan, at)
    drug = at.knowledge.drugs.get(plan.chosen) or running
    if drug is None or (drug.is_taken_at_home and running is None):
        return None
    if running is not None:
        return _next(running if drug.is_taken_at_home else drug, running, at)
    return Due(drug=drug.id, name=drug.name, due_on=plan.start.on) if plan.start else None


def _next(drug: Drug, running: Drug, at: Occasion) -> Due:
    """The dose of `drug` that is due when the effect of the `running` one ends."""
    given = doses_of(at, running.id)
    day = given[-1].when.latest
    harmful = running.dangerous_after if len(given) > 1 else None
    return Due(
        drug=drug.id,
        name=drug.name,
        due_on=after(day, running.interval),
        late_from=after(day, running.late_after) if running.late_after else None,
        harmful_from=after(day, harmful) if harmful else None,
        because_of=running.id,
        last_given=day,
        doses_given=len(given),
    )


def _running(plan: Plan, at: Occasion) -> Drug | None:
    """The drug that the clinic gives now, where the plan goes on with it or has nothing to put in its place here.

    Somebody under treatment whose next dose is blocked stays on the list until a clinician has decided.
    """
    chosen = at.knowledge.drugs.get(plan.chosen)
    if chosen is not None and not chosen.is_taken_at_home and not (plan.start and plan.start.is_continuing):
        return None
    names = {plan.chosen}
    for fact in ("treatments_now", "antiresorptives_active"):
        value = at[fact].value
        names |= value if isinstance(value, frozenset) else frozenset()
    given = [drug for drug in at.knowledge.drugs.values() if drug.id in names]
    return next((drug for drug in given if not drug.is_taken_at_home and doses_of(at, drug.id)), None)


def _lapsing(at: Occasion) -> Iterator[Drug]:
    """The drugs given by the clinic whose lapse does harm and that no other antiresorptive has followed."""
    for drug in at.knowledge.drugs.values():
        given = doses_of(at, drug.id) if drug.dangerous_after else ()
        if given and not is_followed(courses_of(at, drug.id), given[-1].when, at):
            yield drug
