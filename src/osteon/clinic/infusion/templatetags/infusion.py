"""How a session is said."""

from __future__ import annotations

from django import template

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
