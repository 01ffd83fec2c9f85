"""How states, dates and notes of a plan are said on a page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from osteon.chart.types import When
from osteon.knowledge.types import Verified
from osteon.report.words import VERIFIED, Sign, day
from osteon.report.words import sentence as as_sentence

register = template.Library()

_CLASS = {"good": "good", "bad": "bad", "warn": "wait", "open": "wait"}


@register.filter
def tone(sign: Sign) -> str:
    """The colour of a sign."""
    return _CLASS.get(sign.tone, "")


@register.filter
def verified_sign(name: str) -> Sign:
    """How well something is known: an icon and a word."""
    return VERIFIED[Verified(name)]


@register.filter
def full_sentence(words: str) -> str:
    """A capital at the front and a full stop at the end."""
    return as_sentence(words)


@register.filter
def when(moment: When | None) -> str:
    """A day as people say it; a part of a date as it was given."""
    if moment is None:
        return "day not known"
    return day(moment.earliest) if moment.is_exact else str(moment)


@register.filter
def drawn(picture: str) -> SafeString:
    """A picture that this program has drawn, as part of the page."""
    return mark_safe(picture) if picture.startswith("<svg ") else mark_safe("")  # noqa: S308 - from our own worker
