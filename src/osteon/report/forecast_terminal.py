"""Forecasts on one screen of a terminal: sentence first, then the fan, the chances, the fractures, the flags."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.report.forecast_reading import fan_of, fan_rows, scale_of
from osteon.report.forecast_sketch import INNER, LEVEL, MIDDLE, OUTER, sketch
from osteon.report.forecast_view import ForecastView, Part
from osteon.report.forecast_words import SITE
from osteon.report.terminal import STYLES, sign_text

_OSTEOPOROSIS_T = -2.5
_COLOURS = {OUTER: "blue", INNER: "bright_blue", MIDDLE: "bold", LEVEL: "yellow"}


def show_forecast(view: ForecastView, console: Console) -> None:
    """Print what each regimen would do."""
    console.print(Text(f"{view.heading}: {view.who}" if view.who else view.heading, style="bold"))
    facts = "  ".join(f"{label} {value};" for label, value in view.facts).rstrip(";")
    if facts:
        console.print(Text(facts, style="dim"))
    console.print(Text(f"■ {view.banner}", style="yellow"))
    for sign, words in view.flags:
        console.print(sign_text(sign).append(f"  {words}", style="default"))
    if len(view.parts) > 1:
        _summary(view, console)
    for part in view.parts:
        _part(part, view, console)
    console.print(Text(view.made, style="dim"))


def _summary(view: ForecastView, console: Console) -> None:
    table = _table(
        f"After {view.span}", SITE[view.site], f"chance of {view.target or 'the target'}", "break a vertebra", "a hip"
    )
    for row in view.summary:
        table.add_row(row.name, f"{row.density} ({row.between})", row.chance, row.vertebra, row.hip)
    console.print(Padding(table, (0, 0, 0, 2)))
    console.print(Text("  Fractures: people of 100; if never treated in brackets.", style="dim"))


def _part(part: Part, view: ForecastView, console: Console) -> None:
    console.print()
    console.print(Text(part.name, style="bold"))
    console.print(Text(f"  {part.forecast.regimen}", style="dim"))
    console.print(_indented(part.sentence))
    for sign, words in part.flags:
        console.print(Padding(sign_text(sign).append(f"  {words}", style="default"), (0, 0, 0, 2)))
    console.print(Padding(_fan(part, view), (0, 0, 0, 2)))
    for _, words in part.others:
        console.print(_indented(words))
    if part.chances:
        table = _table("Chance of", *(f"year {year}" for year in part.years))
        for row in part.chances:
            table.add_row(row.target, *(chance or "–" for chance in row.chances))
        console.print(Padding(table, (0, 0, 0, 2)))
    console.print(_indented(part.fracture_words))
    if part.fractures:
        table = _table(f"Of 100 people, in {view.span}", "break it", "90 % range", "never treated", "from rebound")
        for each in part.fractures:
            table.add_row(each.words, each.treated, each.between, each.untreated, each.rebound or "none")
        console.print(Padding(table, (0, 0, 0, 2)))
    if part.late_words:
        console.print(Padding(Text(part.late_words, style=STYLES["warn"]), (0, 0, 0, 2)))
    console.print(Padding(Text(part.evidence, style="dim"), (0, 0, 0, 2)))


def _fan(part: Part, view: ForecastView) -> Text:
    scale = scale_of([part.forecast], view.site)
    rows = fan_rows(part.forecast.months, fan_of(part.forecast, view.site, scale), 1.0)
    aims = [each.target for each in part.forecast.targets if each.site == view.site]
    levels = [_OSTEOPOROSIS_T, *aims] if scale == "t_score" else [0.0]
    what = "T-score" if scale == "t_score" else "change of density, %"
    text = Text(f"{what}  ({MIDDLE} middle, {INNER} half of people like this, {OUTER} 90 of 100)\n", style="dim")
    for line in sketch(rows, levels, digits=1):
        for letter in f"{line}\n":
            text.append(letter, style=_COLOURS.get(letter, "default"))
    return text


def _indented(words: str) -> Padding:
    return Padding(Text(words), (0, 0, 0, 2))


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number > 0)
    return table
