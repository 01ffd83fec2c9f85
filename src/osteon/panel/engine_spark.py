"""Screen on Apache Spark: the cluster that most health systems have (Databricks, Fabric, EMR, Dataproc, their own).

Without a session at hand a local one is started; `spark-submit`, or `SPARK_REMOTE` and `MASTER` of the environment,
choose the cluster. Spark repeats the tasks of an executor that is lost.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

from osteon.panel.engine_steps import answered, dealt

if TYPE_CHECKING:
    from osteon.panel.engine import Job

_DEALT = "patient string, kind string, url string, raw binary"
_ANSWERED = "patient string, row binary"


def run(job: Job) -> None:
    """Work the job out and leave the answers in its folder, a Parquet file for each part."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("osteon panel").getOrCreate()
    units, medications, wanted, work = job.units, job.medications, job.wanted, job.work

    def deal(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from dealt(units[number], wanted)

    def answer(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from answered(batches, medications, wanted, work)

    (
        spark.range(0, len(units), 1, len(units))
        .mapInArrow(deal, _DEALT)
        .repartition(job.parts, "patient")
        .sortWithinPartitions("patient", "kind")
        .mapInArrow(answer, _ANSWERED)
        .write.mode("overwrite")
        .parquet(job.folder)
    )
