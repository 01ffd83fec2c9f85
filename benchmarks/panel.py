"""How fast is a population made, scanned and screened, and what does that cost beside bare scans of the same bytes?

    python -m benchmarks.panel [--charts 10000,20000] [--spark]
    python -m benchmarks.panel --million [--charts-a-shard 50000] [--work DIR]

Everything runs on all cores the machine has, each command as a process of its own, its memory with that of all its
children, sampled five times a second. Without `--million` it takes about two minutes: the floor is measured on the
largest population, the growth over all of them (`--charts 10000,100000` needs 6 GB of disk, and of memory, if the files
are to stay in the page cache). With it a million charts are made, screened and dropped shard by shard; what is done is
kept in the folder, and the same command goes on where it was cut off. Peers that are not installed are named as such.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

SEED = 9
MEGABYTE = 1_000_000
MILLION = 1_000_000
ROUNDS = 3
_SAMPLE_S = 0.2


class Ran(NamedTuple):
    """Seconds, and the most memory of all processes together, in MB (0 where it cannot be told)."""

    seconds: float
    peak_mb: float


def osteon(*args: str | Path) -> Ran:
    """Run the command line in a process of its own. Ends the benchmark where it fails."""
    command = [sys.executable, "-c", "from osteon.cli import main; main()", *map(str, args)]
    start = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak, said = [0.0], [b""]
    watch = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watch.start()
    _, said[0] = process.communicate()
    seconds = perf_counter() - start
    watch.join()
    if process.returncode:
        raise SystemExit(
            f"osteon {' '.join(map(str, args))} ended with {process.returncode}: {said[0].decode()[-800:]}"
        )
    return Ran(seconds, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_memory_mb, _family(process.pid))))
        try:
            process.wait(_SAMPLE_S)
        except subprocess.TimeoutExpired:
            continue


def _family(pid: int) -> Iterator[int]:
    """A process and all below it, as Linux lists them."""
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = tasks.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from _family(int(child))


def _memory_mb(pid: int) -> float:
    """The share of memory that this process holds (PSS: pages that several hold count once)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)


