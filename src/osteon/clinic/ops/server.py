"""The server process: granian, with the clinic as its WSGI application."""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from granian.server import Server


def main(host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop. Each worker process answers `threads` requests at a time."""
    Server(
        "osteon.clinic.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=2048,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:5]))
