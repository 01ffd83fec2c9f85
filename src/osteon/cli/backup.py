"""Take a backup of the clinic while it works."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.answers import print_json, say
from osteon.cli.asking import AsJson
from osteon.cli.clinic import clinic
from osteon.cli.exits import mistakes_of_the_user
from osteon.cli.main import new_app

app = new_app("Copy the whole clinic into one file while it works, and verify the copy.")

Target = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="The file to write; a new one under OSTEON_DATA if not given.")
]


@app.command()
def backup(file: Target = None, as_json: AsJson = False) -> None:
    """Copy the whole clinic into one file while it works: database, files and keys, verified with their sums.

    The file holds patients' data: keep it as safe as the clinic itself.
    """
    with clinic():
        from django.conf import settings

        from osteon.clinic.ops.backup import BackupError, back_up

        moment = datetime.now().astimezone()
        target = file or settings.DATA / "backups" / f"osteon-{moment:%Y%m%d-%H%M%S}.tar"
        with mistakes_of_the_user(BackupError, OSError):
            taken = back_up(target)
    if as_json:
        print_json(taken)
    else:
        say(f"Wrote {taken.file}: {taken.bytes / 1e6:.1f} MB, the {taken.database} database and {taken.files} files.")
