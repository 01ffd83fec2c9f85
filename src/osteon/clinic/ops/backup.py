"""Take a copy of the whole clinic while it works, verify it, and put it back.

A backup is one tar file: the database (SQLite's own online copy, or pg_dump's), the clinic's files, and a list of
SHA-256 sums. It holds patients' data and keys: keep it as safe as the clinic itself.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

import osteon
from osteon.clinic.audit.verdict import Verdict
from osteon.clinic.audit.verify import verify
from osteon.clinic.ops.taken import Taken

_LIST = "contents.json"
_DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_LEFT_OUT = ("static", "backups", "osteon.sqlite3", "osteon.sqlite3-wal", "osteon.sqlite3-shm")
"""What stands in the clinic's folder and is no file of its own: the database is copied in its own way."""


class BackupError(Exception):
    """A backup could not be taken or put back. The message says why; what was there before is untouched."""


def back_up(target: Path) -> Taken:
    """Copy the clinic into one file while it goes on working, and read the copy once more. Raises `BackupError`."""
    if target.exists():
        message = f"{target} is there already; a backup never overwrites another"
        raise BackupError(message)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".osteon-backup-") as name:
        folder = Path(name)
        database = folder / _DATABASES[connection.vendor]
        _copy_database(database)
        _copy_files(folder / "files")
        sums = {path.relative_to(folder).as_posix(): _sum(path) for path in _files(folder)}
        about = {"osteon": osteon.__version__, "taken_at": datetime.now(UTC).isoformat(), "sha256": sums}
        (folder / _LIST).write_text(json.dumps(about, indent=1), "utf-8")
        written = folder.parent / f"{folder.name}.tar"
        with tarfile.open(written, "w") as archive:
            for path in sorted(_files(folder)):
                archive.add(path, path.relative_to(folder).as_posix())
    written.chmod(0o600)
    with tempfile.TemporaryDirectory(dir=target.parent) as again:
        _unpack(written, Path(again))
    written.rename(target)
    return Taken(
        file=str(target),
        bytes=target.stat().st_size,
        database=connection.vendor,
        files=len(sums) - 1,
        taken_at=datetime.now(UTC),
    )


def restore(source: Path) -> Verdict:
    """Put a backup back in place of what is there, which is moved aside; returns what the audit log says of itself.

    The server must not be running. Raises `BackupError` for a file that is no whole backup, or one of another kind of
    database than this clinic's; then nothing was changed.
    """
    with tempfile.TemporaryDirectory(prefix="osteon-restore-") as name:
        folder = Path(name)
        _unpack(source, folder)
        database = folder / _DATABASES[connection.vendor]
        if not database.exists():
            message = (
                f"{source.name} is not a backup of a {connection.vendor} database; set OSTEON_DATABASE_URL to match"
            )
            raise BackupError(message)
        connection.close()
        _put_back(database)
        shutil.copytree(folder / "files", settings.DATA, dirs_exist_ok=True)
    return verify()


def _copy_database(target: Path) -> None:
    if connection.vendor == "postgresql":
        _run(["pg_dump", "--format=custom", f"--file={target}"])
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            message = "the copy of the database is damaged; the disk may be failing"
            raise BackupError(message)


def _put_back(database: Path) -> None:
    if connection.vendor == "postgresql":
        _run(["pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", str(database)], name=True)
        return
    here = Path(connection.settings_dict["NAME"])
    aside = here.with_name(f"{here.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    for ending in ("", "-wal", "-shm"):
        if (there := here.with_name(here.name + ending)).exists():
            there.rename(aside.with_name(aside.name + ending))
    here.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(database, here)


def _run(command: list[str], *, name: bool = False) -> None:
    """Run one of PostgreSQL's own programs on this clinic's database."""
    given: dict[str, Any] = connection.settings_dict
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PGHOST": str(given["HOST"] or ""),
        "PGPORT": str(given["PORT"] or ""),
        "PGUSER": str(given["USER"] or ""),
        "PGPASSWORD": str(given["PASSWORD"] or ""),
        "PGDATABASE": str(given["NAME"]),
    }
    environment = {key: value for key, value in environment.items() if value}
    if name:
        command = [*command[:-1], f"--dbname={given['NAME']}", command[-1]]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError as error:
        message = f"{command[0]} is not installed; it comes with PostgreSQL's client programs"
        raise BackupError(message) from error
    except subprocess.CalledProcessError as error:
        message = f"{command[0]} failed: {error.stderr.strip().splitlines()[-1] if error.stderr.strip() else error}"
        raise BackupError(message) from error


def _copy_files(target: Path) -> None:
    target.mkdir()
    for path in settings.DATA.iterdir() if settings.DATA.exists() else ():
        if path.name in _LEFT_OUT or ".before-restore-" in path.name or path.name.startswith(".osteon-backup-"):
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy2(path, target / path.name)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _unpack(source: Path, folder: Path) -> None:
    """Unpack a backup and hold every file against its sum. Raises `BackupError`."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        about = json.loads((folder / _LIST).read_text("utf-8"))
    except (OSError, tarfile.TarError, ValueError) as error:
        message = f"{source.name} is not a whole backup of Osteon: {error}"
        raise BackupError(message) from error
    for name, expected in about["sha256"].items():
        if not (folder / name).is_file() or _sum(folder / name) != expected:
            message = f"{source.name} is damaged: {name} is not as it was when the backup was taken"
            raise BackupError(message)
    (folder / "files").mkdir(exist_ok=True)
