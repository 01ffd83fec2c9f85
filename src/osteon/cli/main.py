"""What can be asked on the command line? Every command is named here and loaded only when it is called.

A command is a module of this package with a `typer` app named `app`; `new_app` makes one in the house's manner.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from osteon import __version__
from osteon.cli.exits import BadInputError, ExitCode

COMMANDS = {
    "plan": "Plan a patient's treatment, from today to the way out of the drug.",
    "assess": "Judge a patient's bones against every guideline, side by side.",
    "options": "List every drug with its standing for a patient.",
    "gate": "Check whether a patient is ready for a drug on a day.",
    "chart": "Show what was understood of a chart, and what was left out and why.",
    "risk": "Work out one score or formula: QFracture, creatinine clearance, NEWS2 and others.",
    "forecast": "Foretell what each regimen will do to a patient's bone, with its uncertainty.",
    "trial": "Run a virtual trial: the same patients under every regimen.",
    "panel": "Put the pathway's questions to a whole population: quality measures.",
    "bone": "Check, refit and search with the model of bone.",
    "session": "Read an infusion session from its events.",
    "serve": "Run the clinic: pages, worker and database.",
    "account": "Make the accounts of the clinic, the first one among them.",
    "audit": "Check that the clinic's audit log still says what it said.",
    "backup": "Copy the whole clinic into one file while it works, and verify the copy.",
    "restore": "Put a backup of the clinic back, and verify its audit log.",
    "knowledge": "Read and check the medical knowledge: drugs, guidelines, rules, with their sources.",
    "schema": "Print the JSON Schema of an answer.",
}
"""The commands, in the order of a visit, with one line each. The module has the command's name."""

EXAMPLES = """\
  osteon plan examples/jane.json --html jane.html
  osteon gate examples/jane.json --drug zoledronic_acid --on 2026-11-23
  osteon risk qfracture --input sex=female --input age=72 --input bmi=21.4 --input falls=yes
"""
EXIT_CODES = """\
  0 done   1 a check failed   2 usage   3 blocked   4 cannot tell: something is missing   10 bad input
"""


class _Commands(TyperGroup):
    """The commands by name, each imported when it is needed, so that help answers at once."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is typer's
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is typer's
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"osteon.cli.{cmd_name}").app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(f"Examples:\n{EXAMPLES}\n")
        super().format_help(ctx, formatter)
        formatter.write(f"\nExit codes:\n{EXIT_CODES}")

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is typer's
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def new_app(help: str, **settings: Any) -> typer.Typer:  # noqa: A002 - typer's own word
    """A typer app in plain text, without pretty tracebacks: the manner of every command here."""
    plain: dict[str, Any] = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}
    return typer.Typer(help=help, **{**plain, **settings})


app = new_app(
    "Plans, runs and follows infusion therapy for osteoporosis.",
    cls=_Commands,
    add_completion=True,
    invoke_without_command=True,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"osteon {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - answered by its callback
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main() -> None:
    """Run the command line, and end with one of the codes of `ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="osteon")
    except BadInputError as error:
        typer.echo(f"osteon: {error}", err=True)
        sys.exit(ExitCode.BAD_INPUT)
