"""What does one score or formula say? `osteon risk TOOL --input name=value…`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
import typer

from osteon.cli.answers import print_json, print_text, read_stdin, say
from osteon.cli.asking import AsJson, OnDay, Under, today
from osteon.cli.exits import BadInputError, ExitCode, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.knowledge import load
from osteon.knowledge.types import Jurisdiction

app = new_app("Work out one score or formula: QFracture, creatinine clearance, NEWS2 and others.")


@app.command()
def risk(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="Which one; without it, all are listed.")] = "",
    more: Annotated[list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="More inputs.")] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", metavar="NAME=VALUE", help="An input: weight=130lb. - reads stdin."),
    ] = None,
    on: OnDay = None,
    jurisdiction: Under = Jurisdiction.US,
    as_json: AsJson = False,
) -> None:
    """Work out one score or formula. Ends with 4 where an input is missing, with 10 where one cannot be used.

    Without TOOL it lists every tool and what each asks.
    """
    from osteon.cli import risk_text
    from osteon.pathway.risk.calculators import calculate, tool_named
    from osteon.pathway.risk.inputs import InputError
    from osteon.pathway.risk.score import OutOfRangeError
    from osteon.pathway.risk.tools import TOOLS

    if not tool:
        print_json(TOOLS) if as_json else print_text(risk_text.tools_text(TOOLS))
        return
    knowledge = load(on or today(), jurisdiction)
    typed = _typed([*(given or ()), *(more or ())])
    with mistakes_of_the_user(InputError, OutOfRangeError):
        score = calculate(tool, typed, knowledge)
    if as_json:
        print_json(score)
    else:
        print_text(
            risk_text.score_text(score, knowledge) if typed else risk_text.tool_text(tool_named(tool), knowledge)
        )
    if score.outcome == "cannot_tell":
        for missing in score.missing if typed else ():
            say(f"{missing.text}: {missing.obtain}")
        raise typer.Exit(ExitCode.CANNOT_TELL)


def _typed(given: Iterable[str]) -> dict[str, str]:
    """Inputs by name, from `name=value`; `-` takes them from stdin, as a JSON object or one to a line."""
    typed: dict[str, str] = {}
    for text in given:
        pairs = _from_stdin() if text == "-" else [text]
        for pair in pairs:
            name, is_pair, value = pair.partition("=")
            if not is_pair:
                message = f"{pair!r} is not an input; write name=value, such as age=72"
                raise BadInputError(message)
            if name.strip() in typed:
                message = f"the input {name.strip()!r} is given twice"
                raise BadInputError(message)
            typed[name.strip()] = value.strip()
    return typed


def _from_stdin() -> list[str]:
    text = read_stdin().decode("utf-8", errors="replace")
    if not text.lstrip().startswith("{"):
        return [line for line in text.splitlines() if line.strip()]
    with mistakes_of_the_user(msgspec.MsgspecError):
        content: dict[str, str | float | bool] = msgspec.json.decode(text, type=dict[str, str | float | bool])
    return [f"{name}={_text(value)}" for name, value in content.items()]


def _text(value: str | float | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
