"""Run the clinic."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from osteon.cli.answers import say
from osteon.cli.clinic import clinic
from osteon.cli.main import new_app

app = new_app("Run the clinic: pages, worker and database.")

Host = Annotated[str, typer.Option("--host", help="Where to listen; 0.0.0.0 lets other machines in.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="At which port.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="How many server processes.")]
Threads = Annotated[int, typer.Option("--threads", min=1, max=256, help="How many requests each answers at a time.")]
Demo = Annotated[bool, typer.Option("--demo", help="Fill an empty database with an invented clinic for today.")]


@app.command()
def serve(
    host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 2, threads: Threads = 4, demo: Demo = False
) -> None:
    """Run the clinic until it is told to stop (Ctrl-C). Settings come from the environment (OSTEON_…).

    Data are kept in the folder OSTEON_DATA (`var` if not set), or where OSTEON_DATABASE_URL says. The database is
    brought up to this version first.
    """
    if demo:
        os.environ.setdefault("OSTEON_LOG", "WARNING")
    with clinic(demo=demo):
        from osteon.clinic.ops.serve import prepare
        from osteon.clinic.ops.serve import serve as run

        say("Preparing the database …")
        prepare()
        address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::') else host}:{port}/"  # noqa: S104
        if demo:
            from osteon.clinic.demo.make import make_demo, sign_ins

            say("Making an invented clinic …")
            make_demo()
            say("Sign in as one of these (invented people, one password for all):")
            for line in sign_ins():
                say(f"  {line}")
        say(f"Osteon runs at {address} (stop it with Ctrl-C)")
        raise typer.Exit(run(host=host, port=port, workers=workers, threads=threads))
