"""How does an answer leave the program? Data on stdout, words on stderr."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from osteon.pathway.on_request import plain


def print_json(answer: Any) -> None:
    """Write an answer to stdout as JSON, by the schema that `osteon schema` prints."""
    print_text(msgspec.json.format(msgspec.json.encode(answer, enc_hook=plain), indent=2).decode())


def print_text(text: str) -> None:
    """Write text to stdout."""
    sys.stdout.write(f"{text}\n")


def say(words: str) -> None:
    """Write words to stderr: progress, advice, what went wrong."""
    sys.stderr.write(f"{words}\n")


def read_stdin() -> bytes:
    """What comes in by the pipe, where a command was given `-`."""
    return sys.stdin.buffer.read()
