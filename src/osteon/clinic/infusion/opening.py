"""Open the session of a visit as this patient needs it: who checks, what must be there, which score holds."""

from __future__ import annotations

from django.conf import settings

from osteon.chart.errors import ChartError
from osteon.clinic.booking.models import Visit
from osteon.clinic.infusion.models import Session
from osteon.clinic.infusion.store import open_session
from osteon.clinic.orders.standing import orders_of
from osteon.clinic.records.refresh import occasion_of, today
from osteon.pathway.risk.news2 import MINIMUM_AGE_Y


def session_of(visit: Visit) -> Session:
    """The session of a visit, opened with the policy of this clinic and this patient.

    An order is asked for where the clinic asks for one always (`ORDER_REQUIRED`), or where one was ever signed for
    this drug: then it has to stand today. Raises `NotGivenHereError` and KeyError for what no session gives.
    """
    patient = visit.patient
    if (kept := Session.objects.filter(pk=visit.pk).first()) is not None:
        kept.visit = visit
        return kept
    was_ordered = orders_of(patient).filter(drug=visit.drug).exists()
    return open_session(
        visit,
        two_people=visit.drug in settings.TWO_PEOPLE_CHECK,
        needs_order=was_ordered or settings.ORDER_REQUIRED,
        needs_interpreter=patient.needs_interpreter,
        needs_escort=patient.needs_escort,
        uses_news2=_uses_news2(visit),
    )


def _uses_news2(visit: Visit) -> bool:
    """Does NEWS2 hold for this patient? Not under 16; not where a pregnancy is known."""
    on, born = today(), visit.patient.birth_date
    if on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < MINIMUM_AGE_Y:
        return False
    try:
        return occasion_of(visit.patient, on)["pregnant"].value is not True
    except ChartError:
        return True
