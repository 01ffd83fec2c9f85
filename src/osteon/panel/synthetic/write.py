"""Write a population of invented people as a bulk export: one file of NDJSON for each type of resource.

The people are made in blocks, by as many processes as there are cores; what is written depends on the seed, the number
of the person and the day alone. Shards are folders, each a whole export of its own people: one after the other they
hold byte for byte what one folder would.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from osteon.panel.synthetic.chart import Record
from osteon.panel.synthetic.compression import Compression
from osteon.panel.synthetic.people import people

BLOCK = 500
"""People made at a time: about 25 MB of text."""

_ZSTD_LEVEL = 3
_GZIP_LEVEL = 6
_WAITING = 2
"""Blocks that each process may be ahead of the disk: this bounds the memory."""

Told = Callable[[int], None]
"""Told now and then how many people were written."""


_SUFFIX = {Compression.NONE: "", Compression.GZIP: ".gz", Compression.ZSTD: ".zst"}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked for: `patients` people from the number `first` on, as known on the day `on`, in so many shards."""

    patients: int
    seed: int
    on: date
    first: int = 0
    shards: int = 1
    compression: Compression = Compression.NONE


class Made(msgspec.Struct, frozen=True):
    """What was written: people, resources, and bytes before and after packing."""

    patients: int
    resources: int
    text_bytes: int
    file_bytes: int


class _Block(NamedTuple):
    shard: int
    first: int
    patients: int


class _Packed(NamedTuple):
    files: dict[str, bytes]
    resources: int
    text_bytes: int


def synthesize(out: Path, order: Order, *, processes: int | None = None, told: Told = lambda _done: None) -> Made:
    """Write the people into `out`. Raises FileExistsError where it holds anything, OSError where that cannot be."""
    if out.exists() and any(out.iterdir()):
        message = f"{out.name}: the folder is not empty; name a new one"
        raise FileExistsError(message)
    out.mkdir(parents=True, exist_ok=True)
    blocks = list(_blocks(order))
    resources = text_bytes = file_bytes = done = 0
    with ExitStack() as stack:
        files: dict[Path, BinaryIO] = {}
        shard = -1
        for block, packed in _made(order, blocks, processes or os.cpu_count() or 1, stack):
            if block.shard != shard:
                for file in files.values():
                    file.close()
                files, shard = {}, block.shard
                folder = _folder(out, order, shard)
                folder.mkdir(exist_ok=True)
            for kind, content in packed.files.items():
                name = folder / f"{kind}.ndjson{_SUFFIX[order.compression]}"
                if name not in files:
                    files[name] = stack.enter_context(name.open("wb"))
                files[name].write(content)
                file_bytes += len(content)
            resources += packed.resources
            text_bytes += packed.text_bytes
            done += block.patients
            told(done)
    return Made(done, resources, text_bytes, file_bytes)


def _folder(out: Path, order: Order, shard: int) -> Path:
    if order.shards == 1:
        return out
    width = len(str(order.shards))
    return out / f"shard-{shard + 1:0{width}d}"


def _blocks(order: Order) -> Iterator[_Block]:
    """Who is made together: people up to the next multiple of the block, in one shard."""
    for shard in range(order.shards):
        start = order.first + shard * order.patients // order.shards
        end = order.first + (shard + 1) * order.patients // order.shards
        while start < end:
            stop = min(end, (start // BLOCK + 1) * BLOCK)
            yield _Block(shard, start, stop - start)
            start = stop


def _made(order: Order, blocks: list[_Block], processes: int, stack: ExitStack) -> Iterator[tuple[_Block, _Packed]]:
    """Every block in its order, made by several processes where that is worth their start."""
    if processes < 2 or len(blocks) < 2 * processes:
        for block in blocks:
            yield block, make(order, block.first, block.patients)
        return
    start = multiprocessing.get_context("spawn")
    pool = stack.enter_context(ProcessPoolExecutor(processes, mp_context=start))
    waiting: deque[tuple[_Block, Future[_Packed]]] = deque()
    for block in blocks:
        waiting.append((block, pool.submit(make, order, block.first, block.patients)))
        if len(waiting) > _WAITING * processes:
            ahead, future = waiting.popleft()
            yield ahead, future.result()
    for block, future in waiting:
        yield block, future.result()


def make(order: Order, first: int, patients: int) -> _Packed:
    """The packed lines of so many people from the number `first` on."""
    record = Record()
    for person in people(order.seed, first, patients, order.on.toordinal()):
        record.add(person)
    text = {kind: "".join(lines).encode() for kind, lines in record.lines.items()}
    size = sum(len(content) for content in text.values())
    return _Packed({kind: _pack(content, order.compression) for kind, content in text.items()}, record.resources, size)


def _pack(content: bytes, compression: Compression) -> bytes:
    """One frame of its own, so that packed blocks can stand one after the other in a file."""
    if compression is Compression.GZIP:
        return gzip.compress(content, _GZIP_LEVEL, mtime=0)
    if compression is Compression.ZSTD:
        import zstandard

        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True).compress(content)
    return content
