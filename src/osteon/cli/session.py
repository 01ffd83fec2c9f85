"""Read an infusion session from its events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.answers import print_json, print_text, read_stdin
from osteon.cli.asking import AsJson, OnDay, Under, today
from osteon.cli.exits import BadInputError, ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.knowledge.types import Jurisdiction

if TYPE_CHECKING:
    from osteon.pathway.session.record import Record

app = new_app("Read an infusion session from its events.", no_args_is_help=True)

EventsPath = Annotated[str, typer.Argument(metavar="FILE", help="Events, one JSON object a line, or - for stdin.")]
DrugId = Annotated[str, typer.Option("--drug", metavar="ID", help="The drug of the session.")]
TwoPeople = Annotated[bool, typer.Option("--two-people", help="Two people check the drug here.")]


@app.callback()
def _root() -> None:
    """Read an infusion session from its events."""


@app.command()
def replay(
    file: EventsPath,
    drug: DrugId = "zoledronic_acid",
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    two_people: TwoPeople = False,
    as_json: AsJson = False,
) -> None:
    """Derive a session from its events and print it as its record reads.

    Ends with 3 where the events are none that a session can have, and says which is refused and why.
    """
    from osteon.knowledge.in_force import load
    from osteon.pathway.session.path import RefusedError
    from osteon.pathway.session.policy import NotGivenHereError, policy_of
    from osteon.pathway.session.record import read_events, record

    knowledge = load(on or today(), jurisdiction)
    if drug not in knowledge.drugs:
        message = f"no drug {drug!r}; there are {', '.join(knowledge.drugs)}"
        raise BadInputError(message)
    with mistakes_of_the_user(OSError, ValueError, NotGivenHereError):
        events = read_events(read_stdin() if file == "-" else Path(file).read_bytes())
        policy = policy_of(knowledge.drugs[drug], knowledge, two_people=two_people)
    try:
        told = record(events, policy)
    except RefusedError as refused:
        typer.echo(f"osteon: these events are no session: {refused}", err=True)
        raise typer.Exit(ExitCode.BLOCKED) from refused
    if as_json:
        print_json(told)
    else:
        print_text(_text(told))


def _text(told: Record) -> str:
    lines = [f"{told.name}: {told.state.phase.value}"]
    for each in told.lines:
        who = f"{each.by} ({each.role})" + (f" with {each.second}" if each.second else "")
        late = f", entered {each.late_min} min late" if each.late_min else ""
        words = f"{each.words}{': ' if each.detail else ''}{each.detail}"
        lines.append(f"{each.at:%H:%M:%S}  {'[wrong] ' if each.is_wrong else ''}{words}  — {who}{late}")
    if told.infused_min is not None:
        lines.append(f"From start to end: {told.infused_min:g} minutes.")
    return "\n".join(lines)
