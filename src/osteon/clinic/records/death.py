"""A patient has died, or was said to have died in error."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from osteon.clinic.audit.log import record
from osteon.clinic.people.models import User
from osteon.clinic.records.charts import Received, Resource, write
from osteon.clinic.records.models import Patient

_BECAUSE = "the patient has died"


def note_death(patient: Patient, on: date | None, by: User | None) -> int:
    """Note that a patient has died: visits to come are cancelled, and no list of due doses names her any more.

    Returns how many visits were cancelled. Whoever calls this asks for `refresh` afterwards. `on` is None where the
    day is not known.
    """
    from osteon.clinic.booking.models import Visit, VisitEvent  # booking stands on records

    with transaction.atomic():
        patient.deceased, patient.deceased_on = True, on
        patient.save(update_fields=["deceased", "deceased_on"])
        _tell_the_chart(patient, on, by)
        coming = list(patient.visits.exclude(state__in=(*Visit.OVER, *Visit.HERE)))
        for visit in coming:
            detail = {"because": _BECAUSE, "was": visit.state}
            VisitEvent.objects.create(visit=visit, at=timezone.now(), by=by, kind="cancelled", detail=detail)
            visit.state, visit.version = Visit.State.CANCELLED, visit.version + 1
            visit.save(update_fields=["state", "version", "changed_at"])
        record(by, "noted that the patient has died", patient=patient, visits_cancelled=len(coming))
    return len(coming)


def take_back_death(patient: Patient, reason: str, by: User) -> int:
    """The patient lives: what was cancelled because of the death is to be booked again. Returns how many visits."""
    from osteon.clinic.booking.models import Visit, VisitEvent

    with transaction.atomic():
        patient.deceased, patient.deceased_on = False, None
        patient.save(update_fields=["deceased", "deceased_on"])
        _tell_the_chart(patient, None, by, lives=True)
        cancelled = patient.visits.filter(state=Visit.State.CANCELLED).prefetch_related("events")
        back = [visit for visit in cancelled if _was_cancelled_by_death(list(visit.events.all()))]
        for visit in back:
            VisitEvent.objects.create(visit=visit, at=timezone.now(), by=by, kind="waiting", detail={"reason": reason})
            visit.state, visit.starts_at, visit.chair, visit.nurse = Visit.State.WAITING, None, None, None
            visit.version += 1
            visit.save()
        record(by, "took back that the patient has died", patient=patient, reason=reason, visits_to_book=len(back))
    return len(back)


def _was_cancelled_by_death(events: list[Any]) -> bool:
    return bool(events) and events[-1].detail.get("because") == _BECAUSE


def _tell_the_chart(patient: Patient, on: date | None, by: User | None, *, lives: bool = False) -> None:
    """A new version of the Patient resource says the same."""
    entry = patient.entries.filter(kind="Patient", replaced_at__isnull=True).order_by("pk").first()
    if entry is None:
        return
    said: Resource = {name: value for name, value in msgspec.json.decode(entry.content).items()
                      if not name.startswith("deceased")}  # fmt: skip
    if not lives:
        said |= {"deceasedDateTime": on.isoformat()} if on else {"deceasedBoolean": True}
    write(patient, [Received(said, entry.full_url)], source="the clinic", by=by)
