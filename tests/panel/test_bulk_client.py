"""An export comes over whole, whatever the server does; and nobody sees the token or the key."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

pytest.importorskip("cryptography")

from osteon.panel.bulk_client import Export, Told
from osteon.panel.bulk_client_errors import BulkError
from osteon.panel.bulk_client_http import Clock, check_url
from osteon.panel.bulk_client_signing import Signer
from osteon.panel.bulk_client_state import STATE, TYPES, Asked, export_url
from osteon.panel.source import Reader
from tests.panel.bulk_server import Faults, Server, outcome, running
from tests.panel.exporting import KEY, PATIENTS, WHOLE, Waited, content, fetch, is_whole

# --- the way through ------------------------------------------------------------------------------------------------


def test_it_brings_every_file_and_tells_the_server_that_it_is_done(server: Server, tmp_path: Path) -> None:
    found = fetch(server, tmp_path / "out")
    assert is_whole(tmp_path / "out")
    assert found.transaction_time == "2026-11-01T03:00:00Z"
    assert [(each.name, each.count) for each in found.files] == [(WHOLE[0], 20), (WHOLE[1], 20), (WHOLE[2], 40)]
    assert server.count("/status/1", "DELETE") == 1
    assert server.trouble == []


def test_what_it_brings_is_a_source_for_the_panel(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path / "out")
    reader = Reader(tmp_path / "out", ["Patient", "Observation"])
    assert [len(case.pieces) for case in reader.cases()] == [2] * 40
    assert reader.notes.lines() == []


def test_it_asks_for_types_and_for_what_changed_since(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path, since="2026-10-01T00:00:00Z", type_filters=("Observation?code=38263-0",))
    (kick_off,) = [path for _, path, _ in server.asked if "$export" in path]
    assert "_type=Observation%2CPatient" in kick_off
    assert "_since=2026-10-01T00%3A00%3A00Z" in kick_off
    assert "_typeFilter=Observation%3Fcode%3D38263-0" in kick_off


@pytest.mark.parametrize(
    ("place", "group", "everything", "expected"),
    [
        ("https://ehr.example/fhir/", "", False, "https://ehr.example/fhir/Patient/$export"),
        ("https://ehr.example/fhir", "7", False, "https://ehr.example/fhir/Group/7/$export"),
        ("https://ehr.example/fhir", "", True, "https://ehr.example/fhir/$export"),
        ("https://ehr.example/fhir/Group/7/$export", "", False, "https://ehr.example/fhir/Group/7/$export"),
    ],
)
def test_it_knows_the_address_of_each_kind_of_export(place: str, group: str, everything: bool, expected: str) -> None:
    url = export_url(place, group, everything=everything)
    assert url == expected
    assert Asked(url).base == "https://ehr.example/fhir"


def test_gzip_stays_gzip_and_is_read_by_the_panel(server: Server, tmp_path: Path) -> None:
    server.packs = True
    found = fetch(server, tmp_path)
    assert [each.name for each in found.files] == [f"{name}.gz" for name in WHOLE]
    assert len(list(Reader(tmp_path, ["Patient", "Observation"]).cases())) == 40


def test_it_turns_the_pages_of_a_manifest(server: Server, tmp_path: Path) -> None:
    server.pages = True
    fetch(server, tmp_path)
    assert is_whole(tmp_path)


def test_what_could_not_be_exported_is_counted_and_what_was_deleted_is_kept(server: Server, tmp_path: Path) -> None:
    server.errors = outcome("not-found", "Patient Ada Secret is gone", "warning") + b"\n"
    server.deleted = b'{"resourceType":"Bundle","type":"transaction","entry":[]}\n'
    found = fetch(server, tmp_path)
    assert found.issues == {"warning: not-found": 1}
    assert found.deleted == 1
    assert "Secret" not in str(found)
    assert len(found.files) == 3


def test_a_server_that_refuses_what_it_does_not_know_is_asked_for_what_it_has(server: Server, tmp_path: Path) -> None:
    server.is_picky = True
    found = fetch(server, tmp_path, types=TYPES)
    assert server.trouble == []
    assert is_whole(tmp_path)
    assert len(found.files) == 3


def test_an_open_server_is_asked_without_a_token(server: Server, tmp_path: Path) -> None:
    server.public_key = None
    fetch(server, tmp_path, key=None)
    assert is_whole(tmp_path)
    assert server.count("/token", "POST") == 0


# --- patience -------------------------------------------------------------------------------------------------------


def test_it_waits_as_long_as_the_server_says(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(waits=3, retry_after="17")
    waited, said = Waited(), list[str]()
    fetch(server, tmp_path, waited=waited, told=Told(progress=said.append))
    assert waited.pauses_s == [17.0] * 3
    assert said == ["half way"] * 3


def test_without_such_a_word_it_asks_less_and_less_often(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(waits=9, retry_after="")
    waited = Waited()
    fetch(server, tmp_path, waited=waited)
    assert waited.pauses_s == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_date_to_come_back_at_is_understood(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(
        waits=1, retry_after=time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
    )
    waited = Waited()
    fetch(server, tmp_path, waited=waited)
    assert 80 < waited.pauses_s[0] <= 90


@pytest.mark.parametrize("faults", [Faults(busy_kick_offs=2), Faults(busy_status=2), Faults(busy_files=2)])
def test_a_server_that_is_busy_is_asked_again(server: Server, tmp_path: Path, faults: Faults) -> None:
    server.faults = faults
    waited = Waited()
    fetch(server, tmp_path, waited=waited)
    assert waited.pauses_s == [7.0, 7.0]
    assert is_whole(tmp_path)


def test_a_failure_that_passes_is_asked_again_and_one_that_stays_is_told(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(transient_status=2)
    fetch(server, tmp_path / "1")
    assert is_whole(tmp_path / "1")
    server.faults = Faults(failed=outcome("business-rule", "the group is empty"))
    with pytest.raises(BulkError, match="500: the group is empty"):
        fetch(server, tmp_path / "2")
    server.faults = Faults()
    fetch(server, tmp_path / "2")
    assert is_whole(tmp_path / "2")


def test_it_gives_up_in_time_and_says_how_to_go_on(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(waits=10_000)
    clock = Clock(iter(range(0, 10_000_000, 600)).__next__, lambda _: None)
    wanted = Asked(export_url(f"{server.base}/fhir"))
    server.public_key = None
    with pytest.raises(BulkError, match="not ready after 2 h; say the same command again"):
        Export(wanted, tmp_path, None, clock=clock).run(patience_s=7200)


def test_a_refused_export_is_told_in_the_servers_words(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BulkError, match="400: the type Nonsense is not known"):
        fetch(server, tmp_path, types=("Nonsense",))


def test_a_server_that_is_not_there_is_named_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(BulkError, match=r"127\.0\.0\.1 does not answer") as caught:
        Export(Asked("http://127.0.0.1:9/secret-path/$export"), tmp_path, None, clock=Waited().clock()).run()
    assert "secret-path" not in str(caught.value)


# --- broken lines ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packs", [False, True])
def test_a_file_that_broke_off_is_continued_where_it_stopped(server: Server, tmp_path: Path, packs: bool) -> None:
    server.packs, server.faults = packs, Faults(short=2)
    fetch(server, tmp_path)
    ranges = [headers["Range"] for _, path, headers in server.asked if "Range" in headers and path.startswith("/files")]
    assert len(ranges) == 2
    assert server.count("/files/") == 5
    assert len(list(Reader(tmp_path, ["Patient", "Observation"]).cases())) == 40
    assert packs or is_whole(tmp_path)


def test_a_server_that_cannot_continue_is_asked_for_the_whole(server: Server, tmp_path: Path) -> None:
    server.continues, server.faults = False, Faults(short=2)
    fetch(server, tmp_path)
    assert is_whole(tmp_path)


def test_a_file_that_is_cut_off_at_its_source_never_gets_its_name(server: Server, tmp_path: Path) -> None:
    server.files["Patient"] = [PATIENTS[:-30]]
    with pytest.raises(BulkError, match=r"Patient\.1\.ndjson: its last line is cut off; tried 6 times"):
        fetch(server, tmp_path)
    assert not (tmp_path / "Patient.1.ndjson").exists()


def test_a_file_with_fewer_resources_than_the_manifest_counts_is_refused(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(lies_about_count=True)
    with pytest.raises(BulkError, match="40 resources came, and the manifest counts 41"):
        fetch(server, tmp_path)


def test_an_address_that_has_expired_is_looked_up_again(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(addresses_expire=1)
    fetch(server, tmp_path)
    assert is_whole(tmp_path)


def test_the_same_command_goes_on_after_the_files_that_are_there(server: Server, tmp_path: Path) -> None:
    whole = list(server.files["Observation"])
    server.files["Observation"][1] = whole[1][:-9]
    with pytest.raises(BulkError, match="Observation"):
        fetch(server, tmp_path)
    server.files["Observation"], before = whole, server.served["Patient"]
    fetch(server, tmp_path)
    assert is_whole(tmp_path)
    assert server.served["Patient"] == before
    assert server.count("/fhir/Patient/$export") == 1


def test_a_finished_export_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    first = fetch(server, tmp_path)
    asked = len(server.asked)
    assert fetch(server, tmp_path) == first
    assert len(server.asked) == asked


def test_an_export_that_the_server_forgot_starts_anew_and_leaves_nothing_old(server: Server, tmp_path: Path) -> None:
    whole = list(server.files["Observation"])
    server.files["Observation"] = [whole[0], whole[1][:-9]]
    with pytest.raises(BulkError):
        fetch(server, tmp_path)
    server.faults.forgets = True
    with pytest.raises(BulkError, match="404"):
        fetch(server, tmp_path)
    assert content(tmp_path) == {}
    server.files["Observation"] = whole
    fetch(server, tmp_path)
    assert is_whole(tmp_path)
    assert server.count("/fhir/Patient/$export") == 2


def test_a_folder_with_another_export_is_left_alone(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    with pytest.raises(BulkError, match="holds another export"):
        fetch(server, tmp_path, since="2026-10-01T00:00:00Z")


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_token_that_ended_on_the_way_is_renewed_with_a_new_assertion(server: Server, tmp_path: Path) -> None:
    server.faults = Faults(token_ends_after=3)
    fetch(server, tmp_path)
    assert is_whole(tmp_path)
    assert len(server.seen_jti) == 2


def test_no_token_is_sent_where_the_manifest_asks_for_none(server: Server, tmp_path: Path) -> None:
    server.needs_token = False
    fetch(server, tmp_path)
    assert server.trouble == []
    assert is_whole(tmp_path)


def test_neither_token_nor_assertion_is_written_or_said(server: Server, tmp_path: Path) -> None:
    said: list[str] = []
    fetch(server, tmp_path / "1", told=Told(said.append, lambda file: said.append(str(file))))
    server.client_id = "somebody else"
    wanted = Asked(export_url(f"{server.base}/fhir"))
    with pytest.raises(BulkError) as caught:
        Export(wanted, tmp_path / "2", Signer("not registered", KEY), clock=Waited().clock()).run()
    everything = "".join([*said, str(caught.value), *(f.read_text() for f in tmp_path.rglob("*") if f.is_file())])
    assert "invalid_client" in str(caught.value)
    assert "very-secret" not in everything
    assert "eyJ" not in everything
    assert repr(Signer("x", KEY)).count("PRIVATE") == 0


def test_only_who_fetched_it_may_read_it(server: Server, tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        fetch(server, tmp_path / "out")
    finally:
        os.umask(old)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "out").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_a_token_is_not_sent_in_the_open_and_a_file_is_no_server(tmp_path: Path) -> None:
    with pytest.raises(BulkError, match="not sent over plain http"):
        check_url("http://ehr.example/fhir", has_secret=True)
    with pytest.raises(BulkError, match="no address of a server"):
        Export(Asked("file:///etc/passwd"), tmp_path, None)
    check_url("https://ehr.example/fhir", has_secret=True)


def test_a_redirect_does_not_carry_the_token_to_another_server(server: Server, tmp_path: Path) -> None:
    other = Server({}, public_key=None)
    with running(other):
        answer = server.answer

        def redirecting(
            method: str, path: str, headers: dict[str, str], body: bytes
        ) -> tuple[int, dict[str, str], bytes]:
            if path.startswith("/files/0/Patient"):
                return 307, {"Location": f"{other.base}/files/0/Patient/0"}, b""
            return answer(method, path, headers, body)

        server.answer = redirecting  # type: ignore[method-assign]
        other.files = {"Patient": [PATIENTS]}
        fetch(server, tmp_path)
    assert is_whole(tmp_path)
    assert all("Authorization" not in headers for _, _, headers in other.asked)


def test_the_state_beside_the_files_is_no_file_of_the_source(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    assert (tmp_path / STATE).exists()
    assert Reader(tmp_path, ["Patient"]).notes.lines() == []
