"""Packed exports read like plain ones, and a damaged frame costs that frame alone."""

import gzip
from datetime import date
from pathlib import Path

import pytest
import zstandard

from osteon.panel.source import Reader
from osteon.panel.synthetic.write import Compression, Order, synthesize
from osteon.panel.unpacking import zstd_lines

KINDS = ("Patient", "Observation", "Condition")
PACK = zstandard.ZstdCompressor(write_checksum=True)
LINES = [b'{"line": %d, "filling": "%s"}' % (number, str(number**9).encode() * 20) for number in range(300)]
LONGEST = 1 << 20


def frames(*, of: int = 50) -> list[bytes]:
    return [PACK.compress(b"\n".join(LINES[at : at + of]) + b"\n") for at in range(0, len(LINES), of)]


def lines_of(path: Path, content: bytes, longest: int = LONGEST) -> tuple[list[bytes], list[str]]:
    path.write_bytes(content)
    said: list[str] = []
    with path.open("rb") as stream:
        return list(zstd_lines(stream, path.name, longest, said.append)), said


@pytest.mark.parametrize("packing", [Compression.GZIP, Compression.ZSTD])
def test_a_packed_export_reads_as_the_plain_one(tmp_path, packing):
    found = {}
    for kind in (Compression.NONE, packing):
        synthesize(tmp_path / kind, Order(patients=20, seed=1, on=date(2026, 1, 1), shards=2, compression=kind))
        reader = Reader(tmp_path / kind, KINDS)
        found[kind] = {case.patient: {bytes(piece.raw).strip() for piece in case.pieces} for case in reader.cases()}
        assert not reader.notes.lines()
    assert len(found[packing]) == 20
    assert found[packing] == found[Compression.NONE]


def test_frames_one_after_the_other_are_one_text(tmp_path):
    assert lines_of(tmp_path / "x.zst", b"".join(frames())) == (LINES, [])


def test_lines_may_cross_frames(tmp_path):
    text = b"\n".join(LINES)
    packed = b"".join(PACK.compress(text[at : at + 777]) for at in range(0, len(text), 777))
    assert lines_of(tmp_path / "x.zst", packed) == (LINES, [])


@pytest.mark.parametrize("place", [0.02, 0.5, 0.95])
def test_a_damaged_frame_is_named_and_the_next_ones_are_read(tmp_path, place):
    packed = frames()
    broken = bytearray(packed[2])
    at = 4 + int(place * (len(broken) - 8))
    broken[at : at + 4] = b"\xff\xff\xff\xff"
    start = len(packed[0]) + len(packed[1])
    found, said = lines_of(tmp_path / "x.zst", b"".join([*packed[:2], bytes(broken), *packed[3:]]))
    assert set(LINES[:100]) | set(LINES[150:]) <= set(found)
    assert said
    assert said[0].startswith(f"x.zst: the frame at byte {start} is damaged")


def test_a_file_that_breaks_off_is_named_and_what_came_before_stands(tmp_path):
    packed = frames()
    found, said = lines_of(tmp_path / "x.zst", b"".join(packed)[: -len(packed[-1]) // 2])
    assert found[:250] == LINES[:250]
    assert len(said) == 1
    assert "cut off" in said[0]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path):
    found, _ = lines_of(tmp_path / "x.zst", PACK.compress(bytes(150_000_000)), longest=1_000_000)
    assert len(found) > 1
    assert max(map(len, found)) < 70_000_000


def test_damage_is_counted_among_the_bad_and_reading_goes_on(tmp_path):
    folder = tmp_path / "export"
    synthesize(folder, Order(patients=20, seed=1, on=date(2026, 1, 1), compression=Compression.ZSTD))
    file = folder / "Observation.ndjson.zst"
    file.write_bytes(file.read_bytes()[:2000])
    reader = Reader(folder, KINDS)
    assert len(list(reader.cases())) == 20
    assert reader.notes.bad_count == 1
    assert "Observation.ndjson.zst" in reader.notes.bad[0]


def test_a_packed_bundle_is_read_too(tmp_path):
    bundle = b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p","birthDate":"1950"}}]}'
    (tmp_path / "one.json.zst").write_bytes(PACK.compress(bundle))
    (tmp_path / "two.json.gz").write_bytes(gzip.compress(bundle.replace(b'"p"', b'"q"')))
    assert {case.patient for case in Reader(tmp_path, KINDS).cases()} == {"p", "q"}
