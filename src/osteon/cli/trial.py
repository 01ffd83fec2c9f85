"""What would these regimens do in a whole population? A virtual trial, from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from osteon.cli.answers import print_json, say
from osteon.cli.asking import AsJson
from osteon.cli.exits import BadInputError, mistakes_of_the_user
from osteon.cli.main import new_app
from osteon.cli.skeleton import RegimensAsked, regimens

if TYPE_CHECKING:
    from osteon.bone.regimen import Regimen

app = new_app("Run a virtual trial: the same patients under every regimen.")

POPULATIONS = ("pmo", "very_high_risk", "frame", "early_menopause", "osteopenia", "men", "glucocorticoid")
"""The names of `osteon.bone.populations`, written again so that help loads no arithmetic; a test compares them."""

Rows = Callable[[dict[str, Any]], None]


@app.command()
def trial(
    *,
    population: Annotated[
        str, typer.Option("--population", metavar="NAME", help=f"One of {', '.join(POPULATIONS)}; else the nearest.")
    ] = "pmo",
    regimen: RegimensAsked,
    patients: Annotated[
        int, typer.Option("--patients", metavar="N", min=1, help="How many, under each regimen.")
    ] = 10_000,
    years: Annotated[float, typer.Option("--years", metavar="N", min=0.5, max=30, help="For how long.")] = 10.0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same answer.")] = 1,
    adherence: Annotated[
        Literal["perfect", "real-life"], typer.Option("--adherence", help="Is every dose taken, or as people do?")
    ] = "perfect",
    target: Annotated[float, typer.Option("--target", metavar="T", help="Count who reaches this T-score.")] = -2.5,
    as_json: AsJson = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="Write each patient's changes, month by month.")
    ] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="FILE", help="Write the means over time as PNG.")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the means over time as SVG.")] = None,
) -> None:
    """Run a virtual trial: means, spread, who loses bone and who reaches the target, with the first as comparator.

    Memory does not grow with the number of patients.
    """
    if png or svg:
        _drawable(len(regimen))
    asked = regimens(regimen)
    from osteon.bone.trial import trial as run

    with _written(parquet, asked) as rows, _progress() as progress:
        found = run(
            population, asked, patients=patients, years=years, seed=seed, target=target,
            adherence="real life" if adherence == "real-life" else "perfect", progress=progress, rows=rows,
        )  # fmt: skip
    if parquet:
        say(f"Wrote {parquet}")
    if as_json:
        print_json(found)
    else:
        from osteon.report.forecast_trial import show_trial
        from osteon.report.terminal import console

        show_trial(found, console())
    if png or svg:
        from osteon.report import forecast_picture
        from osteon.report.forecast_trial_chart import trial_chart

        chart = trial_chart(found)
        if png:
            _write(png, forecast_picture.png(chart))
        if svg:
            _write(svg, forecast_picture.svg(chart).encode())


def _drawable(arms: int) -> None:
    from osteon.report.forecast_trial_chart import MOST_ARMS

    if arms > MOST_ARMS:
        message = f"a picture shows at most {MOST_ARMS} regimens, not {arms}; draw them in groups"
        raise typer.BadParameter(message)


def _write(file: Path, content: bytes) -> None:
    with mistakes_of_the_user(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    say(f"Wrote {file}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where somebody looks at it; silence in a pipe."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    errors = Console(stderr=True)
    columns = (TextColumn("Patients"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal, transient=True) as bar:
        task = bar.add_task("patients")
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _written(file: Path | None, asked: tuple[Regimen, ...]) -> Iterator[Rows | None]:
    """Where the rows of the trial go, chunk by chunk: a Parquet file that names the regimens in its metadata."""
    if file is None:
        yield None
        return
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        message = "--parquet needs pyarrow; install it with: pip install 'osteon[research]'"
        raise BadInputError(message) from error
    names = {f"regimen {number}": str(regimen) for number, regimen in enumerate(asked)}
    opened: list[Any] = []

    def put(columns: dict[str, Any]) -> None:
        table = pa.table(columns).replace_schema_metadata(names)
        if not opened:
            opened.append(pq.ParquetWriter(file, table.schema, compression="zstd"))
        opened[0].write_table(table)

    with mistakes_of_the_user(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield put
        finally:
            for writer in opened:
                writer.close()
