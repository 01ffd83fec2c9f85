"""Visits as events of a calendar (RFC 5545): when and in which chair, with no name and no clinical word."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

import osteon
from osteon.clinic.booking.models import Visit


def calendar_of(visits: Iterable[Visit], *, words: str, with_chair: bool) -> bytes:
    """The visits that have a time, each with the number of its changes; one that was called off says so.

    Times carry the clinic's zone, so that daylight saving is the calendar program's business and right.
    """
    made = Calendar()
    made.add("prodid", f"-//Osteon {osteon.__version__}//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", settings.CLINIC_NAME)
    for visit in visits:
        if visit.starts_at is not None:
            made.add_component(_event(visit, words, with_chair=with_chair))
    made.add_missing_timezones()
    content: bytes = made.to_ical()
    return content


def _event(visit: Visit, words: str, *, with_chair: bool) -> Event:
    event = Event()
    event.add("uid", f"{visit.pk}@osteon")
    chair = f", {visit.chair.name}" if with_chair and visit.chair else ""
    event.add("summary", f"{words}{chair}")
    event.add("dtstart", timezone.localtime(visit.starts_at))
    event.add("dtend", timezone.localtime(visit.ends_at))
    event.add("dtstamp", visit.changed_at)
    event.add("last-modified", visit.changed_at)
    event.add("sequence", visit.version)
    is_off = visit.state in (Visit.State.CANCELLED, Visit.State.NO_SHOW)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event
