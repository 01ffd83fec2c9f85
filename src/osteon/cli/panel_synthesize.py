"""A population of invented people to try the panel on, from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from osteon.cli.answers import print_json, print_text, say
from osteon.cli.asking import day_of
from osteon.cli.exits import mistakes_of_the_user
from osteon.panel.synthetic.compression import Compression

DAY = date(2026, 1, 1)
"""The day on which the people are known where no other is given: one fixed day, so that a seed means one population."""


_SAY_EVERY_S = 10.0


def synthesize(
    patients: Annotated[int, typer.Option("--patients", metavar="N", min=1, help="How many people.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new or empty folder.")],
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The same seed makes the same people.")] = 1,
    first: Annotated[
        int,
        typer.Option(
            "--first", metavar="I", min=0, help="The number of the first person; person I is always the same."
        ),
    ] = 0,
    on: Annotated[
        date | None,
        typer.Option(
            "--on", parser=day_of, metavar="DATE", help="The day up to which records go; 2026-01-01 if not given."
        ),
    ] = None,
    compress: Annotated[Compression, typer.Option("--compress", help="Pack each file.")] = Compression.NONE,
    shards: Annotated[
        int, typer.Option("--shards", metavar="K", min=1, help="So many folders, each an export of its own people.")
    ] = 1,
    processes: Annotated[
        int, typer.Option("--processes", metavar="P", min=0, help="Processes; 0 is one for each core.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was made as JSON.")] = False,
) -> None:
    """Make invented people as a bulk export of FHIR (NDJSON, one file per type of resource)."""
    if shards > patients:
        message = f"{shards} shards for {patients} people leave some empty; ask for fewer"
        raise typer.BadParameter(message, param_hint="--shards")
    from osteon.panel.synthetic.write import Order
    from osteon.panel.synthetic.write import synthesize as write

    asked = Order(patients=patients, seed=seed, on=on or DAY, first=first, shards=shards, compression=compress)
    started = said = monotonic()

    def told(done: int) -> None:
        nonlocal said
        now = monotonic()
        if now - said >= _SAY_EVERY_S:
            said, rate = now, done / (now - started)
            say(f"{done:,} of {patients:,} people, {rate:,.0f} a second, {(patients - done) / rate:,.0f} s left")

    with mistakes_of_the_user(OSError):
        found = write(out, asked, processes=processes or None, told=told)
    took_s = monotonic() - started
    say(f"{found.patients:,} people in {took_s:.1f} s, {found.patients / took_s:,.0f} a second")
    if as_json:
        print_json(found)
        return
    print_text(
        f"{found.patients:,} invented people, {found.resources:,} resources, {found.text_bytes / 1e6:,.1f} MB of text, "
        f"{found.file_bytes / 1e6:,.1f} MB in files"
    )
