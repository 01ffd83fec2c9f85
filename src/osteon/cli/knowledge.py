"""What does the program know, since when, and from where? A person can read any of it."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import Annotated

import typer

from osteon.cli.answers import print_json, print_text
from osteon.cli.exits import ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.knowledge import Knowledge, load
from osteon.knowledge.catalogue import SHELVES, NotInKnowledgeError, catalogue, find
from osteon.knowledge.types import Jurisdiction

app = new_app(
    "Read and check the medical knowledge: drugs, guidelines, rules, with their sources.", no_args_is_help=True
)

OnDate = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="As it stands on this day; today.")]
Where = Annotated[Jurisdiction, typer.Option("--jurisdiction", help="Whose labels and guidelines apply.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print data, not text.")]


def _knowledge(on: datetime | None, jurisdiction: Jurisdiction) -> Knowledge:
    return load(on.date() if on else date.today(), jurisdiction)  # noqa: DTZ011 - the user's own day


@app.command("list")
def list_(
    shelf: Annotated[str, typer.Argument(help=f"One of: {', '.join(SHELVES)}.")] = "",
    on: OnDate = None,
    jurisdiction: Where = Jurisdiction.US,
    json: AsJson = False,
) -> None:
    """List what is known: every shelf, or one in full."""
    found = catalogue(_knowledge(on, jurisdiction))
    if shelf and shelf not in SHELVES:
        message = f"{shelf!r} is not one of {', '.join(SHELVES)}"
        raise typer.BadParameter(message, param_hint="shelf")
    if json:
        kept = tuple(each for each in found.shelves if shelf in ("", each.name))
        print_json(type(found)(found.version, kept))
        return
    from osteon.cli.knowledge_text import catalogue_text

    print_text(catalogue_text(found, shelf))


@app.command()
def show(
    path: Annotated[str, typer.Argument(help="A dotted path or an id: zoledronic_acid.renal, gate.fever, LBL_ROMO.")],
    on: OnDate = None,
    jurisdiction: Where = Jurisdiction.US,
    json: AsJson = False,
) -> None:
    """Show one entry with its values, units, dates, sources, and how each is known."""
    knowledge = _knowledge(on, jurisdiction)
    with mistakes_of_the_user(NotInKnowledgeError):
        full_path, node = find(knowledge, path)
    if json:
        print_json({"path": full_path, "on": knowledge.on, "jurisdiction": knowledge.jurisdiction, "entry": node})
        return
    from osteon.cli.knowledge_text import entry_text

    print_text(entry_text(full_path, node, knowledge, width=min(shutil.get_terminal_size().columns, 120)))


@app.command()
def check(json: AsJson = False) -> None:
    """Check the whole library: units, sources, references, code systems, and every rule against its cases.

    Ends with 1 where something is wrong.
    """
    from osteon.cli.knowledge_check import report_on_folder
    from osteon.cli.knowledge_text import report_text

    report = report_on_folder()
    if json:
        print_json(report)
    else:
        print_text(report_text(report))
    if report.problems:
        raise typer.Exit(ExitCode.CHECK_FAILED)
