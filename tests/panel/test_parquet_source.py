"""The same resources in every layout of Parquet give the same charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq

from osteon.chart.fhir.read import read_pieces
from osteon.chart.fhir.readers import READERS
from osteon.chart.types import Chart
from osteon.knowledge import load
from osteon.panel import sources
from osteon.panel.omop.reader import OmopReader
from osteon.panel.parquet_source import ParquetReader, files_in, kind_of_file
from osteon.panel.source import Reader, SourceError
from osteon.panel.sources import reader_of
from tests.cli.conftest import Osteon, osteon  # noqa: F401 - the command line as a fixture
from tests.panel.test_omop import DAY, FHIR, from_fhir, write

Resource = dict[str, Any]
CHOICES = ("value", "effective", "onset", "abatement", "medication", "deceased", "performed")


def table(folder: Path, name: str, rows: list[Resource]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    folder.mkdir(exist_ok=True, parents=True)
    pq.write_table(pa.Table.from_pylist([{c: row.get(c) for c in columns} for row in rows]), folder / f"{name}.parquet")


def by_kind() -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resources in FHIR.values():
        for each in resources:
            found.setdefault(each["resourceType"], []).append(each)
    return found


def whole(resource: Resource) -> Resource:
    return {"id": resource["id"], "resource": json.dumps(resource)}


def nested(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name != "resourceType"}


def chosen(resource: Resource) -> Resource:
    """A choice of types as one struct: `value.quantity`."""
    row: Resource = {}
    for name, value in nested(resource).items():
        choice = next((each for each in CHOICES if name.startswith(each) and name != each), "")
        if choice:
            kind = name.removeprefix(choice)
            row.setdefault(choice, {})[kind[0].lower() + kind[1:]] = value
        else:
            row[name] = value
    return row


def texts(resource: Resource) -> Resource:
    """Inner elements as JSON text."""
    return {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in resource.items()}


def leaves(resource: Resource, brackets: bool) -> Resource:
    found: Resource = {}

    def walk(path: str, node: Any) -> None:
        if isinstance(node, dict):
            for name, inner in node.items():
                walk(f"{path}.{name}" if path else name, inner)
        elif isinstance(node, list):
            for number, inner in enumerate(node):
                walk(f"{path}[{number}]" if brackets else f"{path}.{number}", inner)
        else:
            found[path] = node

    walk("", resource)
    return found


LAYOUTS = {
    "whole": whole,
    "nested": nested,
    "chosen": chosen,
    "texts": texts,
    "dots": lambda each: leaves(each, False),
    "brackets": lambda each: leaves(each, True),
}


def charts(reader: Any) -> dict[str, Chart]:
    found = {
        case.patient: read_pieces(case.pieces, load(DAY), name="x", patient=case.patient, on=DAY)
        for case in reader.cases()
    }
    assert reader.notes.lines() == []
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_charts(tmp_path: Path, layout: str) -> None:
    for kind, resources in by_kind().items():
        table(tmp_path, kind, [LAYOUTS[layout](each) for each in resources])
    read = charts(ParquetReader(tmp_path, READERS))
    assert list(read) == ["7", "8"]
    for whose, chart in read.items():
        assert chart == from_fhir(whose)


def test_one_file_may_hold_all_types_with_the_whole_resource_in_a_column(tmp_path: Path) -> None:
    everything = [each for resources in FHIR.values() for each in resources]
    table(tmp_path, "all", [{"n": number, "json": json.dumps(each)} for number, each in enumerate(everything)])
    assert charts(ParquetReader(tmp_path / "all.parquet", READERS))["7"] == from_fhir("7")


def test_text_that_looks_like_a_missing_member_is_kept(tmp_path: Path) -> None:
    odd = 'she wrote ,"dose":null and {"dose":null, and "x":null,}'
    patient = {"id": "1", "birthDate": "1950-01-01", "name": [{"text": odd, "family": None}], "gender": None}
    other = {"id": "2", "birthDate": "1950-01-01", "name": [{"text": None, "family": "B"}], "gender": "male"}
    table(tmp_path, "Patient", [patient, other])
    read = charts(ParquetReader(tmp_path, READERS))
    assert [each.patient.name for each in read.values()] == [odd, "B"]
    assert [each.patient.sex for each in read.values()] == [None, "male"]


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("Patient.parquet", "Patient"),
        ("observation.3.parquet", "Observation"),
        ("Condition/part-0.snappy.parquet", "Condition"),
        ("MedicationRequest_2026.parquet", "MedicationRequest"),
        ("all.parquet", ""),
    ],
)
def test_a_file_or_its_folder_is_named_after_the_type(place: str, kind: str) -> None:
    assert kind_of_file(Path("export") / place) == kind


def test_what_is_no_resource_and_what_is_no_parquet_is_noted(tmp_path: Path) -> None:
    table(
        tmp_path, "Patient", [whole(FHIR["8"][0]), {"id": "x", "resource": '{"a": 1}'}, {"id": "y", "resource": None}]
    )
    (tmp_path / "Condition.parquet").write_bytes(b"PAR1 not really")
    reader = ParquetReader(tmp_path, READERS)
    assert [case.patient for case in reader.cases()] == ["8"]
    said = "\n".join(reader.notes.lines())
    assert "Condition.parquet" in said
    assert "2 × JSON that is neither FHIR nor a case" in said


def test_types_that_nobody_wants_are_not_even_opened(tmp_path: Path) -> None:
    table(tmp_path, "Patient", [whole(FHIR["8"][0])])
    (tmp_path / "Observation.parquet").write_bytes(b"PAR1 not really")
    reader = ParquetReader(tmp_path, ["Patient"])
    assert len(list(reader.cases())) == 1
    assert reader.notes.lines() == []


def test_a_table_of_delta_lake_is_refused_because_its_files_hold_the_past(tmp_path: Path) -> None:
    table(tmp_path / "Patient", "part-0", [whole(FHIR["8"][0])])
    (tmp_path / "Patient" / "_delta_log").mkdir()
    with pytest.raises(SourceError, match="Delta Lake"):
        files_in(tmp_path)


def test_the_reader_is_chosen_by_what_lies_there(tmp_path: Path) -> None:
    table(tmp_path / "p", "Patient", [whole(FHIR["8"][0])])
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "Patient.ndjson").write_text(json.dumps(FHIR["8"][0]), "utf-8")
    kinds = [
        type(reader_of(place, READERS)) for place in (tmp_path / "p", tmp_path / "n", write(tmp_path / "o"), b"{}")
    ]
    assert kinds == [ParquetReader, Reader, OmopReader, Reader]
    assert type(reader_of(write(tmp_path / "q", "parquet"), READERS)) is OmopReader


def test_without_duckdb_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "find_spec", lambda _: None)
    with pytest.raises(SourceError, match=r"pip install 'osteon\[panel\]'"):
        reader_of(write(tmp_path), READERS)


def test_a_measure_reads_tables_and_says_in_a_sentence_what_is_wrong_with_them(
    osteon: Osteon,  # noqa: F811
    tmp_path: Path,
) -> None:
    asked = ("panel", "measure", "mips418", str(write(tmp_path)), "--period", "2025-01-01/2025-12-31")
    ended = osteon(*asked, "--json")
    assert [json.loads(line)["patient"] for line in ended.out.splitlines()] == ["7", "8"]
    (tmp_path / "person.csv").write_text("a,b\n1,2\n", "utf-8")
    ended = osteon(*asked)
    assert ended.code == 10
    assert "person.csv: no column of the table person" in ended.err
    assert "Traceback" not in ended.err
