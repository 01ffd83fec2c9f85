"""Write the reference of the command line from the commands themselves.

    python tools/reference.py > docs/reference/command-line.md

A test holds the page against this output, so that no command or option is missing from it.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from osteon.cli.main import COMMANDS, app

HEAD = """\
# The command line

Written by `tools/reference.py` from the commands themselves. Data goes to stdout, words to stderr. `-` is stdin.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | a check failed (`osteon knowledge check`) |
| 2 | usage |
| 3 | blocked: not ready, or what was asked for is contraindicated |
| 4 | cannot tell: something is missing |
| 10 | bad input |

| environment variable | meaning |
| --- | --- |
| `OSTEON_SETTINGS` | a file with the clinic's own values for program defaults, as with `--settings` |
| `OSTEON_MAX_DOCUMENT_MB` | how large one document may be (256); NDJSON streams have no limit |
"""


def reference() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    context = _context(root, "osteon", None)
    parts = [HEAD]
    for name in COMMANDS:
        parts += _page(root.get_command(context, name), f"osteon {name}", context)
    return "\n".join(parts)


def _context(command: Any, name: str, parent: Any) -> Any:
    return command.context_class(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)


def _page(command: Any, path: str, parent: Any) -> list[str]:
    context = _context(command, path.split()[-1], parent)
    parts = [f"## `{path}`\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            parts += _page(command.get_command(context, name), f"{path} {name}", context)
    return parts


if __name__ == "__main__":
    sys.stdout.write(reference())
