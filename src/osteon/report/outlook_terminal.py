"""What each option would do to the bones, on a terminal: the options side by side, in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.report.forecast_words import SITE
from osteon.report.outlook import SITES_IN_ROWS, OutlookRow, OutlookView

HEADING = "Side by side"
_ROWS_SHOWN = 4


def show_outlook(outlook: OutlookView, console: Console, *, explain: bool) -> None:
    """Print all options side by side; without `explain` the chosen one, no drug, and the next best."""
    if not outlook.rows:
        return
    rows = outlook.rows if explain else outlook.rows[:_ROWS_SHOWN]
    hidden = len(outlook.rows) - len(rows)
    console.print(Text(HEADING, style="bold").append(f"  {outlook.heading}", style="dim"))
    console.print(Padding(_table(rows, f"{hidden} more: --explain" if hidden else ""), (0, 0, 0, 2)))
    if not explain:
        return
    for row in rows:
        for sign, words in row.part.flags:
            console.print(Padding(Text(f"{row.name}: {sign.icon} {sign.word}  {words}"), (0, 0, 0, 4)))
        if row.part.late_words:
            console.print(Padding(Text(f"{row.name}: {row.part.late_words}"), (0, 0, 0, 4)))
    console.print(Padding(Text(outlook.basis_words, style="dim"), (0, 0, 0, 2)))


def _table(rows: Sequence[OutlookRow], more: str) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(more, overflow="fold")
    for site in SITES_IN_ROWS:
        table.add_column(SITE[site].capitalize(), no_wrap=True)
    for head in ("chance", "vertebra", "hip"):
        table.add_column(head, no_wrap=True)
    for row in rows:
        cells = (f"{'  '.join(cell.middle)}  ({cell.between})" for cell in row.sites)
        table.add_row(row.name, *cells, row.chance, row.vertebra, row.hip)
    return table
