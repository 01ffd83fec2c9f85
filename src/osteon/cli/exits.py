"""With which code does the program end, and how does it say that an input is wrong?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    """What did the program come to? Scripts may rely on these."""

    DONE = 0
    CHECK_FAILED = 1
    USAGE = 2
    BLOCKED = 3
    CANNOT_TELL = 4
    BAD_INPUT = 10


class BadInputError(Exception):
    """An input cannot be used. The message says which, what is wrong with it, and how to mend it."""


@contextmanager
def mistakes_of_the_user(*errors: type[Exception]) -> Iterator[None]:
    """Turn these errors of the rooms below into a plain sentence: a user's mistake has no traceback."""
    try:
        yield
    except errors as error:
        raise BadInputError(str(error)) from error
