"""What did a virtual trial find? On a terminal: sentence first, then a table for each site."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.bone.patient import Site
from osteon.bone.trial import Outcome, Trial
from osteon.report.forecast_words import FLAG, SITE, percent, regimen_words, signed, span_words, t_words
from osteon.report.terminal import sign_text
from osteon.report.words import sentence

YEARS_SHOWN = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0)


def show_trial(trial: Trial, console: Console) -> None:
    """Print what was found: means and spread by year, who lost bone, who reached the target, and what is not known."""
    console.print(Text(f"Virtual trial: {trial.words}", style="bold"))
    console.print(Text(_how(trial), style="dim"))
    for flag in trial.flags:
        console.print(sign_text(FLAG[flag.kind]).append(f"  {sentence(flag.text)}", style="default"))
    for words in trial_sentences(trial):
        console.print(Text(words))
    places = _places(trial)
    for site in trial.arms[0].density:
        console.print()
        console.print(Text(f"{SITE[site].capitalize()}: mean change in per cent (SD between patients)", style="bold"))
        console.print(Padding(_by_year(trial, site, places), (0, 0, 0, 2)))
        console.print(Padding(_at_the_end(trial, site), (0, 0, 0, 2)))


def trial_sentences(trial: Trial) -> tuple[str, ...]:
    """What is the answer in words? For each regimen the mean change at its end, and how it differs from the first."""
    span = span_words(trial.months[-1])
    told = []
    for number, arm in enumerate(trial.arms):
        spine, hip = arm.density["lumbar_spine"], arm.density["total_hip"]
        words = (
            f"{sentence(regimen_words(arm.regimen)).rstrip('.')}: after {span} the lumbar spine changes by "
            f"{signed(spine.mean[-1])} % on average and the total hip by {signed(hip.mean[-1])} %"
        )
        if number:
            words += f" ({signed(spine.difference[-1])} and {signed(hip.difference[-1])} points from the first regimen)"
        told.append(f"{words}.")
    return tuple(told)


def _how(trial: Trial) -> str:
    taken = "every dose is taken" if trial.adherence == "perfect" else "doses are taken as in real life"
    return f"{trial.patients:,} patients under each regimen, {trial.years:g} years, seed {trial.seed}; {taken}."


def _places(trial: Trial) -> list[int]:
    """Which looks are shown? Whole years that were looked at, and the end."""
    found = [trial.months.index(12.0 * year) for year in YEARS_SHOWN if 12.0 * year in trial.months]
    return found if found and found[-1] == len(trial.months) - 1 else [*found, len(trial.months) - 1]


def _by_year(trial: Trial, site: Site, places: Sequence[int]) -> Table:
    table = _table("Regimen", *(span_words(trial.months[place]) for place in places))
    for arm in trial.arms:
        seen = arm.density[site]
        cells = (f"{signed(seen.mean[place])} ({seen.sd[place]:.1f})" for place in places)
        table.add_row(regimen_words(arm.regimen), *cells)
    return table


def _at_the_end(trial: Trial, site: Site) -> Table:
    table = _table(
        f"After {span_words(trial.months[-1])}",
        "90 % of patients",
        "lose > 3 %",
        "two scans say so",
        f"T-score {t_words(trial.target)} or more",
        "from the first regimen",
    )
    for number, arm in enumerate(trial.arms):
        seen = arm.density[site]
        measured = seen.lost_over_3pct_as_measured
        table.add_row(
            regimen_words(arm.regimen),
            f"{signed(seen.low90[-1])} to {signed(seen.high90[-1])}",
            percent(seen.lost_over_3pct[-1]),
            percent(measured[-1]) if measured else "–",
            percent(arm.reached[site][-1]),
            _difference(seen) if number else "–",
        )
    return table


def _difference(seen: Outcome) -> str:
    """The mean difference, with what chance and the model's uncertainty (one SD each) leave open."""
    model = "" if seen.difference_model_sd is None else f", model ± {seen.difference_model_sd[-1]:.1f}"
    return f"{signed(seen.difference[-1], 2)} (chance ± {seen.standard_error[-1]:.2f}{model})"


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number > 0)
    return table
