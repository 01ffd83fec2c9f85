"""What is done once a day, before the first patient comes."""

from __future__ import annotations

from datetime import date

from osteon.clinic.ops.models import Morning


def start_day(on: date) -> bool:
    """Ask the worker for the morning's work of a day; False where that was done before."""
    from osteon.clinic.audit.anchor import anchor
    from osteon.clinic.today.morning import each_morning

    _, is_new = Morning.objects.get_or_create(day=on)
    if is_new:
        anchor()
        each_morning.enqueue(on.isoformat())
    return is_new
