"""The same seed writes the same bytes, however it is written."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
import zstandard

from osteon.panel.synthetic.people import people
from osteon.panel.synthetic.write import BLOCK, Compression, Order, synthesize

DAY = date(2026, 1, 1)
MANY = 2 * BLOCK + 100


def order(**changes) -> Order:
    return Order(**{"patients": 120, "seed": 3, "on": DAY, **changes})


def written(folder: Path) -> dict[str, bytes]:
    """The text of each type of resource, shard after shard."""
    found: dict[str, bytes] = {}
    for file in sorted(folder.rglob("*.ndjson*")):
        content = file.read_bytes()
        if file.suffix == ".gz":
            content = gzip.decompress(content)
        elif file.suffix == ".zst":
            content = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()
        kind = file.name.partition(".")[0]
        found[kind] = found.get(kind, b"") + content
    return found


def test_person_i_is_the_same_in_any_block():
    today = DAY.toordinal()
    assert people(3, 40, 20, today) == people(3, 0, 100, today)[40:60]
    assert people(4, 40, 1, today) != people(3, 40, 1, today)


def test_shards_and_packing_hold_byte_for_byte_what_one_folder_does(tmp_path):
    synthesize(tmp_path / "one", order())
    synthesize(tmp_path / "three", order(shards=3, compression=Compression.ZSTD))
    synthesize(tmp_path / "packed", order(compression=Compression.GZIP))
    assert written(tmp_path / "three") == written(tmp_path / "one")
    assert written(tmp_path / "packed") == written(tmp_path / "one")
    assert sorted(each.name for each in (tmp_path / "three").iterdir()) == ["shard-1", "shard-2", "shard-3"]


def test_several_processes_write_the_files_of_one(tmp_path):
    asked = order(patients=MANY, first=BLOCK - 1, compression=Compression.ZSTD)
    one = synthesize(tmp_path / "one", asked, processes=1)
    two = synthesize(tmp_path / "two", asked, processes=2)
    assert two == one
    for file in (tmp_path / "one").iterdir():
        assert (tmp_path / "two" / file.name).read_bytes() == file.read_bytes()


def test_every_line_is_a_resource_of_its_file(tmp_path):
    made = synthesize(tmp_path / "out", order())
    lines = 0
    for kind, text in written(tmp_path / "out").items():
        for line in text.splitlines():
            resource = json.loads(line)
            assert resource["resourceType"] == kind
            lines += 1
    assert lines == made.resources


def test_a_folder_that_holds_something_is_not_written_to(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        synthesize(tmp_path, order())
