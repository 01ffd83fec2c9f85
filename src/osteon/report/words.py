"""How the program speaks: the words, icons and marks that every report shares."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from osteon.knowledge.types import Severity, Verified
from osteon.pathway.gate import Readiness
from osteon.pathway.options import Standing
from osteon.pathway.truth import Truth


class Sign(Struct, frozen=True):
    """A state for the eye and the ear: always an icon, a word and a tone (which a page turns into a colour)."""

    icon: str
    word: str
    tone: str


TRUTH = {
    Truth.YES: Sign("✔", "yes", "good"),
    Truth.NO: Sign("✘", "no", "plain"),
    Truth.CANNOT_TELL: Sign("?", "cannot tell", "open"),
}

READINESS = {
    Readiness.READY: Sign("✔", "ready", "good"),
    Readiness.NOT_READY: Sign("✘", "not ready", "bad"),
    Readiness.CANNOT_TELL: Sign("?", "cannot tell", "open"),
}

STANDING = {
    Standing.RECOMMENDED: Sign("★", "recommended", "good"),
    Standing.SUITABLE: Sign("✔", "suitable", "good"),
    Standing.CAUTION: Sign("▲", "caution", "warn"),
    Standing.CANNOT_TELL: Sign("?", "cannot tell", "open"),
    Standing.BLOCKED: Sign("✘", "blocked", "bad"),
}

VERIFIED = {
    Verified.SOURCE: Sign("●", "read at the source", "plain"),
    Verified.RECALLED: Sign("◐", "recalled, to be checked against the source", "warn"),
    Verified.DESIGN: Sign("○", "a default of this program", "warn"),
}

CHECK = {
    (Severity.STOP, Truth.YES): Sign("✘", "stop", "bad"),
    (Severity.HOLD, Truth.YES): Sign("■", "hold", "warn"),
    (Severity.ADVISE, Truth.YES): Sign("▲", "note", "warn"),
}


def check(severity: Severity, verdict: Truth) -> Sign:
    """The sign of one check of a gate: what holds, what cannot be told, what is clear."""
    if verdict is Truth.CANNOT_TELL:
        return Sign("?", "find out", "open")
    return CHECK.get((severity, verdict), Sign("✔", "clear", "good"))


def day(when: date | None) -> str:
    """A date as people say it: 4 December 2026."""
    return f"{when.day} {when:%B %Y}" if when else ""


def counted(number: int, thing: str) -> str:
    """So many of a thing: 1 check, 3 checks, 2 allergies."""
    several = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else several}"


def listed(words: list[str] | tuple[str, ...], join: str = "and") -> str:
    """A list in words: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {join} {words[-1]}"


def sentence(words: str) -> str:
    """A capital at the front and a full stop at the end."""
    words = words.strip()
    return words if not words else words[0].upper() + words[1:] + ("" if words.endswith((".", "!", "?", ":")) else ".")
