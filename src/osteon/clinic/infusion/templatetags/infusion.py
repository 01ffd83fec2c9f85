"""How a session is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from osteon.clinic.infusion.alarms import CALLED
from osteon.clinic.infusion.correcting import CORRECTABLE
from osteon.pathway.session.state import Phase
from osteon.pathway.session.watch import Urgency

register = template.Library()

_PHASES = {
    Phase.EXPECTED: ("", "○ expected"),
    Phase.PREPARING: ("wait", "◔ preparing"),
    Phase.RUNNING: ("good", "▶ running"),
    Phase.PAUSED: ("wait", "⏸ paused"),
    Phase.STOPPED: ("bad", "■ stopped"),
    Phase.OBSERVING: ("info", "◉ observing"),
    Phase.DISCHARGED: ("", "↗ gone home"),
    Phase.NOT_GIVEN: ("bad", "✘ not given"),
    Phase.CLOSED: ("", "✔ closed"),
}
_URGENCIES = {Urgency.LOOK: "Look", Urgency.URGENT: "Urgent", Urgency.EMERGENCY: "Emergency"}


@register.filter
def phase_class(phase: Phase) -> str:
    """The colour of a phase."""
    return _PHASES[phase][0]


@register.filter
def phase_words(phase: Phase) -> str:
    """The icon and the words of a phase."""
    return _PHASES[phase][1]


@register.filter
def urgency_words(urgency: Urgency) -> str:
    """How urgent an alarm is."""
    return _URGENCIES[urgency]


@register.filter
def named(key: str, names: dict[str, str]) -> str:
    """The name of a person by the key that an event carries."""
    return names.get(key, key)


@register.filter
def called(level: int) -> str:
    """Whom an alarm of this level has called."""
    return CALLED[level]


@register.filter
def zipped(values: Iterable[Any], others: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Two lists side by side."""
    return list(zip(values, others, strict=True))


@register.filter
def told_with(lines: Iterable[Any], events: Iterable[Any]) -> list[tuple[Any, Any]]:
    """The lines of a record with their events, the latest first."""
    return list(zip(lines, events, strict=True))[::-1]


@register.filter
def can_be_corrected(event: object) -> bool:
    """May somebody say that this event was wrong?"""
    return isinstance(event, CORRECTABLE)
