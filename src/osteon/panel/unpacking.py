"""Which lines does a packed file hold? Zstandard, frame by frame.

A frame that is damaged costs that frame and no more: what it gave before the damage stands, it is named by the byte
at which it begins, and reading goes on with the next one. Memory is bounded by the window of a frame and by the
longest line, whatever the file unpacks to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

ZSTD = b"\x28\xb5\x2f\xfd"
"""How a frame of Zstandard begins (RFC 8878, 3.1.1)."""

_CHUNK = 2048
"""Bytes that are unpacked at a time: a block of four bytes may stand for 128 KiB (RFC 8878, 3.1.1.2), so that this is
at most 64 MiB of text."""

_WINDOW = 1 << 27
"""The largest window that is unpacked, 128 MiB: as the command line of Zstandard does by default."""

_READ = 1 << 20

Damaged = Callable[[str], None]


def zstd_lines(stream: BinaryIO, name: str, longest: int, damaged: Damaged) -> Iterator[bytes]:
    """The lines of a file of Zstandard frames; `damaged` is told of each frame that cannot be unpacked.

    A line longer than `longest` comes in parts, which nobody can read.
    """
    begun: list[bytes] = []
    length = 0
    for text in _texts(stream, name, damaged):
        if not text:  # a damaged frame: the line that it cut off is lost
            begun, length = [], 0
            continue
        first, *others = text.split(b"\n")
        begun.append(first)
        length += len(first)
        if others:
            yield b"".join(begun)
            yield from others[:-1]
            begun, length = [others[-1]], len(others[-1])
        elif length > longest:
            yield b"".join(begun)
            begun, length = [], 0
    if length:
        yield b"".join(begun)


def zstd_content(stream: BinaryIO, name: str, largest: int, damaged: Damaged) -> bytes:
    """The whole of a file, up to `largest` + 1 bytes of it; nothing where a frame of it is damaged."""
    found: list[bytes] = []
    length = 0
    for text in _texts(stream, name, damaged):
        if not text:
            return b""
        found.append(text)
        length += len(text)
        if length > largest:
            break
    return b"".join(found)[: largest + 1]


def _texts(stream: BinaryIO, name: str, damaged: Damaged) -> Iterator[bytes]:
    """The text of all frames in pieces, and an empty piece where a frame broke off."""
    import zstandard

    opener = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    at = 0
    packed = stream.read(_READ)
    while packed:
        frame, start = opener.decompressobj(), at
        try:
            while not frame.eof:
                if not packed:
                    damaged(f"{name}: the frame at byte {start} is cut off")
                    yield b""
                    return
                text = frame.decompress(packed[:_CHUNK])
                unused = len(frame.unused_data)
                used = min(_CHUNK, len(packed)) - unused
                at += used
                packed = packed[used:] or stream.read(_READ)
                if text:
                    yield text
        except zstandard.ZstdError as error:
            damaged(f"{name}: the frame at byte {start} is damaged: {error}")
            yield b""
            at, packed = _next_frame(stream, max(at, start + len(ZSTD)))


def _next_frame(stream: BinaryIO, at: int) -> tuple[int, bytes]:
    """Where the next frame begins, from a byte on, and what follows it."""
    stream.seek(at)
    packed = stream.read(_READ)
    while packed:
        place = packed.find(ZSTD)
        if place >= 0:
            return at + place, packed[place:] + stream.read(_READ)
        overlap = len(ZSTD) - 1
        more = stream.read(_READ)
        if not more:
            break
        at += len(packed) - overlap
        packed = packed[-overlap:] + more
    return at, b""
