"""What is done once a day, before the first patient comes."""

from __future__ import annotations

from datetime import date, timedelta

from osteon.clinic.ops.models import Morning


def start_day(on: date) -> bool:
    """Ask the worker for the morning's work of a day; False where that was done before."""
    from osteon.clinic.audit.anchor import anchor
    from osteon.clinic.daypack.make import keep_day_pack
    from osteon.clinic.today.morning import each_morning

    _, is_new = Morning.objects.get_or_create(day=on)
    if is_new:
        anchor()
        each_morning.enqueue(on.isoformat())
        for day in (on, on + timedelta(days=1)):
            keep_day_pack.enqueue(day.isoformat())
    return is_new
