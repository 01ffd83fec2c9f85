"""Ask a server for the charts of all its patients, and bring them into a folder: FHIR Bulk Data Access, `$export`.

Kick-off, waiting, files (Bulk Data Access IG 2.0). The state of the export lies beside its files, so that whoever was
cut off says the same command again and goes on; it never holds a token.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

import msgspec
from msgspec import Struct

from osteon.panel.bulk_client_errors import BulkError, is_transient, issues_of
from osteon.panel.bulk_client_files import Gone, download
from osteon.panel.bulk_client_http import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    PASSING,
    Answer,
    Clock,
    Http,
    check_url,
    host,
    refusal,
)
from osteon.panel.bulk_client_state import TYPES, Asked, Capabilities, Entry, File, Manifest, State, known, save
from osteon.panel.bulk_client_token import Tokens

if TYPE_CHECKING:
    from osteon.panel.bulk_client_signing import Signer

PATIENCE_S = 24 * 3600.0
"""Program default: how long a server may take to prepare the files."""
_ASKED_AGAIN = 5
_FOLDERS = {"output": "", "deleted": "deleted", "error": "errors"}


class Fetched(Struct, frozen=True):
    """What an export brought.

    `transaction_time` is the instant up to which it tells: the next export's `--since`. `issues` counts what the
    server could not export by severity and code; `deleted` counts the files that list what was deleted since.
    """

    folder: str
    transaction_time: str
    files: tuple[File, ...]
    issues: dict[str, int]
    deleted: int = 0


class Told(NamedTuple):
    """Where words on the way go: what the server says of its progress, and each file that came."""

    progress: Callable[[str], None] = lambda _: None
    file: Callable[[File], None] = lambda _: None


class Export:
    """One export into one folder. Raises `BulkError` where the folder holds another one."""

    def __init__(
        self,
        asked: Asked,
        folder: Path,
        signer: Signer | None,
        *,
        token_url: str = "",
        scope: str = "",
        clock: Clock | None = None,
        told: Told | None = None,
    ) -> None:
        check_url(asked.url, has_secret=signer is not None)
        self._folder = folder
        self._told = told or Told()
        self._http = Http(clock or Clock())
        self._tokens = Tokens(self._http, asked.base, signer, token_url=token_url, scope=scope) if signer else None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._state = known(asked, folder)

    def run(self, patience_s: float = PATIENCE_S) -> Fetched:
        """Bring the export to its end: from the start, or from where it was cut off."""
        state = self._state
        if not state.is_finished:
            if not state.status_url:
                self._kick_off()
            for kind, number, entry, has_token in self._entries(patience_s):
                self._fetch(kind, number, entry, has_token, patience_s)
            self._finish()
        return self._fetched()

    # --- kick-off and waiting -----------------------------------------------------------------------------------------

    def _kick_off(self) -> None:
        what = "asking for the export"
        headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
        answer = self._ask(self._state.asked.full_url(self._types()), headers, what)
        if answer.status != 202:
            raise refusal(answer, what)
        place = answer.headers.get("Content-Location")
        if not place:
            message = f"{what}: the server accepted it and did not say where to ask on (no Content-Location)"
            raise BulkError(message)
        status_url = urljoin(self._state.asked.url, place)
        check_url(status_url, has_secret=self._tokens is not None)
        self._state.status_url = status_url
        self._save()

    def _types(self) -> tuple[str, ...]:
        """The types to ask for: those that were named; else of all that are read those that the server says it has.

        Some servers refuse the whole export for one type that they do not know.
        """
        asked = self._state.asked
        if asked.types != TYPES:
            return asked.types
        answer = self._http.ask(
            f"{asked.base}/metadata", {"Accept": "application/fhir+json"}, what="asking what it has"
        )
        try:
            has = msgspec.json.decode(answer.body, type=Capabilities).types
        except (msgspec.MsgspecError, UnicodeDecodeError):
            has = set()
        return tuple(each for each in TYPES if each in has) or TYPES

    def _manifest(self, url: str, patience_s: float) -> Manifest:
        """The manifest, once the files are ready."""
        what, clock = "asking how far the export is", self._http.clock
        give_up_s, pause_s, left = clock.now_s() + patience_s, FIRST_PAUSE_S, _ASKED_AGAIN
        while True:
            answer = self._ask(url, {"Accept": "application/json"}, what)
            if answer.status == 200:
                return self._decoded(answer.body)
            if answer.status == 202:
                self._told.progress(" ".join((answer.headers.get("X-Progress") or "in progress").split())[:100])
            elif left and (answer.status in PASSING or is_transient(answer.body)):
                left -= 1
            else:
                if answer.status not in (401, 403, *PASSING):
                    self._forget()
                raise refusal(answer, what)
            if clock.now_s() >= give_up_s:
                message = f"the export is not ready after {patience_s / 3600:g} h; say the same command again to go on"
                raise BulkError(message)
            clock.sleep(self._http.wait_s(answer.headers, pause_s))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _decoded(self, body: bytes) -> Manifest:
        try:
            found = msgspec.json.decode(body, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            message = f"{host(self._state.status_url)} sent a manifest that cannot be read: {error}"
            raise BulkError(message) from error
        self._state.transaction_time = self._state.transaction_time or found.transaction_time
        return found

    def _entries(self, patience_s: float) -> list[tuple[str, int, Entry, bool]]:
        """Every file that the manifest names, page after page of it, with its kind and number."""
        url, seen = self._state.status_url, set[str]()
        found: list[tuple[str, int, Entry, bool]] = []
        numbers: Counter[str] = Counter()
        while url and url not in seen:
            seen.add(url)
            page = self._manifest(url, patience_s)
            parts = (("output", page.output), ("deleted", page.deleted), ("error", [*page.error, *page.outcome]))
            for kind, entries in parts:
                for entry in entries:
                    if kind == "error":
                        entry.count = None  # servers count here what failed, not what the file holds
                    name = _safe(entry.type) or kind
                    numbers[f"{kind}/{name}"] += 1
                    found.append((kind, numbers[f"{kind}/{name}"], entry, page.requires_access_token))
            url = next((each.url for each in page.link if each.relation == "next"), "")
        return found

    # --- files --------------------------------------------------------------------------------------------------------

    def _fetch(self, kind: str, number: int, entry: Entry, has_token: bool, patience_s: float) -> None:
        name = f"{_safe(entry.type) or kind}.{number}.ndjson"
        place = f"{_FOLDERS[kind]}/{name}".lstrip("/")
        if place in self._state.files:
            return
        target = self._folder / place
        target.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            came = self._download(entry, target, has_token=has_token)
        except Gone:
            renewed = self._renewed(kind, number, entry, patience_s)
            if renewed.url == entry.url:
                raise
            came = self._download(renewed, target, has_token=has_token)
        file = File(came.relative_to(self._folder).as_posix(), entry.type, came.stat().st_size, entry.count)
        self._state.files[place] = file
        self._save()
        self._told.file(file)

    def _download(self, entry: Entry, target: Path, *, has_token: bool) -> Path:
        def headers(renewed: bool) -> dict[str, str]:
            return self._headers(renewed=renewed) if has_token else {}

        return download(self._http, entry.url, headers, target, count=entry.count)

    def _renewed(self, kind: str, number: int, entry: Entry, patience_s: float) -> Entry:
        """The same file in the manifest as it is now: its address may be new."""
        for found_kind, found_number, found, _ in self._entries(patience_s):
            if (found_kind, found_number, found.type) == (kind, number, entry.type):
                return found
        return entry

    # --- asking -------------------------------------------------------------------------------------------------------

    def _ask(self, url: str, headers: dict[str, str], what: str) -> Answer:
        """Ask with a token; with a new one, if the first is not accepted."""
        answer = self._http.ask(url, {**headers, **self._headers()}, what=what)
        if answer.status == 401 and self._tokens:
            return self._http.ask(url, {**headers, **self._headers(renewed=True)}, what=what)
        return answer

    def _headers(self, *, renewed: bool = False) -> dict[str, str]:
        return self._tokens.header(self._state.asked.types, renewed=renewed) if self._tokens else {}

    # --- the end ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        save(self._state, self._folder)

    def _forget(self) -> None:
        """The export has failed, or the server lost it: what came of it goes, and the next run asks for it anew."""
        for file in self._state.files.values():
            (self._folder / file.name).unlink(missing_ok=True)
        self._state = State(self._state.asked)
        self._save()

    def _finish(self) -> None:
        """Tell the server that its files may go; it may not care."""
        done, self._state.status_url = self._state.status_url, ""
        self._state.is_finished = True
        self._save()
        try:
            self._http.ask(done, self._headers(), method="DELETE", what="tidying up")
        except BulkError:
            self._told.progress("the files are here; the server was not told")

    def _fetched(self) -> Fetched:
        issues: Counter[str] = Counter()
        files = [self._state.files[place] for place in sorted(self._state.files)]
        for file in files:
            if file.name.startswith(f"{_FOLDERS['error']}/"):
                issues.update(_issues(self._folder / file.name))
        return Fetched(
            folder=str(self._folder),
            transaction_time=self._state.transaction_time,
            files=tuple(each for each in files if "/" not in each.name),
            issues=dict(sorted(issues.items())),
            deleted=sum(each.name.startswith(f"{_FOLDERS['deleted']}/") for each in files),
        )


def _issues(file: Path) -> Counter[str]:
    """The issues of a file of OperationOutcomes by severity and code: their words may name a patient."""
    from osteon.chart.read import documents

    found: Counter[str] = Counter()
    for document in documents(file):
        found.update(f"{each.severity or 'issue'}: {each.code or 'not said'}" for each in issues_of(document.content))
    return found


def _safe(kind: str) -> str:
    """A type of resource as a part of a file's name."""
    return kind if kind.isascii() and kind.isalpha() else ""
