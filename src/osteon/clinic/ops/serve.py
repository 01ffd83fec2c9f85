"""Run the clinic: bring the database up to date, then keep the server and the worker going until told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import sleep

from django.core.management import call_command

_RESTS = 2.0
"""Seconds before a process that ended is started again."""


def prepare() -> None:
    """Bring the database up to this version. Safe to run again."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def serve(*, host: str, port: int, workers: int, threads: int) -> int:
    """Keep the server and the worker going; returns when told to stop (SIGTERM, SIGINT), with 0."""
    figures = tempfile.mkdtemp(prefix="osteon-metrics-")
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": figures}
    server = [sys.executable, "-m", "osteon.clinic.ops.server", host, str(port), str(workers), str(threads)]
    worker = [sys.executable, "-m", "osteon.clinic.ops.worker"]
    stopping: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stopping.append(number))
    try:
        return _keep_going((server, worker), environment, stopping)
    finally:
        for file in Path(figures).glob("*"):
            file.unlink(missing_ok=True)
        Path(figures).rmdir()


def _keep_going(commands: Sequence[list[str]], environment: dict[str, str], stopping: list[int]) -> int:
    running = [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603 - our own programs
    while not stopping:
        sleep(0.2)
        for place, process in enumerate(running):
            if process.poll() is not None and not stopping:
                sleep(_RESTS)
                running[place] = subprocess.Popen(commands[place], env=environment)  # noqa: S603
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0
