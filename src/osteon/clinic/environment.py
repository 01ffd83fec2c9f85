"""What does the environment say? Each setting by name, with a mistake named in words."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


class Environment:
    """The settings as the environment gives them. Raises `ImproperlyConfigured` for one that makes no sense."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def text(self, name: str, *, default: str) -> str:
        """A setting as it stands."""
        return self._variables.get(name, default)

    def words(self, name: str, *, default: list[str]) -> list[str]:
        """Words with commas between them."""
        given = self._variables.get(name)
        return default if given is None else [word.strip() for word in given.split(",") if word.strip()]

    def flag(self, name: str, *, default: bool) -> bool:
        """`1` or `0`."""
        given = self._variables.get(name, "").strip()
        if given not in ("", "0", "1"):
            message = f"{name}: write 1 or 0, not {given!r}"
            raise ImproperlyConfigured(message)
        return default if not given else given == "1"

    def number(self, name: str, *, default: int) -> int:
        """A whole number, 0 or more."""
        given = self._variables.get(name, "").strip()
        if given and not given.isdecimal():
            message = f"{name}: write a whole number, not {given!r}"
            raise ImproperlyConfigured(message)
        return int(given) if given else default

    def folder(self, name: str, *, default: Path) -> Path:
        """A folder, as an absolute path; made by whoever writes into it first."""
        return Path(self._variables.get(name) or default).absolute()

    def file(self, name: str, *, default: Path) -> Path:
        """A file, as an absolute path."""
        return self.folder(name, default=default)

    def time_zone(self, name: str, *, default: str) -> str:
        """The name of a time zone, such as Europe/Berlin."""
        given = self._variables.get(name) or default
        try:
            ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"{name}: no time zone {given!r}; write one such as Europe/Berlin"
            raise ImproperlyConfigured(message) from error
        return given

    def secret(self, name: str, *, kept_in: Path) -> str:
        """A secret; where none is given one is made, once, and kept in a file that only its owner may read."""
        given = self._variables.get(name)
        if given:
            return given
        if not kept_in.exists():
            kept_in.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            kept_in.touch(mode=0o600)
            kept_in.write_text(secrets.token_urlsafe(50), "utf-8")
        return kept_in.read_text("utf-8").strip()

    def database(self, name: str, *, default: Path) -> dict[str, Any]:
        """Where the data are kept: an embedded SQLite file, or what the address says (postgres://…)."""
        address = self._variables.get(name) or f"sqlite:///{default}"
        try:
            database: dict[str, Any] = dict(dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True))
        except (ValueError, KeyError) as error:
            message = (
                f"{name}: not the address of a database; write sqlite:///FILE or postgres://USER:PASSWORD@HOST/NAME"
            )
            raise ImproperlyConfigured(message) from error
        if database["ENGINE"].endswith("sqlite3"):
            Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
            database["OPTIONS"] = dict(_SQLITE)
        return database


_SQLITE = {
    # A change is on the disk before anybody is told that it was made (FULL), readers never wait for the writer (WAL),
    # and a transaction that writes says so at its start (IMMEDIATE), so that two of them wait instead of failing.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
}
