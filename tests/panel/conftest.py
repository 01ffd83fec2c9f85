"""A small export server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("cryptography")

from tests.panel.bulk_server import Server, running
from tests.panel.exporting import KEY, PATIENTS, SCANS


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    files = {"Patient": [PATIENTS], "Observation": [SCANS[: len(SCANS) // 2], SCANS[len(SCANS) // 2 :]]}
    halves = SCANS.splitlines(keepends=True)
    files["Observation"] = [b"".join(halves[:20]), b"".join(halves[20:])]
    with running(Server(files, public_key=KEY.public_key())) as found:
        yield found
