"""`osteon panel fetch`: bring the charts of a server into a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.answers import print_json, print_text, say
from osteon.cli.exits import BadInputError, mistakes_of_the_user

if TYPE_CHECKING:
    from osteon.panel.bulk_client_signing import Signer

_HOURS = 24.0


def fetch(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server's FHIR address, or that of its $export.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Into which folder; one that was begun goes on.")],
    group: Annotated[str, typer.Option("--group", metavar="ID", help="Only the patients of this group.")] = "",
    everything: Annotated[
        bool, typer.Option("--system", help="Ask for all that the server holds, not patient by patient.")
    ] = False,
    kinds: Annotated[
        str, typer.Option("--type", metavar="A,B", help="Types of resources; all that this program reads if not given.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="INSTANT", help="Only what changed since, 2026-11-01T00:00:00Z.")
    ] = "",
    type_filter: Annotated[
        list[str] | None,
        typer.Option("--type-filter", metavar="QUERY", help="A search that narrows a type; may be given again."),
    ] = None,
    client_id: Annotated[
        str, typer.Option("--client-id", metavar="ID", help="Under which id the server knows this program.")
    ] = "",
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The private key: PEM or JWK (OSTEON_KEY_PASSPHRASE unlocks it)."),
    ] = None,
    key_id: Annotated[str, typer.Option("--key-id", metavar="KID", help="The name of the key at the server.")] = "",
    token_url: Annotated[
        str, typer.Option("--token-url", metavar="URL", help="Where tokens are given, where the server does not say.")
    ] = "",
    scope: Annotated[
        str, typer.Option("--scope", metavar="TEXT", help="The scopes to ask for; to read each type if not given.")
    ] = "",
    patience: Annotated[
        float, typer.Option("--patience", metavar="HOURS", min=0, help="How long the server may take to prepare.")
    ] = _HOURS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout (see: osteon schema).")] = False,
) -> None:
    """Fetch a bulk export from a FHIR server; say it again to go on where it was cut off."""
    if bool(client_id) != bool(key):
        message = "a client id and its key go together: give --client-id and --key, or neither for an open server"
        raise typer.BadParameter(message, param_hint="--key")
    if group and everything:
        message = "a group or the whole server, not both"
        raise typer.BadParameter(message, param_hint="--group")
    from osteon.panel.bulk_client import Export, Told
    from osteon.panel.bulk_client_errors import BulkError
    from osteon.panel.bulk_client_state import TYPES, Asked, File, export_url

    last = ""

    def progress(words: str) -> None:
        nonlocal last
        if words != last:
            say(f"The server says: {words}")
        last = words

    def came(file: File) -> None:
        say(f"{file.name}: {file.size_bytes / 1e6:,.1f} MB")

    asked = Asked(
        export_url(url, group, everything=everything),
        types=tuple(sorted({each.strip() for each in kinds.split(",")})) if kinds else TYPES,
        since=since,
        type_filters=tuple(type_filter or ()),
    )
    with mistakes_of_the_user(BulkError, OSError):
        signer = _signer(client_id, key, key_id) if key else None
        export = Export(asked, out, signer, token_url=token_url, scope=scope, told=Told(progress, came))
        try:
            found = export.run(patience * 3600)
        except KeyboardInterrupt:
            say("Stopped. Say the same command again to go on.")
            sys.exit(130)
    for issue, count in found.issues.items():
        say(f"{count} × the server could not export: {issue} (see the folder errors)")
    if found.deleted:
        say(f"{found.deleted} files list what was deleted since (see the folder deleted)")
    if as_json:
        print_json(found)
    else:
        print_text(f"{len(found.files)} files in {out}; they tell what was known at {found.transaction_time or '?'}")


def _signer(client_id: str, key: Path, key_id: str) -> Signer:
    try:
        from osteon.panel.bulk_client_signing import KeyFileError, read_signer
    except ImportError as error:
        message = f"signing needs {error.name}, which is not installed: pip install 'osteon[panel]'"
        raise BadInputError(message) from error
    with mistakes_of_the_user(KeyFileError):
        return read_signer(client_id, key, key_id=key_id, passphrase=os.environ.get("OSTEON_KEY_PASSPHRASE", ""))
