"""A small export server and its client, as the tests of both use them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")
from cryptography.hazmat.primitives.asymmetric import ec

from osteon.panel.bulk_client import Export, Fetched, Told
from osteon.panel.bulk_client_http import Clock
from osteon.panel.bulk_client_signing import Signer
from osteon.panel.bulk_client_state import Asked, export_url
from tests.panel.bulk_server import Server

PATIENTS = b"".join(b'{"resourceType":"Patient","id":"p%d","birthDate":"1950-01-01"}\n' % n for n in range(40))
SCANS = b"".join(
    b'{"resourceType":"Observation","id":"o%d","subject":{"reference":"Patient/p%d"}}\n' % (n, n) for n in range(40)
)
KEY = ec.generate_private_key(ec.SECP384R1())


class Waited:
    """A clock that does not wait and writes down how long it should have."""

    def __init__(self) -> None:
        self.pauses_s: list[float] = []
        self._gone_s = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: time.time() + self._gone_s, self.pauses_s.append)


def fetch(
    server: Server,
    folder: Path,
    *,
    waited: Waited | None = None,
    key: Any = KEY,
    told: Told | None = None,
    **asked: Any,
) -> Fetched:
    signer = Signer(server.client_id, key) if key else None
    wanted = Asked(export_url(f"{server.base}/fhir"), **{"types": ("Observation", "Patient"), **asked})
    return Export(wanted, folder, signer, clock=(waited or Waited()).clock(), told=told).run()


def content(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.glob("*.ndjson"))}


WHOLE = ["Observation.1.ndjson", "Observation.2.ndjson", "Patient.1.ndjson"]


def is_whole(folder: Path) -> bool:
    found = content(folder)
    return (
        list(found) == WHOLE
        and found["Patient.1.ndjson"] == PATIENTS
        and found["Observation.1.ndjson"] + found["Observation.2.ndjson"] == SCANS
    )