def has_screen() -> bool:
    """Is `osteon panel screen` there?"""
    command = [sys.executable, "-c", "from osteon.cli import main; main()", "panel", "screen", "--help"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def made(folder: Path, charts: int, *more: str | int) -> Ran:
    """Make so many charts."""
    return osteon(
        "panel", "synthesize", "--patients", str(charts), "--seed", str(SEED), "--out", folder, *map(str, more)
    )


# --- the floor ------------------------------------------------------------------------------------------------------


def duckdb_scan(folder: Path) -> None:
    """Every line through DuckDB's reader of JSON with typed columns."""
    import duckdb

    columns = "{resourceType: 'VARCHAR', id: 'VARCHAR', status: 'VARCHAR', effectiveDateTime: 'VARCHAR'}"
    read = f"read_json('{folder}/*.ndjson', format='newline_delimited', columns={columns})"
    asked = f"SELECT count(*), max(id), count(status), max(effectiveDateTime) FROM {read}"  # noqa: S608  # our own path
    duckdb.connect().execute(asked).fetchall()


def simdjson_scan(folder: Path) -> None:
    """Every line through simdjson, one core; only the type is taken out."""
    import simdjson  # type: ignore[import-not-found,unused-ignore]

    parser = simdjson.Parser()
    for line in _lines(folder):
        parser.parse(line)["resourceType"]


def orjson_scan(folder: Path) -> None:
    """Every line through orjson, one core."""
    import orjson

    for line in _lines(folder):
        orjson.loads(line)


def msgspec_scan(folder: Path) -> None:
    """Every line through msgspec, one core, into the one field that is asked for."""
    import msgspec

    class Kind(msgspec.Struct):
        resourceType: str  # noqa: N815  # FHIR's own name

    decode = msgspec.json.Decoder(Kind).decode
    for line in _lines(folder):
        decode(line)


def _lines(folder: Path) -> Iterator[bytes]:
    for file in sorted(folder.glob("*.ndjson")):
        with file.open("rb") as stream:
            yield from stream


PEERS: tuple[tuple[str, str, Callable[[Path], None], int], ...] = (
    ("DuckDB, typed columns, all cores", "duckdb", duckdb_scan, ROUNDS),
    ("simdjson (pysimdjson), one core", "simdjson", simdjson_scan, 1),
    ("msgspec, one field, one core", "msgspec", msgspec_scan, 1),
    ("orjson, whole lines, one core", "orjson", orjson_scan, 1),
)


def spark_scan(folder: Path) -> None:
    """Every line of observations through Spark's reader of JSON, all local cores; the start is not counted."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false").getOrCreate()
    schema = "resourceType string, id string, status string, effectiveDateTime string"
    read = spark.read.schema(schema)
    read.json(f"{folder}/Patient.ndjson").count()
    start = perf_counter()
    found = read.json(f"{folder}/*.ndjson").selectExpr("count(*)", "max(id)", "count(status)", "max(effectiveDateTime)")
    found.collect()
    spark_scan.seconds = perf_counter() - start  # type: ignore[attr-defined]
    spark.stop()


# --- the tables -----------------------------------------------------------------------------------------------------


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first row is its head."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [each.ljust(width) if not place else each.rjust(width) for place, (each, width) in
                 enumerate(zip(row, widths, strict=True))]  # fmt: skip
        print(f"| {' | '.join(cells)} |")
        if not number:
            print(f"| {' | '.join(['-' * widths[0], *('-' * (width - 1) + ':' for width in widths[1:])])} |")
    print()


def run(sizes: list[int], *, spark: bool) -> None:
    """The short run."""
    screens = has_screen()
    if not screens:
        print("`osteon panel screen` is not there: its rows are left out.\n", file=sys.stderr)
    ends: list[tuple[int, Ran]] = []
    rows = [("what", "charts", "charts/s", "MB/s", "peak, MB")]
    with workplace(None) as work:
        for charts in sizes:
            folder = work / str(charts)
            ran = made(folder, charts)
            size = sum(file.stat().st_size for file in folder.iterdir()) / MEGABYTE
            rows.append(("made, plain", *_cells(charts, size, ran)))
            if screens:
                screened = osteon("panel", "screen", folder, "--out", work / f"out-{charts}")
                ends.append((charts, screened))
                rows.append(("screened", *_cells(charts, size, screened)))
            if charts != sizes[-1]:
                shutil.rmtree(folder)
        measured = osteon("panel", "measure", "fls-kpi", "--period", "2025-01-01/2025-12-31", folder)
        rows.append(("measured: fls-kpi", *_cells(charts, size, measured)))
        table(rows)
        print(f"{size * 1000 / charts:.0f} kB of text a chart\n")
        floor = _floor(folder, charts, size, spark=spark)
    if ends:
        last, ran = ends[-1]
        share = size / ran.seconds / floor if floor else math.nan
        print(f"The screen of {last:,} charts: {100 * share:.0f} % of DuckDB's bare scan of the same files.")
    if len(ends) > 1:
        print(f"Its time grows with the charts to the power of {exponent(ends):.2f}.")


def _cells(charts: int, size: float, ran: Ran) -> tuple[str, str, str, str]:
    return f"{charts:,}", f"{charts / ran.seconds:,.0f}", f"{size / ran.seconds:,.0f}", f"{ran.peak_mb:,.0f}"


def _floor(folder: Path, charts: int, size: float, *, spark: bool) -> float:
    """Print what bare scans take; the rate of DuckDB in MB/s."""
    rows = [("a bare scan of the same files", "MB/s", "charts/s")]
    duckdb_rate = 0.0
    for name, module, scan, rounds in PEERS:
        if not find_spec(module):
            rows.append((name, "not installed", ""))
            continue
        seconds = min(_timed(scan, folder) for _ in range(rounds))
        duckdb_rate = duckdb_rate or size / seconds
        rows.append((name, f"{size / seconds:,.0f}", f"{charts / seconds:,.0f}"))
    if spark and find_spec("pyspark"):
        spark_scan(folder)
        seconds = spark_scan.seconds  # type: ignore[attr-defined]
        rows.append(("Spark, local, typed columns, warm", f"{size / seconds:,.0f}", f"{charts / seconds:,.0f}"))
    table(rows)
    return duckdb_rate


def _timed(scan: Callable[[Path], None], folder: Path) -> float:
    start = perf_counter()
    scan(folder)
    return perf_counter() - start


def exponent(ends: Sequence[tuple[int, Ran]]) -> float:
    """The power of the number of charts with which the time grows: the slope of least squares, both as logarithms."""
    xs, ys = [math.log(charts) for charts, _ in ends], [math.log(ran.seconds) for _, ran in ends]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


@contextmanager
def workplace(folder: Path | None) -> Iterator[Path]:
    """A folder to work in: the one that is named, which stays, or one for now."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="osteon-panel-") as name:
        yield Path(name)


# --- a million ------------------------------------------------------------------------------------------------------


def million(charts_a_shard: int, work: Path, until: int) -> None:
    """Make, screen and drop shard after shard; `until` is how many shards this run may do."""
    if not has_screen():
        raise SystemExit("`osteon panel screen` is not there")
    kept = work / "million.json"
    done: list[dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else []
    shards = -(-MILLION // charts_a_shard)
    for number in range(len(done), min(shards, len(done) + until)):
        folder, out = work / f"shard-{number}", work / f"out-{number}"
        for old in (folder, out):
            shutil.rmtree(old, ignore_errors=True)
        charts = min(charts_a_shard, MILLION - number * charts_a_shard)
        making = made(folder, charts, "--first", number * charts_a_shard, "--compress", "zstd")
        size = sum(file.stat().st_size for file in folder.iterdir()) / MEGABYTE
        screening = osteon("panel", "screen", folder, "--out", out)
        shutil.rmtree(folder)
        shutil.rmtree(out, ignore_errors=True)
        done.append({
            "charts": charts, "packed_mb": size, "making_s": making.seconds, "screening_s": screening.seconds,
            "peak_mb": screening.peak_mb,
        })  # fmt: skip
        half = kept.with_suffix(".part")
        half.write_text(json.dumps(done))
        half.replace(kept)
        print(f"shard {number + 1} of {shards}: screened in {screening.seconds:.1f} s", file=sys.stderr)
    charts = int(sum(each["charts"] for each in done))
    making_s, screening_s = sum(each["making_s"] for each in done), sum(each["screening_s"] for each in done)
    rows = [("what", "measured"), ("charts", f"{charts:,} in {len(done)} of {shards} shards")]
    rows.append(("packed, MB", f"{sum(each['packed_mb'] for each in done):,.0f}"))
    rows.append(("made", f"{making_s / 60:.1f} min, {charts / making_s:,.0f} charts/s"))
    rows.append(("screened", f"{screening_s / 60:.1f} min, {charts / screening_s:,.0f} charts/s"))
    rows.append(("most memory of the screen, MB", f"{max(each['peak_mb'] for each in done):,.0f}"))
    table(rows)


def main() -> None:
    """Print the tables."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--charts", default="10000,20000")
    ask.add_argument("--spark", action="store_true")
    ask.add_argument("--million", action="store_true")
    ask.add_argument("--charts-a-shard", type=int, default=50_000)
    ask.add_argument("--shards-at-most", type=int, default=MILLION, help="how many shards this run may do")
    ask.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "osteon-million")
    asked, _ = ask.parse_known_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    if asked.million:
        with workplace(asked.work) as work:
            million(asked.charts_a_shard, work, asked.shards_at_most)
    else:
        run(sorted(int(each) for each in asked.charts.split(",")), spark=asked.spark)


if __name__ == "__main__":
    main()
