"""How fast, how long, how much has run? The arithmetic of an infusion."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct


class Stretch(Struct, frozen=True):
    """From when to when did it run at one rate (mL/h)? `until` None: it runs now."""

    since: datetime
    rate_ml_h: float
    until: datetime | None = None

    def minutes(self, now: datetime) -> float:
        """For how many minutes has it run at this rate?"""
        return max((min(self.until or now, now) - self.since).total_seconds(), 0.0) / 60


def ml_per_h(volume_ml: float, minutes: float) -> float:
    """The rate that runs a volume in so many minutes. Raises ValueError for a time of 0 or less."""
    if minutes <= 0:
        message = f"an infusion takes some time, not {minutes:g} minutes"
        raise ValueError(message)
    return volume_ml / minutes * 60


def drops_per_min(rate_ml_h: float, drops_per_ml: float) -> int:
    """The drops a minute of a rate, with a set of so many drops a mL, rounded to the nearest whole."""
    return round(rate_ml_h * drops_per_ml / 60)


def volume_run(stretches: tuple[Stretch, ...], now: datetime) -> float:
    """How many mL have run by now, by rate and time? What the scale or the pump says goes before it."""
    return sum(each.rate_ml_h * each.minutes(now) / 60 for each in stretches)


def minutes_run(stretches: tuple[Stretch, ...], now: datetime) -> float:
    """For how many minutes has anything run?"""
    return sum(each.minutes(now) for each in stretches if each.rate_ml_h > 0)


def minutes_left(volume_ml: float, stretches: tuple[Stretch, ...], now: datetime) -> float | None:
    """How many minutes until the volume has run, at today's rate; None where nothing runs."""
    if not stretches or stretches[-1].until is not None or stretches[-1].rate_ml_h <= 0:
        return None
    return max(volume_ml - volume_run(stretches, now), 0.0) / stretches[-1].rate_ml_h * 60


def empty_at(volume_ml: float, stretches: tuple[Stretch, ...]) -> datetime | None:
    """When has the volume run, at today's rate; None where nothing runs."""
    if not stretches or stretches[-1].until is not None or stretches[-1].rate_ml_h <= 0:
        return None
    last = stretches[-1]
    left = max(volume_ml - volume_run(stretches[:-1], last.since), 0.0)
    return last.since + timedelta(hours=left / last.rate_ml_h)
