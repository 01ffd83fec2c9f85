"""What does the program know, since when, and from where? A person can read any of it."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Annotated

import typer

from osteon.cli.answers import print_json, print_text, say
from osteon.cli.asking import AsJson, OnDay, Under, today
from osteon.cli.exits import ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.knowledge import Knowledge, load
from osteon.knowledge.catalogue import SHELVES, Entry, NotInKnowledgeError, catalogue, find
from osteon.knowledge.types import Jurisdiction

app = new_app(
    "Read and check the medical knowledge: drugs, guidelines, rules, with their sources.", no_args_is_help=True
)


def _knowledge(on: date | None, jurisdiction: Jurisdiction) -> tuple[date, Knowledge]:
    day = on or today()
    return day, load(day, jurisdiction)


@app.command("list")
def list_(
    shelf: Annotated[str, typer.Argument(help=f"One of: {', '.join(SHELVES)}.")] = "",
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    as_json: AsJson = False,
) -> None:
    """List what is known: every shelf, or one in full."""
    _, knowledge = _knowledge(on, jurisdiction)
    found = catalogue(knowledge)
    if shelf and shelf not in SHELVES:
        message = f"{shelf!r} is not one of {', '.join(SHELVES)}"
        raise typer.BadParameter(message, param_hint="shelf")
    if as_json:
        kept = tuple(each for each in found.shelves if shelf in ("", each.name))
        print_json(type(found)(found.version, kept))
        return
    from osteon.cli.knowledge_text import catalogue_text

    print_text(catalogue_text(found, shelf))


@app.command()
def show(
    path: Annotated[str, typer.Argument(help="A dotted path or an id: zoledronic_acid.renal, gate.fever, LBL_ROMO.")],
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    as_json: AsJson = False,
) -> None:
    """Show one entry with its values, units, dates, sources, and how each is known."""
    day, knowledge = _knowledge(on, jurisdiction)
    with mistakes_of_the_user(NotInKnowledgeError):
        full_path, node, also = find(knowledge, path)
    if as_json:
        print_json(Entry(full_path, day, jurisdiction, node))
        return
    from osteon.cli.knowledge_text import entry_text

    width = min(shutil.get_terminal_size().columns, 120)
    print_text(entry_text(f"{full_path}  (on {day}, {jurisdiction})", node, knowledge, width))
    if also:
        say(f"The same name also stands at {', '.join(also)}.")


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check the whole library: units, sources, references, code systems, and every rule against its cases.

    Ends with 1 where something is wrong.
    """
    from osteon.cli.knowledge_check import report_on_folder
    from osteon.cli.knowledge_text import report_text

    report = report_on_folder()
    if as_json:
        print_json(report)
    else:
        print_text(report_text(report))
    if report.problems:
        raise typer.Exit(ExitCode.CHECK_FAILED)
