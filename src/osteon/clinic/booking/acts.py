"""What happens to a visit at the desk: the patient comes, or does not. What happens in the chair is the session's."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit, VisitEvent
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.refresh import today
from osteon.clinic.tasks.acts import ask_for


class ImpossibleError(Exception):
    """This cannot happen to the visit now. The message says why."""


def arrive(visit: Visit, by: User) -> Visit:
    """The patient is here."""
    return _pass_on(visit, by, Visit.State.ARRIVED, (Visit.State.PROPOSED, Visit.State.CONFIRMED, Visit.State.NO_SHOW))


def stay_away(visit: Visit, by: User) -> Visit:
    """The patient did not come; the chair is free, and the coordinator is asked to call and book anew."""
    kept = _pass_on(visit, by, Visit.State.NO_SHOW, (Visit.State.PROPOSED, Visit.State.CONFIRMED))
    ask_for(
        "Did not come today: call, and book anew",
        role=Role.COORDINATOR,
        due_on=today(),
        patient=kept.patient,
        is_urgent=bool(kept.window_is_hard),
        key=f"no-show:{kept.pk}:{kept.version}",
    )
    return kept


def _pass_on(visit: Visit, by: User, state: Visit.State, possible: tuple[Visit.State, ...]) -> Visit:
    with transaction.atomic():
        kept = Visit.objects.select_for_update().get(pk=visit.pk)
        if kept.state == state:
            return kept
        if kept.state not in possible:
            message = f"The visit is {kept.get_state_display()}: this cannot be recorded now."
            raise ImpossibleError(message)
        kept.state = state
        kept.version += 1
        kept.save(update_fields=["state", "version", "changed_at"])
        VisitEvent.objects.create(visit=kept, at=timezone.now(), by=by, kind=state)
        record(by, f"recorded a visit as {kept.get_state_display()}", patient=kept.patient, visit=str(kept.pk))
    return kept
