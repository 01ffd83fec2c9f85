"""The frame of the command line: help, version, exit codes, completion, schemas; and nothing slow on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from osteon import __version__
from osteon.cli.exits import ExitCode
from osteon.cli.main import COMMANDS, EXAMPLES
from osteon.cli.schema import ANSWERS
from tests.cli.conftest import Osteon

HEAVY = ("msgspec", "numpy", "numba", "yaml", "rich", "jinja2", "typst", "osteon.pathway", "osteon.knowledge")


def test_help_begins_with_three_examples(osteon: Osteon) -> None:
    ended = osteon("--help")
    first, *rest = ended.out.splitlines()
    assert first == "Examples:"
    assert all(line.startswith("  osteon ") for line in rest[:3])
    assert rest[3] == ""
    assert ended.code == ExitCode.DONE


@pytest.mark.parametrize("example", EXAMPLES.strip().splitlines(), ids=lambda example: example.split()[1])
def test_every_example_of_the_help_runs(
    example: str, osteon: Osteon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(Path(__file__).parents[2] / "examples")
    monkeypatch.chdir(tmp_path)
    ended = osteon(*example.split()[1:])
    assert ended.code in (ExitCode.DONE, ExitCode.BLOCKED, ExitCode.CANNOT_TELL), ended.err
    assert ended.out


def test_help_names_every_command_and_every_exit_code(osteon: Osteon) -> None:
    words = osteon("--help").out.split()
    assert set(COMMANDS) <= set(words)
    assert {str(code.value) for code in ExitCode} <= set(words)


def test_without_a_command_it_shows_its_help(osteon: Osteon) -> None:
    assert osteon().out == osteon("--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str, osteon: Osteon) -> None:
    ended = osteon(command, "--help")
    assert ended.code == ExitCode.DONE
    assert f"Usage: osteon {command}" in ended.out


def test_help_loads_nothing_heavy() -> None:
    """Help answers within 0.2 s because it loads no medicine and no arithmetic; the clock itself is in benchmarks."""
    code = (
        "import sys\nfrom osteon.cli import main\nsys.argv = ['osteon', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("Examples:")
    assert ended.stderr.split() == []


def test_a_calculator_loads_no_library_of_arithmetic_or_validation() -> None:
    heavy = ("numpy", "numba", "pydantic", "rich", "jinja2", "typst", "yaml")
    code = (
        "import sys\nfrom osteon.cli import main\nsys.argv = ['osteon', 'risk', 'news2', 'spo2=97']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "At least 0" in ended.stdout


def test_it_tells_its_version(osteon: Osteon) -> None:
    assert osteon("--version").out == f"osteon {__version__}\n"


def test_an_unknown_command_is_a_usage_error_on_stderr(osteon: Osteon) -> None:
    ended = osteon("paln")
    assert (ended.out, ended.code) == ("", ExitCode.USAGE)
    assert "No such command 'paln'" in ended.err


def test_a_mistake_of_the_user_has_no_traceback(osteon: Osteon) -> None:
    ended = osteon("knowledge", "show", "nothing_like_it")
    assert (ended.out, ended.code) == ("", ExitCode.BAD_INPUT)
    assert ended.err.startswith("osteon: there is nothing at 'nothing_like_it'")
    assert "Traceback" not in ended.err


def test_the_shell_completes_commands() -> None:
    asked = {"_OSTEON_COMPLETE": "complete_bash", "COMP_WORDS": "osteon kn", "COMP_CWORD": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", "from osteon.cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **asked},
    )
    assert ended.stdout.split() == ["knowledge"]


# --- schemas -------------------------------------------------------------------------------------------------------


def test_schema_lists_the_answers(osteon: Osteon) -> None:
    assert osteon("schema").out.split() == list(ANSWERS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_has_a_valid_json_schema(answer: str, osteon: Osteon) -> None:
    schema = osteon("schema", answer).data
    jsonschema_rs.meta.validate(schema)


def test_an_unknown_answer_is_bad_input(osteon: Osteon) -> None:
    ended = osteon("schema", "poem")
    assert ended.code == ExitCode.BAD_INPUT
    assert "no answer is called 'poem'" in ended.err


@pytest.mark.parametrize(
    ("answer", "args"),
    [
        ("risk-tools", ("risk", "--json")),
        ("risk", ("risk", "qfracture", "sex=female", "age=72", "bmi=21.4", "--json")),
        ("knowledge-list", ("knowledge", "list", "--json")),
        ("knowledge-show", ("knowledge", "show", "zoledronic_acid", "--json")),
    ],
)
def test_what_is_printed_fits_its_schema(answer: str, args: tuple[str, ...], osteon: Osteon) -> None:
    schema = osteon("schema", answer).data
    jsonschema_rs.validate(schema, osteon(*args).data)
