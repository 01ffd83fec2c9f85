"""The same answers, typed: the command line."""

from osteon.cli.main import main

__all__ = ["main"]
