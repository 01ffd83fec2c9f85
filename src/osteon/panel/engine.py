"""How is a population screened by many machines? The same question to each patient, on an engine that is there.

Two steps. Every file is read where a worker is free, and its resources are dealt by patient; then each patient, whole
again, is put to the question. The engine deals, and repeats what a lost worker had begun; how files are read and what
is asked is the same code as on one machine, so the answers are the same.

All workers must see the source and the folder of answers under the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec

from osteon.panel.engine_steps import (
    Answer,
    NotesOfFile,
    Told,
    Unit,
    Work,
    add,
    answers_in,
    medications_in,
    notes_of,
    units_of,
)
from osteon.panel.notes import Notes
from osteon.panel.source import SourceError


class Engine(StrEnum):
    """On what is it run? `local` is this machine alone."""

    LOCAL = "local"
    SPARK = "spark"
    RAY = "ray"


class EngineError(RuntimeError):
    """An engine that is not installed, or a job that it gave up. The message says what to do."""


class Job(NamedTuple):
    """What an engine is given: the files, the medications that all patients share, what to read and what to ask.

    `work` turns one patient into the bytes of a row. It travels to the workers, so it must be a function of a module
    (or a `functools.partial` of one). `parts` is into how many parts the patients are dealt.
    """

    units: tuple[Unit, ...]
    medications: tuple[tuple[str, bytes], ...]
    wanted: frozenset[str]
    work: Work
    parts: int
    folder: str


def rows(
    engine: Engine,
    source: Path,
    wanted: Collection[str],
    work: Work,
    *,
    folder: Path,
    notes: Notes,
    parts: int = 0,
    told: Told = lambda _done, _all: None,
) -> Iterator[Answer]:
    """The answer for every patient of a source, as an engine works them out; `notes` takes what could not be read.

    The answers lie in `folder` as Parquet, a file for each part; a run that was cut off begins again there, one that
    ended is not done again. Their order depends on the source and on `parts` alone. Raises `EngineError` and
    `SourceError`.
    """
    ended, answers = folder / _ENDED, folder / "answers"
    if ended.exists():
        add(notes, msgspec.json.decode(ended.read_bytes(), type=NotesOfFile))
    else:
        units = units_of(source, parts or _PARTS_OF_OMOP)
        if not units:
            message = f"{source.name}: no .json, .ndjson or .parquet file in this folder"
            raise SourceError(message)
        medications = medications_in(source, notes)
        job = Job(tuple(units), medications, frozenset(wanted), work, parts or len(units), str(answers))
        run = _runner(engine)
        _claim(folder, {"engine": engine.value, "source": str(source), "units": len(units), "parts": job.parts})
        run(job)
        ended.write_bytes(msgspec.json.encode(notes_of(notes)))
    yield from answers_in(answers, notes, told)


def _claim(folder: Path, run: dict[str, object]) -> None:
    """Take a folder for a run. Raises `EngineError` where it holds something else, or another run."""
    begun, content = folder / _BEGUN, msgspec.json.encode(run)
    is_other = begun.read_bytes() != content if begun.exists() else folder.exists() and any(folder.iterdir())
    if is_other:
        message = f"{folder}: holds something else; give a new folder for the answers"
        raise EngineError(message)
    folder.mkdir(parents=True, exist_ok=True)
    begun.write_bytes(content)


_BEGUN, _ENDED = "begun.json", "ended.json"
_PARTS_OF_OMOP = 64
"""Program default: into so many parts OMOP tables are cut where nobody says otherwise."""
_NEEDS = {Engine.SPARK: "pyspark", Engine.RAY: "ray"}


def _runner(engine: Engine) -> Callable[[Job], None]:
    if engine not in _NEEDS:
        message = f"the engine {engine} needs no runner: read the source here"
        raise EngineError(message)
    if find_spec(_NEEDS[engine]) is None:
        message = f"the engine {engine} needs {_NEEDS[engine]}; install it with: pip install 'osteon[{engine}]'"
        raise EngineError(message)
    run: Callable[[Job], None] = import_module(f"osteon.panel.engine_{engine}").run
    return run
