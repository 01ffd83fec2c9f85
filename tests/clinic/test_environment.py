"""Settings from the environment: what is given, what is not, and mistakes in words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from osteon.clinic.environment import Environment


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path):
    file = tmp_path / "new" / "secret-key"
    first = Environment({}).secret("KEY", kept_in=file)
    assert len(first) > 40
    assert Environment({}).secret("KEY", kept_in=file) == first
    assert file.stat().st_mode & 0o077 == 0


def test_a_secret_that_is_given_is_not_written_down(tmp_path: Path):
    assert Environment({"KEY": "given"}).secret("KEY", kept_in=tmp_path / "key") == "given"
    assert not (tmp_path / "key").exists()


def test_without_an_address_the_data_are_in_sqlite_with_every_change_on_the_disk(tmp_path: Path):
    database = Environment({}).database("URL", default=tmp_path / "osteon.sqlite3")
    assert database["ENGINE"].endswith("sqlite3")
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_an_address_moves_the_data_to_postgresql(tmp_path: Path):
    database = Environment({"URL": "postgres://me:secret@db.example.org:5433/bones"}).database("URL", default=tmp_path)
    assert database["ENGINE"].endswith("postgresql")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", 5433, "bones")


@pytest.mark.parametrize(
    ("ask", "variables", "words"),
    [
        (lambda env: env.flag("TLS", default=False), {"TLS": "maybe"}, "write 1 or 0"),
        (lambda env: env.time_zone("ZONE", default="UTC"), {"ZONE": "Mars/Olympus"}, "Europe/Berlin"),
        (lambda env: env.database("URL", default=Path("x")), {"URL": "nonsense://x"}, "address of a database"),
    ],
)
def test_a_mistake_is_named_in_words(ask, variables, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        ask(Environment(variables))


def test_words_stand_with_commas_between_them():
    assert Environment({"HOSTS": "a.example, b.example,"}).words("HOSTS", default=[]) == ["a.example", "b.example"]
    assert Environment({}).words("HOSTS", default=["x"]) == ["x"]
