"""How do the resources of a patient come together that a bulk export scatters over many files?

By the patient that each names. What is too large for memory is dealt into buckets on disk, each patient into one; then
one bucket at a time is read back. Memory stays bounded by the bucket, whatever the size of the source.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, NamedTuple
from zlib import crc32

import msgspec

from osteon.chart.fhir.bundle import Piece

MEMORY_BYTES = 256 << 20
"""How much of a source is held at a time."""
_LENGTH = struct.Struct("<I")


class Kept(NamedTuple):
    """One resource and whose it is."""

    patient: str
    kind: str
    full_url: str
    raw: bytes


class Join:
    """The resources of many patients, put in in any order and given out patient by patient.

    `expected_bytes` is how much will come. Use it as a context: what lay on disk is removed at the end.
    """

    def __init__(self, expected_bytes: int, memory_bytes: int = MEMORY_BYTES) -> None:
        self._buckets = -(-expected_bytes // memory_bytes) if expected_bytes > memory_bytes else 1
        self._held: dict[str, list[Piece]] = {}
        self._folder: TemporaryDirectory[str] | None = None
        self._files: list[BinaryIO] = []

    def __enter__(self) -> Join:
        if self._buckets > 1:
            self._folder = TemporaryDirectory(prefix="osteon-")
            folder = Path(self._folder.name)
            self._files = [(folder / str(number)).open("w+b") for number in range(self._buckets)]
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()
        if self._folder:
            self._folder.cleanup()

    def add(self, kept: Kept) -> None:
        """Take in one resource."""
        if not self._files:
            self._hold(kept)
            return
        frame = msgspec.msgpack.encode(kept)
        file = self._files[crc32(kept.patient.encode()) % self._buckets]
        file.write(_LENGTH.pack(len(frame)))
        file.write(frame)

    def patients(self) -> Iterator[tuple[str, list[Piece]]]:
        """Each patient with all that was taken in, in an order that depends on the source alone."""
        if not self._files:
            yield from self._given_out()
        for file in self._files:
            for kept in _frames(file):
                self._hold(kept)
            yield from self._given_out()

    def _hold(self, kept: Kept) -> None:
        self._held.setdefault(kept.patient, []).append(Piece(kept.kind, kept.full_url, kept.raw))

    def _given_out(self) -> Iterator[tuple[str, list[Piece]]]:
        for patient in sorted(self._held):
            yield patient, self._held.pop(patient)


def _frames(file: BinaryIO) -> Iterator[Kept]:
    file.seek(0)
    while length := file.read(_LENGTH.size):
        yield _FRAME.decode(file.read(_LENGTH.unpack(length)[0]))


_FRAME = msgspec.msgpack.Decoder(Kept)
