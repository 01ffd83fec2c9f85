"""A plan on one screen of a terminal, in the order in which a prescriber would read it aloud."""

from __future__ import annotations

from itertools import groupby

import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.knowledge.types import Verified
from osteon.pathway.options import Standing
from osteon.pathway.replan import Revision
from osteon.pathway.steps import PlanStep
from osteon.report.outlook_terminal import show_outlook
from osteon.report.questions import Answer, Line
from osteon.report.view import Row, View
from osteon.report.words import STANDING, VERIFIED, Sign, listed

STYLES = {"good": "green", "bad": "bold red", "warn": "yellow", "open": "magenta", "plain": "default"}
_DAYS_SHOWN = 7
_GROUNDS_SHOWN = 4


def console() -> Console:
    """The terminal that answers are printed on; wide enough to read where the output is piped."""
    found = Console(highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(highlight=False, width=120)


def show(view: View, console: Console, *, explain: bool = False) -> None:
    """Print a plan. `explain` prints every reason, citation and step instead of the first few of each."""
    console.print(Text(f"{view.heading}: {view.patient}", style="bold"))
    console.print(Text(view.made, style="dim"))
    console.print(Text(f"■ {view.banner}", style="yellow"))
    for answer in view.answers:
        console.print(answer_text(answer, explain=explain))
    console.print(Text("What comes when", style="bold"))
    console.print(_steps(view.steps, explain=explain))
    if view.missing and explain:
        console.print(Text("Find out first", style="bold"))
        for words in view.missing:
            console.print(Padding(Text(f"? {words}", style="magenta"), (0, 0, 0, 2)))
    if view.outlook:
        show_outlook(view.outlook, console, explain=explain)
    console.print(Text("Other options", style="bold"))
    console.print(_options(view.rows, view.plan.chosen, explain=explain))
    if explain:
        console.print(Text("Risk scores", style="bold"))
        for score in view.risks:
            console.print(Padding(line_text(score, explain=True), (0, 0, 0, 2)))
    _foot(view, console, explain=explain)


def show_revision(revision: Revision, console: Console) -> None:
    """Print whether an earlier plan stands, and what is new, moved or dropped."""
    console.print(Text(revision.why, style="bold"))
    for step in revision.added:
        console.print(Padding(Text(f"+ {step.on}  {step.title}", style="green"), (0, 0, 0, 2)))
    for moved in revision.moved:
        console.print(Padding(Text(f"~ {moved.before} → {moved.step.on}  {moved.step.title}"), (0, 0, 0, 2)))
    for step in revision.dropped:
        console.print(Padding(Text(f"- {step.on}  {step.title}", style="red"), (0, 0, 0, 2)))


def answer_text(answer: Answer, *, explain: bool) -> RenderableType:
    """A question with its answer and grounds: all of them with `explain`, else the first few."""
    head = Text.assemble(
        (f"{answer.question} ", "bold"), sign_text(answer.sign), ("  " + answer.text, "default"), overflow="fold"
    )
    lines = answer.lines if explain else answer.lines[: answer.few]
    body: list[Text] = []
    for number, line in enumerate(lines):
        shown = line if explain else msgspec.structs.replace(line, because=() if number else _first(line.because))
        body.append(line_text(shown, explain=explain))
    if len(answer.lines) > len(lines):
        body[-1].append(f"  … and {len(answer.lines) - len(lines)} more (--explain)", style="dim")
    return Group(head, *(Padding(text, (0, 0, 0, 2)) for text in body))


def _first(grounds: tuple[str, ...]) -> tuple[str, ...]:
    """The first grounds, and how many more there are."""
    more = len(grounds) - _GROUNDS_SHOWN
    return (*grounds[:_GROUNDS_SHOWN], f"and {more} more") if more > 1 else grounds


def line_text(line: Line, *, explain: bool) -> Text:
    """A sentence with its grounds; with `explain` also its citations and how they are known."""
    text = Text(overflow="fold")
    if line.sign:
        text.append_text(sign_text(line.sign)).append(" ")
    text.append(line.text)
    if line.because:
        text.append("  " + "; ".join(line.because), style="dim")
    if line.mark and (explain or line.mark is not VERIFIED[Verified.SOURCE]):
        text.append(f" {line.mark.icon}", style=STYLES[line.mark.tone])
    if explain and line.citations:
        text.append(f" [{', '.join(line.citations)}]", style="dim cyan")
    return text


def sign_text(sign: Sign) -> Text:
    """A sign as icon, word and colour."""
    return Text(f"{sign.icon} {sign.word}", style=STYLES[sign.tone])


def _steps(steps: tuple[PlanStep, ...], *, explain: bool) -> RenderableType:
    """The dated steps: with `explain` one by one with their reasons, else a line for each day and kind."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    if explain:
        for step in steps:
            table.add_row(f"  {step.on}", Text(step.kind.value, style="cyan"), _title([step]))
            for note in step.notes:
                table.add_row("", "", Text(f"{note.text} [{', '.join(note.citations)}]", style="dim"))
        return table
    days = [list(group) for _, group in groupby(steps, key=lambda step: (step.on, step.kind))]
    for group in days[:_DAYS_SHOWN]:
        table.add_row(f"  {group[0].on}", Text(group[0].kind.value, style="cyan"), _title(group))
    if len(days) > _DAYS_SHOWN:
        last = steps[-1]
        table.add_row("", "", Text(f"… and on, to {last.on}: {last.title} (--explain)", style="dim"))
    return table


def _title(group: list[PlanStep]) -> Text:
    style = "bold red" if any(step.is_urgent for step in group) else "default"
    titles = [step.title.rstrip(".") + (" (provisional)" if step.is_provisional else "") for step in group]
    return Text("; ".join(titles), style=style)


def _options(rows: tuple[Row, ...], chosen: str, *, explain: bool) -> RenderableType:
    """The other options: one by one with `explain`, else a line for each standing."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    others = [row for row in rows if explain or row.option.drug != chosen]
    if explain:
        for row in others:
            table.add_row(Text("  ") + sign_text(row.sign), f"{row.name}, {row.route}. {row.text} {row.burden}")
        return table
    for _, group in groupby(others, key=lambda row: row.option.standing):
        same = list(group)
        reasons = {row.text: [other.name for other in same if other.text == row.text] for row in same}
        plain = same[0].option.standing in (Standing.RECOMMENDED, Standing.SUITABLE)
        parts = [listed(names) + ("" if plain else f" ({text.rstrip('.')})") for text, names in reasons.items()]
        table.add_row(Text("  ") + sign_text(same[0].sign), "; ".join(parts))
    return table


def _foot(view: View, console: Console, *, explain: bool) -> None:
    marks = ", ".join(f"{sign.icon} {sign.word}" for sign in VERIFIED.values())
    if explain:
        console.print(Text("Sources", style="bold"))
        for key, title, url in view.citations:
            console.print(Padding(Text(f"{key}: {title} {url}", overflow="fold"), (0, 0, 0, 2)))
        console.print(Text(f"Marks: {marks}.", style="dim"))
        signs = ", ".join(f"{sign.icon} {sign.word}" for sign in STANDING.values())
        console.print(Text(f"Standings: {signs}.", style="dim"))
    if view.unverified:
        words = f"Rest on recalled texts or program defaults alone: {', '.join(view.unverified)}."
        console.print(Text(words if explain else f"{marks}.", style="yellow"))
    console.print(Text("Prescriber: ____________________   Signature: ____________________   Date: __________"))
