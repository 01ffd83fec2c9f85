"""`osteon panel synthesize` as a person or a script calls it."""

from pathlib import Path

from osteon.cli.exits import ExitCode
from tests.cli.conftest import Osteon


def test_the_command_says_what_it_made(osteon: Osteon, tmp_path: Path) -> None:
    ended = osteon("panel", "synthesize", "--patients", "30", "--seed", "5", "--out", str(tmp_path / "out"), "--json")
    assert ended.code == ExitCode.DONE
    assert ended.data["patients"] == 30
    again = osteon("panel", "synthesize", "--patients", "30", "--out", str(tmp_path / "out"))
    assert again.code == ExitCode.BAD_INPUT
    assert "not empty" in again.err
