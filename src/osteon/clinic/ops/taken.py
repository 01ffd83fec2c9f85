"""A backup that was taken, as it is told."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Taken(Struct, frozen=True, kw_only=True):
    """A backup that was taken: where, how large, what is in it."""

    file: str
    bytes: int
    database: str
    files: int
    taken_at: datetime
