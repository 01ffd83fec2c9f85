"""Check the clinic's audit log."""

from __future__ import annotations

import typer

from osteon.cli.answers import print_json, print_text
from osteon.cli.asking import AsJson
from osteon.cli.clinic import clinic
from osteon.cli.exits import ExitCode
from osteon.cli.main import new_app

app = new_app("Check that the clinic's audit log still says what it said.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Check that the clinic's audit log still says what it said."""


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Walk the chain of the audit log and of every session, and hold it against the signed anchors.

    Ends with 1 when something was changed, removed or cut off, and says what.
    """
    with clinic():
        from osteon.clinic.audit.verify import verify as walk

        verdict = walk()
    if as_json:
        print_json(verdict)
    else:
        print_text(verdict.sentence)
    raise typer.Exit(ExitCode.DONE if verdict.holds else ExitCode.CHECK_FAILED)
