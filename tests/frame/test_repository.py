"""What holds for the repository as a whole, whoever adds to it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = {"__pycache__", "out", "dist", "build"}
CODE = {
    ".py",
    ".toml",
    ".yaml",
    ".yml",
    ".csv",
    ".md",
    ".txt",
    ".sh",
    ".cfg",
    ".html",
    ".css",
    ".js",
    ".jinja",
    ".typ",
    "",
}
LONGEST = 400


def files(*folders: str) -> list[Path]:
    """The text files that people write, outside of what is made or hidden."""
    starts = [ROOT / folder for folder in folders] if folders else [ROOT]
    found = [path for start in starts for path in start.rglob("*") if path.is_file() and path.suffix in CODE]
    return [path for path in found if not any(_is_made(part) for part in path.relative_to(ROOT).parts)]


def _is_made(part: str) -> bool:
    return part in MADE or (part.startswith(".") and part not in (".ci", ".gitignore"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


MODULES = [path for path in files("src", "tests", "benchmarks") if path.suffix == ".py"]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_holds_more_than_one_can_read(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
    assert [named(path) for path in MODULES if path.stem in drawers] == []


def test_nothing_is_left_for_later() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|Not" + r"Implemented\w*)\b")
    left = [named(path) for path in files("src", "tests", "benchmarks", "docs") if mark.search(path.read_text("utf-8"))]
    assert left == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    place = re.compile(r"(?:^|[\s\"'`(=])/(?:work|root|home)/", re.MULTILINE)
    assert [named(path) for path in files() if place.search(path.read_text("utf-8", errors="replace"))] == []


# --- what is installed ---------------------------------------------------------------------------------------------

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_pinned_by_hash_and_no_host_is_named(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    assert [entry.splitlines()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|index-url|find-links", text)


def test_the_locks_hold_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "run": project["project"]["dependencies"],
        "dev": [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]],
        "build": project["build-system"]["requires"],
    }
    for name, requirements in asked.items():
        wanted = {re.split(r"[<>=!~\[; ]", requirement)[0].lower().replace("_", "-") for requirement in requirements}
        assert wanted <= set(pinned(ROOT / "requirements" / f"{name}.txt")), name


def test_the_three_locks_agree() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        if lock.stem != "dev":
            for name, version in pinned(lock).items():
                versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    assert pinned(ROOT / "requirements" / "run.txt").items() <= pinned(ROOT / "requirements" / "dev.txt").items()


# --- what decides whether a change may land ------------------------------------------------------------------------


def test_ci_runs_make_test_and_nothing_less() -> None:
    steps = [
        line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert steps[-1] == "exec make test"


def test_make_test_runs_every_check() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports", "osteon knowledge check", "pytest"):
        assert check in recipe[1], check


# --- licences ------------------------------------------------------------------------------------------------------


def test_the_licence_fits_the_coefficients_that_are_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "LGPL-3.0-or-later"
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSES" / "GPL-3.0-or-later.txt").read_text("utf-8")
    table = (ROOT / "src/osteon/knowledge/data/tables/qfracture_2012.csv").read_text("utf-8")
    assert "Copyright 2012 ClinRisk Ltd." in table
