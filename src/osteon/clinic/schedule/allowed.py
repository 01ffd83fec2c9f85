"""When may this visit be, as far as she, her drug and the clinic's hours go? Other patients are not asked here."""

from __future__ import annotations

from datetime import date

from osteon.clinic.schedule.grid import GRID_MINUTES, SLOTS, clock_time, complement, inside
from osteon.clinic.schedule.types import Chair, Clinic, Refusal, Refused, Visit

_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def date_refusals(visit: Visit, clinic: Clinic, on: date) -> list[Refusal]:
    """Why can it not be on this date at all? Nothing where it can."""
    window, found = visit.window, []
    if on in clinic.holidays:
        found.append(Refusal(Refused.HOLIDAY, f"The clinic has a holiday on {on}."))
    elif not any(hours.weekday == on.weekday() for hours in clinic.hours):
        found.append(Refusal(Refused.CLOSED, f"The clinic is closed on {_WEEKDAYS[on.weekday()]}."))
    if window.is_earliest_hard and window.earliest is not None and on < window.earliest:
        found.append(
            Refusal(Refused.TOO_EARLY, f"The plan allows {visit.label} from {window.earliest} on, not on {on}.")
        )
    if window.is_latest_hard and window.latest is not None and on > window.latest:
        found.append(Refusal(Refused.TOO_LATE, f"The plan allows {visit.label} until {window.latest}, not on {on}."))
    if visit.wishes.weekdays and on.weekday() not in visit.wishes.weekdays:
        days = " or ".join(_WEEKDAYS[weekday] for weekday in sorted(visit.wishes.weekdays))
        found.append(Refusal(Refused.WEEKDAY, f"The patient can come on {days} only."))
    return found


def allows(visit: Visit, clinic: Clinic, on: date) -> bool:
    """Whether the date is allowed."""
    return not date_refusals(visit, clinic, on)


def allowed_starts(visit: Visit) -> int:
    """From which slots may it start, as far as the patient's own day goes? A set of slots."""
    wishes = visit.wishes
    earliest = max(wishes.not_before or 0, wishes.comes_at or 0)
    latest_leaving = 24 * 60 if wishes.gone_by is None else wishes.gone_by
    return inside(earliest, max(earliest, latest_leaving - visit.phases.in_care + GRID_MINUTES))


def patient_refusal(visit: Visit, start: int) -> Refusal | None:
    """Which of her own times speaks against this start?"""
    wishes = visit.wishes
    if wishes.not_before is not None and start < wishes.not_before:
        words = f"The patient cannot start before {clock_time(wishes.not_before)}."
        return Refusal(Refused.PATIENT_TIME, words, wishes.not_before)
    if wishes.comes_at is not None and start < wishes.comes_at:
        words = f"The patient comes at {clock_time(wishes.comes_at)} only."
        return Refusal(Refused.PATIENT_TIME, words, wishes.comes_at)
    leaves = start + visit.phases.in_care
    if wishes.gone_by is not None and leaves > wishes.gone_by:
        words = (
            f"The patient has to leave by {clock_time(wishes.gone_by)}, and this would last until {clock_time(leaves)}."
        )
        return Refusal(Refused.PATIENT_TIME, words)
    return None


def feature_refusal(visit: Visit, chair: Chair) -> Refusal | None:
    """Which feature does this chair lack?"""
    lacking = sorted(visit.features - chair.features)
    if not lacking:
        return None
    return Refusal(Refused.FEATURE, f"Chair {chair.id} has no {' and no '.join(lacking)}, which this visit needs.")


def places(visit: Visit, clinic: Clinic) -> list[int]:
    """Which chairs have what it needs? Indices, plain chairs before those with features that it does not need."""
    fitting = [index for index, chair in enumerate(clinic.chairs) if visit.features <= chair.features]
    return sorted(fitting, key=lambda index: (len(clinic.chairs[index].features), index))


def room_below(capacity: tuple[int, ...], load: list[int], opened: int) -> int:
    """In which slots is there room for one more? A set of slots within those that are open."""
    full = 0
    for slot in range(SLOTS):
        if load[slot] >= capacity[slot]:
            full |= 1 << slot
    return opened & complement(full)
