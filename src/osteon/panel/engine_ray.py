"""Screen on Ray: a cluster of Python workers, for those who run one.

Without a cluster at hand (`RAY_ADDRESS`) one is started on this machine. Ray repeats the tasks of a worker that is
lost, and works out again what only that worker held.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import ray  # type: ignore[import-not-found, import-untyped, unused-ignore]

from osteon.panel.engine_steps import ANSWERED, DEALT, answered, dealt

if TYPE_CHECKING:
    from osteon.panel.engine import Job

_REPEATED = 8
"""Program default: so often a task is begun again whose worker was lost."""


def run(job: Job) -> None:
    """Work the job out and leave the answers in its folder, a Parquet file for each part."""
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    Path(job.folder).mkdir(parents=True, exist_ok=True)
    shared = ray.put(job)
    deal = ray.remote(_deal).options(num_returns=job.parts, max_retries=_REPEATED)
    answer = ray.remote(_answer).options(max_retries=_REPEATED)
    hands = [deal.remote(shared, number) for number in range(len(job.units))]
    if job.parts == 1:
        hands = [[each] for each in hands]
    left = [part for part in range(job.parts) if not _place(job, part).exists()]
    ray.get([answer.remote(shared, part, *(hand[part] for hand in hands)) for part in left])


def _place(job: Job, part: int) -> Path:
    return Path(job.folder) / f"part-{part:05}.parquet"


def _deal(job: Job, number: int) -> Any:
    """One file, dealt into parts by patient."""
    table = pa.Table.from_batches(dealt(job.units[number], job.wanted), DEALT)
    whose = pc.dictionary_encode(table["patient"]).combine_chunks()
    place = [crc32(each.encode()) % job.parts for each in whose.dictionary.to_pylist()]
    parts = pc.take(pa.array(place, pa.int32()), whose.indices)
    found = [table.filter(pc.equal(parts, part)) for part in range(job.parts)]
    return found if job.parts > 1 else found[0]


def _answer(job: Job, part: int, *hands: pa.Table) -> None:
    """The answers for the patients of one part, in a file that is whole or not there."""
    table = pa.concat_tables(hands).sort_by([("patient", "ascending"), ("kind", "ascending")])
    target = _place(job, part)
    unfinished = target.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, ANSWERED) as writer:
        for batch in answered(table.to_batches(), job.medications, job.wanted, job.work):
            writer.write_batch(batch)
    unfinished.replace(target)
