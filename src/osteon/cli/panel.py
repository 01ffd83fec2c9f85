"""The same questions put to a whole population, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import msgspec
import typer

from osteon.cli.answers import print_text, read_stdin, say
from osteon.cli.asking import day_of, largest_document, today
from osteon.cli.exits import BadInputError, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.cli.panel_fetch import fetch
from osteon.cli.panel_synthesize import synthesize

if TYPE_CHECKING:
    from osteon.panel.progress import Progress
    from osteon.panel.sources import Patients
    from osteon.pathway.measures.catalogue import Measure
    from osteon.pathway.measures.period import Period
    from osteon.pathway.measures.value_sets import ValueSets

app = new_app("Put the pathway's questions to a whole population.", no_args_is_help=True)


class Name(StrEnum):
    """Which measure?"""

    CMS249 = "cms249"
    CMS645 = "cms645"
    MIPS418 = "mips418"
    HEDIS_OMW = "hedis-omw"
    FLS_KPI = "fls-kpi"


@app.callback()
def _panel() -> None:
    """Put the pathway's questions to a whole population."""


@app.command()
def measure(
    name: Annotated[Name, typer.Argument(metavar="MEASURE", help=f"One of: {', '.join(Name)}.")],
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A case file (NDJSON), a FHIR R4 bundle, NDJSON of a bulk export (plain, .gz or .zst), a folder of "
            "these, or - for stdin.",
        ),
    ],
    period: Annotated[
        str,
        typer.Option(
            "--period", metavar="A/B", help="The period, 2025-01-01/2025-12-31; a case file may name its own."
        ),
    ] = "",
    valuesets: Annotated[
        Path | None,
        typer.Option("--valuesets", metavar="CSV", help="Your value sets: columns value_set, system, code."),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option(
            "--on", parser=day_of, metavar="DATE", help="The day up to which the source knows; today if not given."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON per patient, with the patient's id.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write a FHIR MeasureReport: the summary to .json, that of every patient too to .ndjson.",
        ),
    ] = None,
    identifiable: Annotated[
        bool, typer.Option("--identifiable", help="Show counts as they are, and patients in a report.")
    ] = False,
) -> None:
    """Measure how a service does by a published quality measure."""
    over = _period(period)
    lists_patients = report is not None and report.suffix in _LINES
    if lists_patients and not identifiable:
        message = "a report of every patient names them: add --identifiable, or write the summary to a .json file"
        raise typer.BadParameter(message, param_hint="--report")
    from osteon.panel.measure import Judged, NoPeriodError, measure_all
    from osteon.panel.progress import Progress
    from osteon.panel.source import SourceError
    from osteon.pathway.measures.catalogue import MEASURES
    from osteon.pathway.measures.report import individual_report, summary_report
    from osteon.pathway.measures.tally import exact, shareable

    asked, day, shown = MEASURES[name], on or today(), exact if identifiable else shareable
    value_sets = _value_sets(asked, valuesets, over.end if over else day)
    progress = Progress(sys.stderr)
    reader = _reader(source, asked, progress)
    with _written(report) as write:

        def take(each: Judged) -> None:
            progress.judged()
            if as_json:
                print_line(each.line)
            if lists_patients:
                write(individual_report(asked, each.populations, patient=each.patient, period=each.period, on=day))

        try:
            found = measure_all(reader, asked, over, value_sets, known_until=day, take=take)
        except NoPeriodError as error:
            raise typer.BadParameter(str(error), param_hint="--period") from error
        except SourceError as error:
            raise BadInputError(str(error)) from error
        if found.period:
            write(summary_report(asked, found.tally, shown, period=found.period, on=day))
    progress.finish()
    for words in (*reader.notes.lines(), *(f"Cannot be told: {each}." for each in asked.unjudged(value_sets))):
        say(words)
    if not found.period:
        raise BadInputError(f"{source}: no patient in it could be judged")
    if not as_json:
        from osteon.panel.summary import summary

        print_text(summary(asked, found.tally, shown))
    if report:
        say(f"Wrote {report}")


app.command()(fetch)
app.command()(synthesize)


_LINES = (".ndjson", ".jsonl")


def print_line(answer: Any) -> None:
    """Write one answer to stdout as one line of JSON."""
    print_text(msgspec.json.encode(answer).decode())


def _period(text: str) -> Period | None:
    if not text:
        return None
    from osteon.pathway.measures.period import Period, PeriodError

    try:
        return Period.parse(text)
    except PeriodError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from error


def _value_sets(measure: Measure, file: Path | None, on: date) -> ValueSets:
    """The value sets of a file, beside the program's own knowledge of a day."""
    from osteon.knowledge import load
    from osteon.pathway.measures.value_sets import ValueSetError, ValueSets, read_value_sets

    knowledge = load(on)
    if file is None:
        if measure.needs:
            message = (
                f"{measure.id} is defined by published value sets, which are licensed to you and not shipped; "
                "give yours: --valuesets CSV, with the columns value_set, system, code"
            )
            raise typer.BadParameter(message, param_hint="--valuesets")
        return ValueSets(knowledge=knowledge)
    with mistakes_of_the_user(ValueSetError, OSError, UnicodeDecodeError):
        found = read_value_sets(file.read_text("utf-8"), name=file.name, knowledge=knowledge)
    missing = found.lacks(measure.needs)
    if missing:
        raise BadInputError(f"{file.name}: {measure.id} needs {len(missing)} more value sets: {'; '.join(missing)}")
    return found


def _reader(source: str, measure: Measure, progress: Progress) -> Patients:
    from osteon.panel.source import SourceError
    from osteon.panel.sources import reader_of

    with mistakes_of_the_user(SourceError, OSError):
        read: Path | bytes = read_stdin() if source == "-" else Path(source)
        return reader_of(read, measure.reads, told=progress.read, largest_document=largest_document())


@contextmanager
def _written(file: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Where reports go: one a line; nowhere without a file."""
    if file is None:
        yield lambda _: None
        return
    with mistakes_of_the_user(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("wb")
    with stream:
        yield lambda report: _write_line(stream, report)


def _write_line(stream: BinaryIO, report: dict[str, Any]) -> None:
    stream.write(msgspec.json.encode(report))
    stream.write(b"\n")
