"""What the page about a patient shows: the chart as it stands, and the plan as it is kept."""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec import Struct

from osteon.chart.errors import ChartError
from osteon.clinic.records.kept_plan import plan_of
from osteon.clinic.records.models import CarePlan, Patient
from osteon.clinic.records.refresh import occasion_of
from osteon.pathway.occasion import Occasion
from osteon.report.outlook import outlook_view
from osteon.report.view import View, view


class Shown(Struct, frozen=True, kw_only=True):
    """The chart of a patient on a day and the newest plan, or in words why one of them cannot be shown.

    `accepted` is the latest plan that a prescriber has signed, if any; `says_the_same` whether today's plan still says
    what was signed.
    """

    at: Occasion | None = None
    kept: CarePlan | None = None
    view: View | None = None
    trouble: str = ""
    accepted: CarePlan | None = None
    says_the_same: bool = False


def shown(patient: Patient, on: date) -> Shown:
    """What can be shown of this patient?"""
    try:
        at = occasion_of(patient, on)
    except ChartError as error:
        return Shown(trouble=f"The chart cannot be read: {error}")
    kept = patient.plans.order_by("-pk").first()
    if kept is None:
        return Shown(at=at, trouble="No plan has been made yet.")
    accepted = (
        patient.plans.filter(accepted_at__isnull=False).select_related("accepted_by").order_by("-accepted_at").first()
    )
    try:
        seen = _with_forecasts(view(plan_of(kept), at), kept, at)
        same = accepted is not None and (accepted.pk == kept.pk or _gist(accepted) == _gist(kept))
    except (msgspec.ValidationError, msgspec.DecodeError):
        trouble = "The plan was made by an earlier version of the program. It is made anew when a fact is entered."
        return Shown(at=at, kept=kept, trouble=trouble, accepted=accepted)
    return Shown(at=at, kept=kept, view=seen, accepted=accepted, says_the_same=same)


def _with_forecasts(seen: View, kept: CarePlan, at: Occasion) -> View:
    """The view of a plan that was made anew on an unchanged chart, with the forecasts that stand behind the picture."""
    if seen.outlook is not None:
        return seen
    earlier = CarePlan.objects.filter(patient=kept.patient_id, chart=kept.chart, has_forecasts=True).order_by("-pk")
    last = earlier.first()
    return msgspec.structs.replace(seen, outlook=outlook_view(plan_of(last), at)) if last else seen


def _gist(kept: CarePlan) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What a signature under a plan stands for: the drug, the guideline, and which doses come in which order."""
    plan = plan_of(kept)
    doses = tuple((step.id, step.order.dose) for step in plan.steps if step.order)
    return plan.chosen, plan.framework, doses
