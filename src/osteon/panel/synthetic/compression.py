"""How are the files of an export packed?"""

from __future__ import annotations

from enum import StrEnum


class Compression(StrEnum):
    """How are the files packed?"""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"
