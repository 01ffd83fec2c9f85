"""Put a backup of the clinic back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.answers import print_json, say
from osteon.cli.asking import AsJson
from osteon.cli.clinic import clinic
from osteon.cli.exits import ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app

app = new_app("Put a backup back, and verify its audit log.")

Source = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `osteon backup` wrote.", exists=True)]


@app.command()
def restore(file: Source, as_json: AsJson = False) -> None:
    """Put a backup back in place of what is there, which is moved aside (SQLite) or replaced (PostgreSQL).

    Stop the server first. Ends with 1 when the audit log of the restored clinic does not hold.
    """
    with clinic():
        from osteon.clinic.ops.backup import BackupError
        from osteon.clinic.ops.backup import restore as put_back

        with mistakes_of_the_user(BackupError, OSError):
            verdict = put_back(file)
    if as_json:
        print_json(verdict)
    else:
        say(f"Restored {file}. {verdict.sentence}")
    raise typer.Exit(ExitCode.DONE if verdict.holds else ExitCode.CHECK_FAILED)
