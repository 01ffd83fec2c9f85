"""What happens to a visit at the desk: the patient comes, or does not. What happens in the chair is the session's."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.booking.models import Visit, VisitEvent
from osteon.clinic.people.models import User
from osteon.clinic.people.roles import Role
from osteon.clinic.records.models import Patient
from osteon.clinic.records.refresh import today
from osteon.clinic.tasks.acts import ask_for

_COMING = (Visit.State.PROPOSED, Visit.State.CONFIRMED)
_A_DAY = timedelta(days=1)


class ImpossibleError(Exception):
    """This cannot happen to the visit now. The message says why."""


def arrive(visit: Visit, by: User) -> Visit:
    """The patient is here. Whoever comes after all keeps the chair only if nobody else was given it meanwhile."""
    if visit.starts_at is not None and timezone.localdate(visit.starts_at) != today():
        message = "This visit is not booked for today."
        raise ImpossibleError(message)
    return _pass_on(visit, by, Visit.State.ARRIVED, (*_COMING, Visit.State.NO_SHOW))


def stay_away(visit: Visit, by: User) -> Visit:
    """The patient did not come; the chair is free, and the coordinator is asked to call and book anew."""
    kept = _pass_on(visit, by, Visit.State.NO_SHOW, _COMING)
    on = timezone.localdate(kept.starts_at) if kept.starts_at else today()
    ask_for(
        f"Did not come on {on:%-d %B}: call, and book anew",
        role=Role.COORDINATOR,
        due_on=today(),
        patient=kept.patient,
        is_urgent=bool(kept.window_is_hard),
        key=f"no-show:{kept.pk}:{kept.version}",
    )
    return kept


def cancel(visit: Visit, by: User, *, why: str) -> Visit:
    """The patient will not come; the chair is free. `why` is the word of a `Contact.Kind`."""
    return _pass_on(visit, by, Visit.State.CANCELLED, (Visit.State.WAITING, *_COMING), why=why)


def cancel_coming(patient: Patient, by: User, *, why: str) -> int:
    """Cancel every visit of a patient that has not begun; returns how many were booked."""
    coming = patient.visits.filter(state__in=(Visit.State.WAITING, *_COMING))
    return sum(cancel(visit, by, why=why).starts_at is not None for visit in coming)


def _pass_on(visit: Visit, by: User, state: Visit.State, possible: tuple[Visit.State, ...], **detail: str) -> Visit:
    with transaction.atomic():
        kept = Visit.objects.select_for_update().get(pk=visit.pk)
        if kept.state == state:
            return kept
        if kept.state not in possible:
            message = f"The visit is {kept.get_state_display()}: this cannot be recorded now."
            raise ImpossibleError(message)
        if kept.state == Visit.State.NO_SHOW and _is_taken(kept):
            kept.chair = None
        kept.state = state
        kept.version += 1
        kept.save(update_fields=["state", "chair", "version", "changed_at"])
        VisitEvent.objects.create(visit=kept, at=timezone.now(), by=by, kind=state, detail=detail)
        record(by, f"recorded a visit as {kept.get_state_display()}", patient=kept.patient, visit=str(kept.pk))
    return kept


def _is_taken(visit: Visit) -> bool:
    """Was this visit's chair given to somebody else for any of its minutes?"""
    begins, ends = visit.starts_at, visit.ends_at
    if begins is None or ends is None or visit.chair_id is None:
        return False
    others = Visit.objects.filter(chair_id=visit.chair_id, starts_at__gt=begins - _A_DAY, starts_at__lt=ends)
    kept = others.exclude(pk=visit.pk).exclude(state__in=Visit.OVER)
    return any(other.ends_at is not None and other.ends_at > begins for other in kept)
