"""What is asked of a server, what does it answer, and how far has it come?

The state lies beside the files of an export, so that who was cut off goes on; it never holds a token.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from osteon.chart.fhir.readers import READERS
from osteon.panel.bulk_client_errors import BulkError
from osteon.panel.bulk_client_files import OWN_EYES_ONLY

STATE = "export.state"
TYPES = tuple(sorted(READERS))
"""The types of resources that the program reads."""


class Asked(Struct, frozen=True):
    """What is asked for: the address with its parameters; everything that tells one export from another."""

    url: str
    types: tuple[str, ...] = TYPES
    since: str = ""
    type_filters: tuple[str, ...] = ()

    def full_url(self, types: Collection[str]) -> str:
        """The address of the kick-off for these types of resources."""
        asked = [("_type", ",".join(types))] if types else []
        asked += [("_since", self.since)] if self.since else []
        asked += [("_typeFilter", each) for each in self.type_filters]
        asked += [("_outputFormat", "application/fhir+ndjson")]
        return f"{self.url}?{urlencode(asked)}"

    @property
    def base(self) -> str:
        """The address of the server's FHIR, where its SMART configuration is found."""
        path = self.url.partition("/$export")[0]
        head, slash, last = path.rpartition("/")
        if last == "Patient":
            return head
        return head.removesuffix("/Group") if slash and head.endswith("/Group") else path


def export_url(base: str, group: str = "", *, everything: bool = False) -> str:
    """The address of the export: of a group, of all patients, or (`everything`) of the whole server."""
    base = base.rstrip("/")
    if base.endswith("$export"):
        return base
    place = f"/Group/{group}" if group else "" if everything else "/Patient"
    return f"{base}{place}/$export"


class Entry(Struct):
    """A file that the manifest names."""

    url: str
    type: str = ""
    count: int | None = None


class _Link(Struct):
    relation: str = ""
    url: str = ""


class _Offered(Struct):
    type: str = ""


class _Rest(Struct):
    resource: list[_Offered] = []


class Capabilities(Struct):
    """What a server says that it can do, as far as it is read."""

    rest: list[_Rest] = []

    @property
    def types(self) -> set[str]:
        """The types of resources that it has."""
        return {each.type for rest in self.rest for each in rest.resource}


class Manifest(Struct):
    """What a finished export consists of, or one page of it."""

    transaction_time: str = msgspec.field(default="", name="transactionTime")
    requires_access_token: bool = msgspec.field(default=True, name="requiresAccessToken")
    output: list[Entry] = []
    deleted: list[Entry] = []
    error: list[Entry] = []
    outcome: list[Entry] = []
    link: list[_Link] = []


class File(Struct, frozen=True):
    """A file that came: its name in the folder, its type, how many bytes, how many resources the server counted."""

    name: str
    type: str
    size_bytes: int
    count: int | None = None


class State(Struct):
    """How far an export has come. `status_url` is empty before it is accepted and after it is finished."""

    asked: Asked
    status_url: str = ""
    transaction_time: str = ""
    files: dict[str, File] = {}
    is_finished: bool = False


def known(asked: Asked, folder: Path) -> State:
    """The state of an export in a folder, new or as it was left. Raises `BulkError` where it holds another one."""
    file = folder / STATE
    if not file.exists():
        return State(asked)
    try:
        state = msgspec.json.decode(file.read_bytes(), type=State)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        message = f"{file}: not the state of an export; fetch into another folder"
        raise BulkError(message) from error
    if state.asked != asked:
        message = f"{folder}: holds another export ({STATE} says which); fetch into another folder"
        raise BulkError(message)
    return state


def save(state: State, folder: Path) -> None:
    """Write the state, whole or not at all."""
    new = folder / f"{STATE}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWN_EYES_ONLY), "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(state)))
    new.replace(folder / STATE)
