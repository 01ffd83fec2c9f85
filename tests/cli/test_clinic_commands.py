"""The clinic from the command line: a first account, a backup, a restore, and the audit log that holds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

OSTEON = [sys.executable, "-c", "from osteon.cli import main; main()"]


@pytest.fixture
def call(tmp_path: Path):
    settings = {"OSTEON_DATA": str(tmp_path / "clinic"), "DJANGO_SETTINGS_MODULE": "osteon.clinic.settings"}
    environment = {**os.environ, **settings}
    environment.pop("OSTEON_DATABASE_URL", None)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*OSTEON, *words], env=environment, capture_output=True, text=True, check=False)

    return run


def test_an_account_a_backup_a_restore_and_an_audit_log_that_holds(call, tmp_path: Path):
    made = call("account", "make", "--username", "first", "--role", "administrator")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("first: ")
    taken = call("backup", str(tmp_path / "b.tar"), "--json")
    assert json.loads(taken.stdout)["database"] == "sqlite"
    assert call("restore", str(tmp_path / "b.tar")).returncode == 0
    checked = call("audit", "verify", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["entries"]) == (0, 1)


def test_mistakes_are_said_in_words_and_without_a_traceback(call, tmp_path: Path):
    wrong = call("account", "make", "--username", "x", "--role", "king")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (10, False)
    (tmp_path / "no.tar").write_text("no backup")
    refused = call("restore", str(tmp_path / "no.tar"))
    assert refused.returncode == 10
    assert "not a whole backup" in refused.stderr
