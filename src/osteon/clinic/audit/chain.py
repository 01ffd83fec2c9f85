"""Does a chain of entries still say what it said? The arithmetic alone: no database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

START = "0" * 64
"""What stands before the first entry."""


def linked(previous: str, content: dict[str, Any]) -> str:
    """The hash of an entry: SHA-256, hexadecimal, over the hash before it and its content as canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def first_break(entries: Iterable[tuple[int, str, str, dict[str, Any]]], *, before: str = START) -> int | None:
    """The number of the first entry that does not follow from the one before; None where the whole chain holds.

    Each entry is its number, the previous hash and its own hash as they are stored, and its content. Numbers run
    without a gap.
    """
    last: int | None = None
    for number, previous, own, content in entries:
        if previous != before or own != linked(before, content) or (last is not None and number != last + 1):
            return number
        before, last = own, number
    return None
