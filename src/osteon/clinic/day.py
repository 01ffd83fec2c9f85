"""From when to when is a day, on the clinic's own clock?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def bounds(on: date) -> tuple[datetime, datetime]:
    """The first moment of a day and the first of the next; 23 or 25 hours apart where the clock is set."""
    return _midnight(on), _midnight(on + timedelta(days=1))


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
