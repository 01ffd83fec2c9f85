"""The model of bone on a terminal: how well it predicts trials, and which sequence of drugs it finds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.bone.observations import QUANTITIES
from osteon.bone.posterior import Posterior
from osteon.bone.search import Candidate, Found
from osteon.bone.validate import Validation
from osteon.report.forecast_words import FLAG, SITE, regimen_words, span_words
from osteon.report.terminal import sign_text
from osteon.report.words import counted, sentence

if TYPE_CHECKING:  # a fit needs scipy, and these screens do not
    from osteon.bone.fit import LeftOut

_WORST_SHOWN = 8


def show_validation(found: Validation, console: Console) -> None:
    """Print errors and coverage by site, then the cases that the model got most wrong."""
    console.print(Text(f"Model {found.model} against {counted(len(found.rows), 'case')}", style="bold"))
    table = _table(
        "Site", "cases", "median error", "RMSE", "bias", "inside 50 %", "inside 90 %", "half-width 90 %", "score 90 %"
    )
    for site, each in found.summary.items():
        table.add_row(
            SITE[site],
            f"{each.n}",
            f"{each.median_abs_error:.2f}",
            f"{each.rmse:.2f}",
            f"{each.bias:+.2f}",
            f"{100.0 * each.coverage_50:.0f} %",
            f"{100.0 * each.coverage_90:.0f} %",
            f"{each.mean_half_width_90:.2f}",
            f"{each.mean_interval_score_90:.2f}",
        )
    console.print(Padding(table, (0, 0, 0, 2)))
    console.print(Text("  Points of per cent; the score is Gneiting's for the 90 % interval, less is better.", "dim"))
    worst = sorted(found.rows, key=lambda row: -abs(row.error))[:_WORST_SHOWN]
    console.print(Text("Furthest off", style="bold"))
    table = _table("Case", "site", "months", "seen", "predicted", "90 % interval")
    for row in worst:
        table.add_row(
            row.case,
            SITE[row.site],
            f"{row.from_month:g} to {row.to_month:g}",
            f"{row.observed_pct:+.1f}",
            f"{row.predicted_pct:+.1f}",
            f"{row.lo90:+.1f} to {row.hi90:+.1f}",
        )
    console.print(Padding(table, (0, 0, 0, 2)))


def show_fit(posterior: Posterior, left_out: Sequence[LeftOut], console: Console) -> None:
    """Print what was fitted, and how far each trial was missed by a fit that had not seen it, by quantity and trial."""
    trials, rows = len(posterior.trials), posterior.observations
    console.print(
        Text(f"{posterior.version}: {counted(rows, 'observation')} of {counted(trials, 'trial')} fitted", style="bold")
    )
    console.print(
        Text("  Below, each trial is predicted by a fit to all the others; drugs known from it alone left out.")
    )
    seen = [each for each in left_out if not each.was_only_source]
    table = _table("Quantity", "rows", "median error", "RMSE", "bias", "unit")
    for quantity in QUANTITIES:
        errors = sorted(each.error for each in seen if each.row.quantity == quantity)
        if errors:
            unit = "points" if quantity in SITE else "ratio"
            table.add_row(quantity.replace("_", " "), f"{len(errors)}", *_of(errors), unit)
    console.print(Padding(table, (0, 0, 0, 2)))
    table = _table("Trial", "rows", "median error", "RMSE", "bias")
    for trial in posterior.trials:
        errors = sorted(each.error for each in seen if each.row.trial == trial and each.row.quantity in SITE)
        if errors:
            table.add_row(trial, f"{len(errors)}", *_of(errors))
    console.print(Text("By trial, density only", style="bold"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _of(errors: Sequence[float]) -> tuple[str, str, str]:
    rmse = math.sqrt(sum(error**2 for error in errors) / len(errors))
    return f"{median(map(abs, errors)):.2f}", f"{rmse:.2f}", f"{sum(errors) / len(errors):+.2f}"


def show_search(found: Found, console: Console) -> None:
    """Print the best sequence, what happens without any, the next best with the reason against each, and the limits."""
    console.print(Text(found.sentence, style="bold"))
    table = _table("Sequence", found.aim.replace("_", "-"), "90 % range", "visits", "treated", "why not")
    for candidate, because in (
        (found.best, "the choice"),
        *((each.candidate, each.because) for each in found.why_not),
        (found.without, "no drug at all"),
    ):
        table.add_row(*_cells(candidate, found.aim), because)
    console.print(Padding(table, (0, 0, 0, 2)))
    how = "all that the rules allow" if found.exhaustive else "the most promising, by a beam search"
    console.print(Text(f"  {counted(found.considered, 'sequence')} simulated: {how}.", style="dim"))
    for reason, count in list(found.ruled_out.items())[:5]:
        console.print(Text(f"  Ruled out {count} times: {reason}.", style="dim"))
    for flag in found.flags:
        console.print(sign_text(FLAG[flag.kind]).append(f"  {sentence(flag.text)}", style="default"))


def _cells(candidate: Candidate, aim: str) -> tuple[str, ...]:
    low, high = candidate.low90, candidate.high90
    spread = "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"
    score = f"{100.0 * candidate.score:.0f} %" if aim == "chance" else f"{candidate.score:.2f}"
    treated = span_words(candidate.treated_months) if candidate.treated_months else "never"
    return regimen_words(candidate.regimen), score, spread, f"{candidate.visits:g}", treated


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=0 < number < len(heads) - 1)
    return table
