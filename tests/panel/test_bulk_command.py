"""`osteon panel fetch` as a person or a script calls it: what it says, what it prints, and what it never shows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

pytest.importorskip("cryptography")
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from osteon.panel.bulk_client import Fetched
from tests.cli.conftest import Osteon, osteon  # noqa: F401 - the command line as a fixture
from tests.panel.bulk_server import Faults, Server, outcome, running
from tests.panel.exporting import KEY, PATIENTS, is_whole


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    file = tmp_path / "key.pem"
    file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(file)


def test_it_fetches_into_a_folder_and_shows_no_secret(
    osteon: Osteon,  # noqa: F811
    server: Server,
    key: str,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    asked = ("panel", "fetch", f"{server.base}/fhir", "--out", str(out), "--client-id", server.client_id, "--key", key)
    ended = osteon(*asked, "--type", "Patient,Observation")
    assert ended.code == 0
    assert is_whole(out)
    assert f"3 files in {out}; they tell what was known at 2026-11-01T03:00:00Z" in ended.out
    assert "Patient.1.ndjson" in ended.err
    assert "very-secret" not in ended.out + ended.err
    again = osteon(*asked, "--type", "Patient,Observation", "--json")
    assert msgspec.json.decode(again.out, type=Fetched).transaction_time == "2026-11-01T03:00:00Z"


def test_what_the_server_could_not_export_is_said(osteon: Osteon, tmp_path: Path, key: str) -> None:  # noqa: F811
    broken = Server({"Patient": [PATIENTS]}, errors=outcome("not-found", "Ada Secret") + b"\n", deleted=b"{}\n")
    with running(broken):
        ended = osteon("panel", "fetch", f"{broken.base}/fhir", "--out", str(tmp_path / "out"), "--type", "Patient")
    assert ended.code == 0
    assert "1 × the server could not export: error: not-found" in ended.err
    assert "1 files list what was deleted" in ended.err
    assert "Secret" not in ended.err


def test_a_failed_export_is_a_plain_sentence(osteon: Osteon, tmp_path: Path, key: str) -> None:  # noqa: F811
    with running(Server({}, faults=Faults(failed=outcome("business-rule", "the group is empty")))) as broken:
        ended = osteon("panel", "fetch", f"{broken.base}/fhir", "--group", "7", "--out", str(tmp_path / "out"))
    assert ended.code == 10
    assert "the group is empty" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--client-id", "me"], "go together"),
        (["--group", "7", "--system"], "not both"),
    ],
)
def test_what_does_not_go_together_is_a_mistake_of_use(
    osteon: Osteon,  # noqa: F811
    tmp_path: Path,
    given: list[str],
    message: str,
) -> None:
    ended = osteon("panel", "fetch", "https://ehr.example/fhir", "--out", str(tmp_path / "out"), *given)
    assert ended.code == 2
    assert message in " ".join(ended.err.split())
    assert not (tmp_path / "out").exists()


def test_a_key_that_is_none_is_named(osteon: Osteon, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "key").write_text("hunter2", "utf-8")
    asked = ("--client-id", "me", "--key", str(tmp_path / "key"), "--out", str(tmp_path / "out"))
    ended = osteon("panel", "fetch", "https://ehr.example/fhir", *asked)
    assert ended.code == 10
    assert "no private key in it" in ended.err
    assert "hunter2" not in ended.err
