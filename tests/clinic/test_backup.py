"""A backup taken while the clinic works restores to a clinic whose audit log holds."""

import shutil
import tarfile
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from osteon.clinic.audit.anchor import anchor
from osteon.clinic.audit.log import record
from osteon.clinic.ops.backup import BackupError, back_up, restore
from osteon.clinic.records.models import Patient

needs_programs = pytest.mark.skipif(
    connection.vendor == "postgresql" and shutil.which("pg_dump") is None, reason="pg_dump is not on the path"
)
pytestmark = [pytest.mark.django_db(transaction=True), needs_programs]


@transaction.atomic
def patient(number: int) -> Patient:
    made = Patient.objects.create(
        record_number=f"B-{number}", family_name="Backup", given_name="Test", birth_date=date(1950, 1, 1), sex="female"
    )
    record(None, "made a patient", patient=made)
    return made


def test_what_is_backed_up_comes_back_and_what_came_later_does_not(tmp_path: Path):
    for number in range(5):
        patient(number)
    anchor()
    taken = back_up(tmp_path / "a.tar")
    assert taken.bytes > 10_000
    patient(99)
    verdict = restore(tmp_path / "a.tar")
    assert verdict.holds, verdict.sentence
    assert (verdict.entries, verdict.anchors) == (5, 1)
    assert Patient.objects.count() == 5


def test_a_backup_under_load_holds(tmp_path: Path):
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            patient(len(written))
            written.append(1)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    while len(written) < 20:
        stop.wait(0.01)
    back_up(tmp_path / "b.tar")
    stop.set()
    writer.join()
    verdict = restore(tmp_path / "b.tar")
    assert verdict.holds, verdict.sentence
    assert 20 <= verdict.entries <= len(written) + 1
    assert Patient.objects.count() == verdict.entries


def test_it_never_overwrites_another(tmp_path: Path):
    (tmp_path / "c.tar").write_bytes(b"precious")
    with pytest.raises(BackupError, match="never overwrites"):
        back_up(tmp_path / "c.tar")
    assert (tmp_path / "c.tar").read_bytes() == b"precious"


def test_only_its_owner_may_read_it(tmp_path: Path):
    back_up(tmp_path / "d.tar")
    assert (tmp_path / "d.tar").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "other"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(tmp_path: Path, damage: str):
    patient(1)
    file = tmp_path / "e.tar"
    back_up(file)
    patient(2)
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        with tarfile.open(file) as archive:
            member = next(each for each in archive if each.name.startswith("database"))
        at = member.offset_data + member.size // 2
        file.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
    else:
        file.write_text("not a backup")
    with pytest.raises(BackupError, match=r"damaged|not a whole backup"):
        restore(file)
    assert Patient.objects.count() == 2
